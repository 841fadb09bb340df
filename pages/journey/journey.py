"""My sentence through all six steps: from its tokens to the checked answer, on one page."""

from pages.kit.frame import draw_below, open_page

t = open_page("journey")
draw_below("journey", t)
