"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("picture_tune_what", "style", choices=("style", "own", "draw")),
    Setting("picture_tune_style", "sepia", choices=("sepia", "mosaic", "chalk")),
    Setting("picture_tune_way", "low", choices=("low", "all")),
    Setting("picture_tune_rank", 8, low=1, high=64, step=1),
    Setting("picture_tune_steps", 400, low=50, high=2000, step=50),
    Setting("picture_tune_book", True),  # whether pages of the book are read beside
)
