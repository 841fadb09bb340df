"""Step 2, architecture: how the model is built."""

from pages.kit.frame import hand_over, open_page

t = open_page("architecture")
hand_over(t, "architecture")
