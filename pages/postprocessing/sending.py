"""Step 6, postprocessing: what goes out in the end?"""

from pages.kit.frame import hand_over, open_page, stations

t = open_page("sending")
stations(t, "postprocessing")

hand_over(t, "sending")
