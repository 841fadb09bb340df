"""Step 6, post-processing: what must not get out?"""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("safety")
stations(t, "postprocessing")
draw_below("safety", t)
