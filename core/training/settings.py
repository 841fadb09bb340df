"""What a training run is asked to do, in one typed table.

Same settings, seed and dataset give the same weights, bit for bit, on processors of one kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.errors import SettingError
from core.settings import Checked

OPTIMIZERS: Final = ("muon", "adamw")
PRECISIONS: Final = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class TrainingSettings(Checked):
    """One run. A step is one update of all weights.

    Args (and the unit of each):
        n_steps: planned updates; the learning rate reaches 0 with the last one.
        n_batch: sequences per step; tokens per step are n_batch * n_context of the model.
        optimizer: "muon" for the hidden matrices with AdamW for the rest, or "adamw" for all.
        learning_rate: peak rate of the hidden matrices (with "adamw": of every weight).
        embedding_learning_rate: peak rate of embeddings, norms and head (only with "muon").
        weight_decay: share of a hidden matrix lost per step, times the learning rate.
        n_warmup_steps: the rate rises from 0 to its peak over these steps.
        decay_share: final share of the planned steps during which the rate falls to 0.
        clip_norm: gradients longer than this are shortened to it; 0 disables that.
        evaluate_every: steps between two evaluations (plus one before and one after the run).
        n_validation_sequences: fixed held-out sequences for the validation loss.
        n_measured_sentences: sentences drawn per evaluation for grammar and truth; 0: none.
        prompt: what the model continues at every evaluation; empty: it starts from nothing.
        precision: precision of matrix products: "float32", "bfloat16", or "auto" for the
            faster of the two on this processor.
        n_sample_tokens: maximum length of the continuation in tokens.
        sentence: the travelling sentence, whose loss per token is shown; empty: none.
        world: settings of the small world the dataset was generated from, None for any other text:
            grammar and truth can be measured only for the small world.
        seed: draws the initial weights, the batch order and the samples.
    """

    told_as: ClassVar[str] = "is no setting of a training run"

    n_steps: int = 1200
    n_batch: int = 8
    optimizer: str = "muon"
    learning_rate: float = 0.02
    embedding_learning_rate: float = 0.02
    weight_decay: float = 0.0
    n_warmup_steps: int = 20
    decay_share: float = 0.6
    clip_norm: float = 1.0
    precision: str = "auto"
    evaluate_every: int = 100
    n_validation_sequences: int = 32
    n_measured_sentences: int = 100
    prompt: str = ""
    n_sample_tokens: int = 60
    sentence: str = ""
    world: Mapping[str, Any] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise SettingError("optimizer", self.optimizer, f"must be one of {OPTIMIZERS}")
        if self.precision not in PRECISIONS:
            raise SettingError("precision", self.precision, f"must be one of {PRECISIONS}")
        for name in ("n_steps", "n_batch", "evaluate_every", "n_validation_sequences"):
            if getattr(self, name) < 1:
                raise SettingError(name, getattr(self, name), "must be at least 1")
        for name in ("n_warmup_steps", "n_measured_sentences", "n_sample_tokens"):
            if getattr(self, name) < 0:
                raise SettingError(name, getattr(self, name), "must not be negative")
        for name in ("learning_rate", "embedding_learning_rate"):
            if not 0.0 < getattr(self, name) <= 10.0:
                raise SettingError(name, getattr(self, name), "must lie in (0, 10]")
        for name in ("weight_decay", "clip_norm"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise SettingError(name, getattr(self, name), "must be 0 or a positive number")
        if not 0.0 <= self.decay_share <= 1.0:
            raise SettingError("decay_share", self.decay_share, "must lie in [0, 1]")
