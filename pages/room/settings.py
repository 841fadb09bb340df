"""The settings of the page that opens a room."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (Setting("room", "", max_length=8),)
"""`room`: the code of the room whose projector shows this page."""
