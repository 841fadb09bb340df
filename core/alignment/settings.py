"""Settings for learning from preferences and rewards, in typed tables.

Same settings, same seed and same inputs give the same weights, bit by bit, with any number of
threads. Settings from before there were parts name none, and mean one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.alignment.text.rules import RULES
from core.data.world import WorldSettings
from core.errors import SettingError
from core.languages import LANGS
from core.settings import Checked

MODEL_OF_CLICKS: Final = "model"
GOODNESS: Final = "goodness"
RULE: Final = "rule:"
N_PARTS: Final = 2
"""Parts into which the runs that visitors start cut their steps and looks. It stands in their
settings, since other parts give other bits."""


@dataclass(frozen=True)
class ExamSettings(Checked):
    """What DPO and GRPO share: their steps, and the exams along the way.

    Args (and the unit of each):
        n_steps: updates of all weights.
        learning_rate: peak rate of AdamW; it rises over n_warmup_steps and falls to 0 at the
            end of the planned steps.
        n_warmup_steps: steps over which the rate rises.
        evaluate_every: steps between two exams (one before and one after always).
        n_held_out: questions of an exam; none of them, in any wording, is ever trained on.
        rule: by which the answers are judged, one of RULES; the other rules are measured beside it.
        langs: languages of the questions.
        world: settings of the small world the questions are about; None: the world's defaults.
        watched: questions whose answers are shown at every exam, before those of the exam.
        max_tokens: greatest length of an answer.
        temperature: of the draws.
        n_parts: into which steps and exams are cut, for as many threads; other parts, other bits.
        seed: of everything random.
    """

    n_steps: int = 40
    learning_rate: float = 2e-4
    n_warmup_steps: int = 5
    evaluate_every: int = 10
    n_held_out: int = 100
    rule: str = "polite"
    langs: tuple[str, ...] = LANGS
    world: Mapping[str, Any] | None = None
    watched: tuple[str, ...] = ()
    max_tokens: int = 60
    temperature: float = 1.0
    n_parts: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise SettingError("rule", self.rule, f"must be one of {tuple(RULES)}")
        if not self.langs or set(self.langs) - set(LANGS):
            raise SettingError("langs", self.langs, f"must be of {LANGS}")
        if len(self.watched) > 8 or any(len(text) > 400 for text in self.watched):
            raise SettingError("watched", len(self.watched), "must be at most 8 short questions")
        self.must_lie(1, 10_000, "n_steps", "evaluate_every")
        self.must_lie(0, 10_000, "n_warmup_steps")
        self.must_lie(1, 1000, "n_held_out")
        self.must_lie(1e-7, 1.0, "learning_rate")
        self.must_lie(1, 200, "max_tokens")
        self.must_lie(0.0, 5.0, "temperature")
        self.must_lie(1, 64, "n_parts")
        self.must_lie(0, 2**31, "seed")

    def town_settings(self) -> WorldSettings:
        """Of the world whose facts are asked for."""
        return WorldSettings(**(self.world or {}))


@dataclass(frozen=True)
class DpoSettings(ExamSettings):
    """Direct preference optimisation.

    Args (and the unit of each):
        beta: how strongly the model is tied to its reference; see core.alignment.aligning.dpo.
        sft_weight: of the SFT loss on the better answers; 0: DPO alone.
        n_batch: pairs per step.
    """

    beta: float = 0.1
    sft_weight: float = 0.0
    n_batch: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        self.must_lie(0.001, 10.0, "beta")
        self.must_lie(0.0, 10.0, "sft_weight")
        self.must_lie(1, 64, "n_batch")


@dataclass(frozen=True)
class GrpoSettings(ExamSettings):
    """Reinforcement learning (GRPO) with a KL penalty.

    Args (and the unit of each):
        reward: "rule:<name>" for a checkable rule, "goodness" for all rules of a good answer
            together, "model" for the model of somebody's clicks.
        kl_weight: what a nat of divergence costs, in standard deviations of reward; 0: none.
        n_groups: questions per step.
        n_each: answers drawn to each of them.
        clip: a token's probability gains nothing from changing by more than this share.
    """

    reward: str = RULE + "polite"
    kl_weight: float = 0.1
    n_groups: int = 6
    n_each: int = 8
    clip: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        known = self.reward in (MODEL_OF_CLICKS, GOODNESS)
        if not known and self.reward.removeprefix(RULE) not in RULES:
            rule = f"must be model, goodness, or rule: and {tuple(RULES)}"
            raise SettingError("reward", self.reward, rule)
        self.must_lie(0.0, 10.0, "kl_weight")
        self.must_lie(1, 64, "n_groups")
        self.must_lie(2, 64, "n_each")
        self.must_lie(0.01, 1.0, "clip")


@dataclass(frozen=True)
class RewardSettings(Checked):
    """Training a reward model.

    Args (and the unit of each):
        n_steps: updates of all weights.
        learning_rate: peak rate of AdamW for the transformer.
        head_learning_rate: the same for the row of numbers that makes a score.
        n_batch: pairs per step.
        held_out_share: share of the pairs kept for the exam, if no others are given for it.
        n_folds: 0, or into how many parts few pairs are dealt so that every one is examined: as
            many models learn from all other parts first, each examined on its own, and the last
            one learns from all. For the exam none is kept then.
        evaluate_every: steps between two exams.
        n_parts: into which steps and exams are cut, for as many threads; other parts, other bits.
        seed: of the order of the pairs.
    """

    n_steps: int = 60
    learning_rate: float = 2e-4
    head_learning_rate: float = 2e-3
    n_batch: int = 8
    held_out_share: float = 0.2
    n_folds: int = 0
    evaluate_every: int = 10
    n_parts: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        self.must_lie(1, 10_000, "n_steps", "evaluate_every")
        self.must_lie(1, 64, "n_parts")
        self.must_lie(1e-7, 1.0, "learning_rate", "head_learning_rate")
        self.must_lie(1, 64, "n_batch")
        self.must_lie(0.0, 0.5, "held_out_share")
        self.must_lie(0, 20, "n_folds")
        self.must_lie(0, 2**31, "seed")
