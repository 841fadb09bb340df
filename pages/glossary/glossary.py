"""The glossary: every term of the field, searchable, with the place where it can be seen."""

from pages.glossary.listing import draw
from pages.kit.frame import hand_over, open_page

t = open_page("glossary")
draw(t)
hand_over(t, "glossary")
