"""Step 5, inference: how one token after another is drawn."""

from pages.kit.frame import hand_over, open_page

t = open_page("inference")
hand_over(t, "inference")
