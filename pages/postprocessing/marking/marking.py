"""Step 6, post-processing: how is a text recognised as written by a machine?"""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("marking")
stations(t, "postprocessing")
draw_below("marking", t)
