"""Step 4, alignment: how do preferences change a model?"""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("aligning")
stations(t, "alignment")
draw_below("aligning", t)
