"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (Setting("mark_strength", 5.0, high=10.0, step=0.5),)
