"""Home: the next word, one sentence at every stage of training, the six steps, the way in."""

from pages.kit.frame import draw_below, open_page

t = open_page("home")
draw_below("home", t)
