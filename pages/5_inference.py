"""Step 5, inference: how one word, one token after another is drawn."""

from pages.kit.frame import draw_below, open_page

t = open_page("inference")
draw_below("inference", t)
