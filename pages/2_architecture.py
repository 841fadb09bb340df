"""Step 2, architecture: how a sentence passes through the model, and how large the model is."""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("architecture")
stations(t, "architecture")
draw_below("architecture", t)
