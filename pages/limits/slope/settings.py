"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from core.limits.slope.emergence import N_LETTERS
from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("slope_k", N_LETTERS, low=1, high=N_LETTERS, step=1),
    Setting("slope_word", "", max_length=100),
)
