"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("learn_from", "small", choices=("small", "whole", "yours")),
    Setting("picture_steps", 1500, low=100, high=10000, step=100),
    Setting("picture_rate", 0.02, low=0.0005, high=2.0),
    Setting("picture_batch", 32, low=1, high=128, step=1),
    Setting("picture_objective", "velocity", choices=("velocity", "noise")),
    Setting("picture_pair", "none", choices=("none", "wrong", "skew", "rate", "objective")),
    Setting("picture_rate_b", 0.2, low=0.0005, high=2.0),
)
