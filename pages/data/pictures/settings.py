"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("picture_source", "book", choices=("book", "own", "draw")),
    Setting("picture_fit", "crop", choices=("crop", "pad", "scale")),
    Setting("picture_with_book", True),  # whether one's own stand beside the book's
    Setting("picture_size", "32", choices=("32", "64")),
    Setting("book_pictures", 4000, low=500, high=12000, step=500),
    Setting("book_german", 0.5, step=0.05),
    Setting("book_copies", 0.05, high=0.5, step=0.05),
    Setting("book_near", 0.05, high=0.5, step=0.05),
    Setting("book_damaged", 0.05, high=0.5, step=0.05),
    Setting("book_wrong", 0.0, high=0.5, step=0.05),
    Setting("book_skew", 0.0, step=0.05),  # share of the apples made red
    Setting("book_held_out", True),
    Setting("book_clean", True),  # whether copies are removed
)
