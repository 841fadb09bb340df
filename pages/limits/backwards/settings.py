"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (Setting("backwards_steps", 200, low=100, high=1000, step=100),)
