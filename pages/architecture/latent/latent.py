"""Step 2, architecture, for pictures: how a small space replaces a large picture."""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("latent")
stations(t, "architecture")
draw_below("latent", t)
