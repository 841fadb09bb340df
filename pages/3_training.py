"""Step 3, training: how it learns from mistakes."""

from pages.kit.frame import draw_below, open_page

t = open_page("training")
draw_below("training", t)
