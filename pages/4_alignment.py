"""Step 4, alignment: from a model that continues text to one that answers."""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("alignment")
stations(t, "alignment")
draw_below("alignment", t)
