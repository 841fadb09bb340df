"""Step 6, post-processing: can a program read the answer?"""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("form")
stations(t, "postprocessing")
draw_below("form", t)
