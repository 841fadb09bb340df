"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from core.limits.families.borders import SIZES
from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("families_question", "", max_length=160),
    Setting("families_points", 16, low=4, high=max(SIZES), step=4),
    Setting("families_steps", 400, low=100, high=1200, step=100),
)
