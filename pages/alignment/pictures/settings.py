"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("picture_open", "sky", choices=("sky", "distance")),
    Setting("picture_rule", "night", choices=("night", "day", "close", "apart")),
)
