"""Step 3, training: how it learns from mistakes."""

from pages.kit.frame import hand_over, open_page

t = open_page("training")
hand_over(t, "training")
