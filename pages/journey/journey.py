"""My sentence through all six steps: from its tokens to the checked answer, on one page."""

from pages.kit.frame import open_page

t = open_page("journey")
