"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("draw_steps", 10, low=1, high=50, step=1),
    Setting("draw_sampler", "euler", choices=("euler", "ddim", "ddpm")),
    Setting("draw_guidance", 3.0, low=0.0, high=8.0, step=0.5),
    Setting("draw_picture", 0, low=0, high=15, step=1),  # which of the sixteen is seen large
    Setting("draw_negative", "", max_length=160),
    Setting("draw_other", "", max_length=160),  # the caption drawn on the same noise
    Setting(
        "draw_try",
        "word",
        choices=("word", "two", "negative", "seeds", "captions", "region", "start"),
    ),
    Setting("draw_strength", 0.7, low=0.1, high=1.0, step=0.1),
)
