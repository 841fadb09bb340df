"""Step 6, postprocessing: can a machine read the answer?"""

from pages.kit.frame import hand_over, open_page, stations

t = open_page("form")
stations(t, "postprocessing")

hand_over(t, "form")
