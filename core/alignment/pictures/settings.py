"""Settings for moving a model that draws towards preferences, in a typed table."""

from dataclasses import dataclass
from typing import Any, Final

from core.alignment.pictures.rules import RULES, rule_of
from core.settings import Checked

LEASHES: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""KL weights worth trying, from none to very short."""
SMALLEST_BETA: Final = 0.005
# One leash in two places: on the pairs, and on plain pages. Captions that leave the distance open
# are plain pages themselves, so a leash as short as the others' would hold just what is to move.
KL_PER_BETA: Final = {"sky": 10.0, "colour": 10.0, "distance": 0.5}
RATES: Final = {"sky": 1e-4, "colour": 1e-4, "distance": 3e-4}
LEAST_NOISE: Final = {"sky": 0.6, "colour": 0.4, "distance": 0.2}
"""From which share of noise on the pairs are looked at: a sky is settled first, places last."""


def leash_of(kl_weight: float, rule: str) -> dict[str, float]:
    """The leash as the program takes it, for a rule: `beta` and `kl_weight`."""
    per_beta = KL_PER_BETA[RULES[rule].left_open]
    return {"beta": max(kl_weight, SMALLEST_BETA), "kl_weight": per_beta * kl_weight}


def settings_for(rule: str, kl_weight: float, **more: Any) -> "PictureDpoSettings":
    """The settings that do best for a rule, on a leash."""
    left_open = RULES[rule].left_open
    asked = PictureDpoSettings(
        rule=rule, learning_rate=RATES[left_open], least_noise=LEAST_NOISE[left_open]
    )
    return asked.changed(**leash_of(kl_weight, rule), **more)


@dataclass(frozen=True)
class PictureDpoSettings(Checked):
    """Direct preference optimisation of a denoiser.

    Args (and the unit of each):
        n_steps: updates of all weights.
        learning_rate: peak rate of AdamW; it rises over n_warmup_steps and falls to 0 at the end
            of the planned steps.
        n_warmup_steps: steps over which the rate rises.
        beta: how strongly the model is tied to its reference; see core.alignment.pictures.dpo.
        kl_weight: what it costs to answer otherwise than the reference on pages of the book, whose
            captions leave nothing open; per unit of squared difference, summed over a picture.
        sft_weight: of the squared error on the better pictures beside DPO; 0: DPO alone.
        least_noise: pairs are looked at with this share of noise or more.
        n_batch: pairs per step.
        look_every: steps between two looks at the sixteen pictures (plus one before).
        evaluate_every: steps between two exams (one before and one after always).
        n_held_out: captions of an exam that leave something open, about things never paired in the
            captions learned from.
        n_plain: captions of an exam that leave nothing open.
        rule: by which success is measured, one of RULES.
        n_draw_steps: steps of the sampler per picture.
        guidance: weight of the caption there.
        seed: of everything random.
    """

    n_steps: int = 40
    learning_rate: float = 1e-4
    n_warmup_steps: int = 5
    beta: float = 0.1
    kl_weight: float = 1.0
    sft_weight: float = 0.01
    least_noise: float = 0.6
    n_batch: int = 8
    look_every: int = 10
    evaluate_every: int = 20
    n_held_out: int = 48
    n_plain: int = 48
    rule: str = "night"
    n_draw_steps: int = 10
    guidance: float = 3.0
    seed: int = 0

    def __post_init__(self) -> None:
        rule_of(self.rule)
        self.must_lie(1, 10_000, "n_steps", "look_every", "evaluate_every")
        self.must_lie(0, 10_000, "n_warmup_steps")
        self.must_lie(1e-7, 1.0, "learning_rate")
        self.must_lie(1e-4, 100.0, "beta")
        self.must_lie(0.0, 1000.0, "kl_weight", "sft_weight")
        self.must_lie(0.0, 0.99, "least_noise")
        self.must_lie(1, 64, "n_batch")
        self.must_lie(1, 1000, "n_held_out", "n_plain", "n_draw_steps")
        self.must_lie(0.0, 30.0, "guidance")
        self.must_lie(0, 2**31, "seed")
