"""Step 6, post-processing: from raw text to an answer one may send."""

from pages.kit.frame import hand_over, open_page

t = open_page("postprocessing")
hand_over(t, "postprocessing")
