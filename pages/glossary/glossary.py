"""The glossary: every term of the field, searchable, with the place where it can be seen."""

from pages.kit.frame import draw_below, open_page

t = open_page("glossary")
draw_below("glossary", t)
