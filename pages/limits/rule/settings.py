"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from core.limits.rule.sums import MOST_CHARACTERS
from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("rule_steps", 700, low=200, high=1200, step=100),
    Setting("rule_question", "", max_length=2 * MOST_CHARACTERS),
)
