"""The learning path: an evening alone with the six steps, the limits and the differences."""

from pages.kit.frame import draw_below, open_page

t = open_page("path")
draw_below("path", t)
