"""Step 4, alignment: which answer is better?"""

from pages.kit.frame import draw_below, open_page, stations

t = open_page("preferring")
stations(t, "alignment")
draw_below("preferring", t)
