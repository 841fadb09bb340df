"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("latent_picture", "caption", choices=("caption", "book", "upload", "draw")),
    Setting("latent_page", 1, low=1, high=200, step=1),  # which page of the book
)
