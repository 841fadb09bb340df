"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("parts_steps", 300, low=100, high=1500, step=100),
    Setting("encoding_steps", 300, low=100, high=1500, step=100),
)
