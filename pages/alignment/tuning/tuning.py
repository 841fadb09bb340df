"""Step 4, alignment: how does a model learn to answer?"""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("tuning")
stations(t, "alignment")
draw_below("tuning", t)
