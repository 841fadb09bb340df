"""Step 4, alignment: how does a model learn to answer?"""

from pages.kit.frame import hand_over, open_page, stations

t = open_page("tuning")
stations(t, "alignment")

hand_over(t, "tuning")
