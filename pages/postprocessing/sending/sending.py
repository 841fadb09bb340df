"""Step 6, post-processing: what goes out in the end?"""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("sending")
stations(t, "postprocessing")
draw_below("sending", t)
