"""Step 1, data: what the model learns from, and what is left of it once it has been cleaned."""

from pages.kit.frame import draw_below, open_page

t = open_page("data")
draw_below("data", t)
