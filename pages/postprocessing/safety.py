"""Step 6, postprocessing: what may not go out?"""

from pages.kit.frame import hand_over, open_page, stations

t = open_page("safety")
stations(t, "postprocessing")

hand_over(t, "safety")
