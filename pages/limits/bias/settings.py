"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("bias_skew", 70, low=50, high=95, step=5),
    Setting("bias_seeds", 3, low=2, high=6, step=1),
    Setting("bias_sentence", "", max_length=400),
    Setting("bias_first", "", max_length=60),
    Setting("bias_second", "", max_length=60),
    Setting("bias_roles", "", max_length=200),
    Setting("bias_share", 30, low=5, high=95, step=5),
)
