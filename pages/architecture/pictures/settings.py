"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("denoiser", "", max_length=200),  # the same for pictures: "n_channels:192 patch:8"
)
