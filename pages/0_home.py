"""Home: what this is, and the way in."""

from pages.kit.frame import hand_over, open_page

t = open_page("home")
hand_over(t, "home")
