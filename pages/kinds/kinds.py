"""Text, pictures, code, music: what a token is, what the loss, what a sample, who judges it."""

from pages.kit.frame import draw_below, open_page

t = open_page("kinds")
draw_below("kinds", t)
