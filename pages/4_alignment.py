"""Step 4, alignment: from a model that continues text to one that answers."""

from pages.kit.frame import hand_over, open_page

t = open_page("alignment")
hand_over(t, "alignment")
