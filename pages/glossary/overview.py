"""What stands below the question on the page “glossary”."""

from pages.glossary import listing
from pages.kit.catalogue import Words
from pages.kit.frame import hand_over


def draw(t: Words) -> None:
    """Draw the page below its question."""
    listing.draw(t)
    hand_over(t, "glossary")
