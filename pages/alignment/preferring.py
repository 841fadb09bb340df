"""Step 4, alignment: which answer is better?"""

from pages.kit.frame import hand_over, open_page, stations

t = open_page("preferring")
stations(t, "alignment")

hand_over(t, "preferring")
