"""Settings of a fine-tuning run, in one typed table.

Same settings, same seed and same inputs give the same weights, bit by bit, with any number of
threads. Settings from before there were parts name none, and mean one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.alignment.text.examples import SUBJECTS, TOWN
from core.alignment.tuning.progress import OWN
from core.data.world import WorldSettings
from core.errors import SettingError
from core.settings import Checked

# The rates that did best on held-out questions, of those tried on the example model.
RATE_OF_ALL: Final = 1e-3
RATE_OF_ADAPTERS: Final = 4e-3


@dataclass(frozen=True)
class FineTuningSettings(Checked):
    """One fine-tuning run.

    Args (and the unit of each):
        rank: of the adapters that learn; 0: all weights learn.
        learning_rate: peak rate of AdamW; None: the rate found best by measurement.
        n_steps: updates.
        n_batch: examples per step.
        n_plain: sequences of the base model's training text that are read with every step, so
            that less is forgotten; 0: none. Needs a dataset.
        n_warmup_steps: steps over which the rate rises.
        evaluate_every: steps between two looks (one before and one after always).
        subject: what the examples teach: the town, a style, a field, or "own".
        n_asked: held-out questions that are answered at every look.
        n_sentences: of the model's own, judged before and after to see what it forgot; 0: none.
        count_questions: count the tokens of the questions too.
        world: settings of the small world the model was told; None: nothing can be checked.
        watched: an example (question, answer) whose loss is shown token by token; empty: none.
        temperature: of the answers drawn.
        n_parts: into which steps and looks are cut, for as many threads; other parts, other bits.
        seed: of everything random.
    """

    rank: int = 0
    learning_rate: float | None = None
    n_steps: int = 1000
    n_batch: int = 16
    n_plain: int = 0
    n_warmup_steps: int = 20
    evaluate_every: int = 100
    subject: str = TOWN
    n_asked: int = 64
    n_sentences: int = 60
    count_questions: bool = False
    world: Mapping[str, Any] | None = None
    watched: tuple[str, ...] = ()
    temperature: float = 0.7
    n_parts: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.subject not in (*SUBJECTS, OWN):
            raise SettingError("subject", self.subject, f"must be one of {(*SUBJECTS, OWN)}")
        if len(self.watched) not in (0, 2):
            raise SettingError("watched", len(self.watched), "must be a question and its answer")
        self.must_lie(0, 4096, "rank")
        self.must_lie(1, 20_000, "n_steps", "evaluate_every")
        self.must_lie(1, 256, "n_batch")
        self.must_lie(0, 256, "n_plain")
        self.must_lie(0, 20_000, "n_warmup_steps")
        self.must_lie(1, 1000, "n_asked")
        self.must_lie(0, 1000, "n_sentences")
        self.must_lie(0.0, 5.0, "temperature")
        self.must_lie(1, 64, "n_parts")
        self.must_lie(0, 2**31, "seed")
        if self.learning_rate is not None:
            self.must_lie(1e-7, 1.0, "learning_rate")

    @property
    def rate(self) -> float:
        """The peak rate, given or measured."""
        if self.learning_rate is not None:
            return self.learning_rate
        return RATE_OF_ADAPTERS if self.rank else RATE_OF_ALL

    @property
    def town_settings(self) -> WorldSettings | None:
        """Of the world that decides what is true."""
        return WorldSettings(**self.world) if self.world is not None else None
