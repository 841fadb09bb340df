"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("fine_tune_what", "town", choices=("town", "style", "field", "own")),
    Setting("fine_tune_style", "letter", choices=("letter", "tale", "terse")),
    Setting("fine_tune_field", "law", choices=("law", "medicine", "verse")),
    Setting("fine_tune_way", "all", choices=("all", "low")),
    Setting("fine_tune_rank", 8, low=1, high=64, step=1),
    Setting("fine_tune_steps", 1000, low=50, high=3000, step=50),
    Setting("fine_tune_questions", False),  # whether the question's tokens count, too
    Setting("fine_tune_curve", "loss", choices=("loss", "shares")),
    Setting("fine_tune_example", 0, low=0, high=9999, step=1),
)
