"""What a link to this station carries; see `pages.kit.setting`.

The visitor's own notices are none of it: they stay in this browser's session.
"""

from typing import Final

from core.limits.grounding.board import N_FOUND
from core.limits.grounding.lessons import MOST_PASSAGES
from pages.kit.setting import Setting

GIVEN: Final = ("found", "missing", "false", "alone")
"""What is put before the model: see `core.limits.grounding.exam.WAYS`."""

SETTINGS: Final = (
    Setting("lookup_question", "", max_length=160),
    Setting("lookup_given", "found", choices=GIVEN),
    Setting("lookup_n", N_FOUND, low=1, high=MOST_PASSAGES, step=1),
    Setting("lookup_steps", 500, low=100, high=2000, step=100),
)
