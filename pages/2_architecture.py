"""Step 2, architecture: how a sentence passes through the model, and how large the model is."""

from pages.kit.frame import draw_below, open_page

t = open_page("architecture")
draw_below("architecture", t)
