"""The workshop: open a room for a group, choose or write its lesson, look at the results."""

from pages.kit.frame import draw_below, open_page

t = open_page("room")
draw_below("room", t)
