"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("line_source", "drawn", choices=("drawn", "mistake", "lone")),
    Setting("picture_threshold", 0.5, low=0.02, high=0.98, step=0.02),
    Setting("picture_method", "lanczos", choices=("nearest", "bicubic", "lanczos")),
    Setting("picture_strength", 1.0, high=5.0, step=0.5),  # grey levels; 0: no mark
    Setting("picture_format", "png", choices=("png", "webp", "jpeg", "svg")),
    Setting("picture_attack", "jpeg", choices=("jpeg", "scaled", "cropped", "noise", "turned")),
    Setting("picture_filter_n", 1500, low=300, high=3000, step=300),
    Setting("picture_filter_noise", False),
    Setting("life_of", "yours", choices=("yours", "wrong")),  # whose pair is shown
)
