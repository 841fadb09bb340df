"""Step 1, data: what the model learns from."""

from pages.kit.frame import hand_over, open_page

t = open_page("data")
hand_over(t, "data")
