"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("size", "house", choices=("house", "xs", "s", "m", "l", "xl")),
    Setting("design", "", max_length=400),  # differences from the dial: "n_layers:5 tied:no"
    Setting("looked_at", "trained", choices=("trained", "house", "design")),
    Setting("layer", 0, high=32, step=1),  # 0: the most telling head
    Setting("head", 0, high=32, step=1),
)
