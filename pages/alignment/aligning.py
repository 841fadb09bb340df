"""Step 4, alignment: how do choices change a model?"""

from pages.kit.frame import hand_over, open_page, stations

t = open_page("aligning")
stations(t, "alignment")

hand_over(t, "aligning")
