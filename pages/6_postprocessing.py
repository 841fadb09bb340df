"""Step 6, post-processing: from raw text to an answer one may send."""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("postprocessing")
stations(t, "postprocessing")
draw_below("postprocessing", t)
