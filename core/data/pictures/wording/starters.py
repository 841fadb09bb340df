"""Captions to begin with, in both languages, place by place the same scene."""

from collections.abc import Mapping
from typing import Final

STARTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "de": (
        "links ein roter Hund, rechts ein blaues Haus, bei Nacht",
        "drei grüne Äpfel, am Tag",
        "ein violetter Stern über einem gelben Boot, bei Nacht",
    ),
    "en": (
        "on the left a red dog, on the right a blue house, at night",
        "three green apples, by day",
        "a violet star above a yellow boat, at night",
    ),
}
