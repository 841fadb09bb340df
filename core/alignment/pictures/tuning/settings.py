"""Settings of fine-tuning a model that draws, in one typed table.

Same settings, seed and inputs give the same weights, bit for bit, on processors of one kind.
"""

from dataclasses import dataclass
from typing import Final

from core.alignment.pictures.tuning.styles import STYLES
from core.errors import SettingError
from core.settings import Checked

OWN: Final = "own"
"""The subject of a visitor's own pictures."""
SUBJECTS: Final = (*STYLES, OWN)
RATE_OF_ADAPTERS: Final = 2e-3
RATE_OF_ALL: Final = 3e-4


@dataclass(frozen=True)
class PictureTuningSettings(Checked):
    """One fine-tuning run of a denoiser.

    Args (and the unit of each):
        subject: what the examples teach: one of STYLES, or "own".
        rank: of the adapters that learn; 0: all weights learn.
        learning_rate: peak rate of AdamW; None: the rate found best by measurement.
        n_steps: updates.
        n_batch: examples per step.
        n_plain: pages of the book read with every step, so that less is forgotten; 0: none.
        empty_share: share of captions left out, of those pages or else of the examples.
        n_warmup_steps: steps over which the rate rises.
        look_every: steps between two looks at the sixteen pictures (plus one before).
        evaluate_every: steps between two exams (one before and one after always).
        n_held_out: captions of an exam, each asked with and without the word that is taught.
        n_draw_steps: steps of the sampler per picture.
        guidance: weight of the caption there. Guidance leads away from what is drawn without a
            caption; there nothing of what is taught appears, so a strong one exaggerates just that.
        seed: of everything random.
    """

    subject: str = "sepia"
    rank: int = 8
    learning_rate: float | None = None
    n_steps: int = 300
    n_batch: int = 8
    n_plain: int = 8
    empty_share: float = 0.15
    n_warmup_steps: int = 5
    look_every: int = 40
    evaluate_every: int = 150
    n_held_out: int = 48
    n_draw_steps: int = 10
    guidance: float = 1.5
    seed: int = 0

    def __post_init__(self) -> None:
        if self.subject not in SUBJECTS:
            raise SettingError("subject", self.subject, f"must be one of {SUBJECTS}")
        self.must_lie(0, 1024, "rank")
        self.must_lie(1, 10_000, "n_steps", "look_every", "evaluate_every")
        self.must_lie(0, 10_000, "n_warmup_steps")
        self.must_lie(1, 64, "n_batch")
        self.must_lie(0, 64, "n_plain")
        self.must_lie(1, 1000, "n_held_out", "n_draw_steps")
        self.must_lie(0.0, 1.0, "empty_share")
        self.must_lie(0.0, 30.0, "guidance")
        self.must_lie(0, 2**31, "seed")
        if self.learning_rate is not None:
            self.must_lie(1e-7, 1.0, "learning_rate")

    @property
    def rate(self) -> float:
        """The peak rate, given or measured."""
        if self.learning_rate is not None:
            return self.learning_rate
        return RATE_OF_ADAPTERS if self.rank else RATE_OF_ALL
