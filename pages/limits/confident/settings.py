"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from core.limits.confident.knowing import ENOUGH, N_DRAWS
from core.lineage import MODEL_KINDS
from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("confident_model", MODEL_KINDS[0], choices=tuple(MODEL_KINDS)),
    Setting("confident_enough", ENOUGH, low=1, high=N_DRAWS, step=1),
    Setting("confident_question", "", max_length=160),
)
