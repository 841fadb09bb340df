"""What a training run of a denoiser is asked to do, in one typed table.

Same settings, seed and corpus give the same weights, bit for bit, on processors of one kind.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.errors import SettingError
from core.inference.pictures.schedules import OBJECTIVES
from core.settings import Checked
from core.training.settings import OPTIMIZERS

MOST_JUDGED: Final = 2000


@dataclass(frozen=True)
class PictureTrainingSettings(Checked):
    """One run. A step is one update of all weights.

    Args (and the unit of each):
        n_steps: planned updates; the learning rate reaches 0 with the last one.
        n_batch: pictures per step.
        n_part: pictures computed at once; parts of a step stay in the processor's cache.
        objective: "velocity" (flow matching), or "noise" (DDPM).
        optimizer: "muon" for the hidden matrices with AdamW for the rest, or "adamw" for all.
        learning_rate: peak rate of the hidden matrices (with "adamw": of every weight).
        embedding_learning_rate: peak rate of everything else (only with "muon").
        weight_decay: share of a hidden matrix lost per step, times the learning rate.
        n_warmup_steps: the rate rises from 0 to its peak over these steps.
        decay_share: final share of the planned steps during which the rate falls to 0.
        clip_norm: gradients longer than this are shortened to it; 0 disables that.
        empty_share: share of captions left out, so that the model also learns to draw without.
        memory: share of the averaged weights kept in a step; looks and result use the average.
        evaluate_every: steps between two evaluations by the reader (plus one at the end).
        look_every: steps between two looks at the sixteen pictures (plus two early ones).
        n_judged: scenes drawn and read per evaluation, half with pairs never drawn; 0: none.
        n_draw_steps: steps of the sampler per picture, in looks and evaluations.
        guidance: weight of the caption there.
        seed: draws the initial weights, the order of the pictures, times and noises.
    """

    told_as: ClassVar[str] = "is no setting of a picture training run"

    n_steps: int = 1500
    n_batch: int = 32
    n_part: int = 32
    objective: str = "velocity"
    optimizer: str = "muon"
    learning_rate: float = 0.02
    embedding_learning_rate: float = 0.002
    weight_decay: float = 0.0
    n_warmup_steps: int = 30
    decay_share: float = 0.6
    clip_norm: float = 1.0
    empty_share: float = 0.1
    memory: float = 0.995
    evaluate_every: int = 500
    look_every: int = 100
    n_judged: int = 96
    n_draw_steps: int = 10
    guidance: float = 3.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, choices in (("objective", OBJECTIVES), ("optimizer", OPTIMIZERS)):
            if getattr(self, name) not in choices:
                raise SettingError(name, getattr(self, name), f"must be one of {choices}")
        whole = ("n_steps", "n_batch", "n_part", "evaluate_every", "look_every", "n_draw_steps")
        for name in whole:
            self._check_whole(name, 1, 10_000_000)
        self._check_whole("n_batch", 1, 1024)
        self._check_whole("n_draw_steps", 1, 1000)
        self._check_whole("n_warmup_steps", 0, 10_000_000)
        self._check_whole("n_judged", 0, MOST_JUDGED)
        self._check_whole("seed", 0, 2**53)
        for name in ("learning_rate", "embedding_learning_rate"):
            if not 0.0 < getattr(self, name) <= 10.0:
                raise SettingError(name, getattr(self, name), "must lie in (0, 10]")
        for name in ("weight_decay", "clip_norm"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise SettingError(name, getattr(self, name), "must be 0 or a positive number")
        if not 0.0 <= self.guidance <= 30.0:
            raise SettingError("guidance", self.guidance, "must lie in [0, 30]")
        if not 0.0 <= self.decay_share <= 1.0:
            raise SettingError("decay_share", self.decay_share, "must lie in [0, 1]")
        for name in ("empty_share", "memory"):
            if not 0.0 <= getattr(self, name) < 1.0:
                raise SettingError(name, getattr(self, name), "must lie in [0, 1)")

    def _check_whole(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        if type(value) is not int or not low <= value <= high:
            raise SettingError(name, value, f"must be a whole number from {low} to {high}")
