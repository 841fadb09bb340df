"""How many choices does a reward model need? Measured by training it on each amount.

Every model is examined on the same pairs, of which none was learned from, so that the exams can be
compared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from core.alignment.preferring.preferences import from_bytes, settled, to_bytes
from core.alignment.preferring.reward_program import RewardProgram
from core.alignment.settings import RewardSettings
from core.errors import TooFewChoices

AMOUNTS: Final = (10, 20, 40)
N_EXAM: Final = 20  # pairs kept for the exam
N_STEPS: Final = 40

Report = Callable[[float], None]


@dataclass(frozen=True)
class Exam:
    """How a reward model did that learned from `n` pairs.

    Args:
        n: pairs it learned from.
        accuracy: share of the exam's pairs that it scores as they were chosen.
        low, high: the 95 % interval of that share.
    """

    n: int
    accuracy: float
    low: float
    high: float


def learning_curve(
    model: bytes,
    encoder: bytes,
    preferences: bytes,
    *,
    amounts: Sequence[int] = AMOUNTS,
    n_exam: int = N_EXAM,
    n_steps: int = N_STEPS,
    seed: int = 0,
    on_progress: Report = lambda share: None,
) -> list[Exam]:
    """Train one reward model on each amount, and examine all of them alike.

    Args:
        model: the checkpoint each begins as.
        encoder: between text and its tokens.
        preferences: judged pairs, from `preferences.to_bytes`.
        amounts: pairs to learn from, rising; a smaller amount is part of every larger one.
        n_exam: pairs kept for the exam.
        n_steps: updates of each model.
        seed: deals the pairs.
        on_progress: called with the share that is done.

    Raises:
        TooFewChoices: there are not that many pairs with a better answer.
    """
    pairs = list(settled(from_bytes(preferences)).pairs)
    needed = max(amounts) + n_exam
    if len(pairs) < needed:
        raise TooFewChoices(f"{len(pairs)} pairs, {needed} needed", n=len(pairs), needed=needed)
    Random(seed).shuffle(pairs)
    exam, rest = pairs[:n_exam], pairs[n_exam:]
    settings = RewardSettings(n_steps=n_steps, evaluate_every=n_steps, seed=seed).to_dict()
    found = []
    for place, n in enumerate(amounts):
        inputs = {
            "model": model,
            "encoder": encoder,
            "preferences": to_bytes(rest[:n]),
            "held_out": to_bytes(exam),
        }
        program = RewardProgram(inputs, settings)
        rows: list[dict[str, Any]] = [{"step": 0}]
        while not program.finished:
            rows += program.advance()
            on_progress((place + rows[-1]["step"] / n_steps) / len(amounts))
        last = next(row for row in reversed(rows) if row.get("kind") == "exam")
        found.append(Exam(n, last["accuracy"], last["accuracy_low"], last["accuracy_high"]))
    return found
