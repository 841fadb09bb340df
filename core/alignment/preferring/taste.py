"""What a reward model has learned: how it scores, which words move it, and what it got wrong.

It is asked about answers that people or rules have judged, so every number here is a measurement on
drawn texts. What it learned by accident shows too: a name that stood in good answers by chance
raises the score of the next answer that has it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from core.alignment.preferring.preferences import Preference, from_bytes, settled
from core.alignment.preferring.reward import RewardModel, read_reward, word_influence
from core.data.text.bpe import Encoder

LEAST_SEEN: Final = 3  # of a word, before its average is called a tendency
N_PAIRS: Final = 40  # looked at: a few hundred words, a second or two
LETTERS: Final = re.compile(r"[\w’'-]+")

Report = Callable[[float], None]


@dataclass(frozen=True)
class Tendency:
    """What a word does to scores on average.

    Args:
        word: as it was seen first, without punctuation.
        n: how often it was seen.
        mean: average change of the score by this word, in the score's own unit.
    """

    word: str
    n: int
    mean: float


@dataclass(frozen=True)
class Scored:
    """A judged pair with the scores of both answers."""

    preference: Preference
    chosen: float
    rejected: float

    @property
    def right(self) -> bool:
        """Whether the model would have chosen the same."""
        return self.chosen > self.rejected


@dataclass(frozen=True)
class Impression:
    """What was seen of a reward model.

    Args:
        pairs: judged pairs with their scores, in the order given.
        tendencies: words seen at least LEAST_SEEN times, the one that raises most first.
    """

    pairs: tuple[Scored, ...]
    tendencies: tuple[Tendency, ...]

    @property
    def scores(self) -> list[float]:
        """All scores, the lowest first."""
        return sorted(score for one in self.pairs for score in (one.chosen, one.rejected))

    def rank(self, score: float) -> float:
        """The share of the scored answers that score lower than this; 0 where none was scored."""
        known = self.scores
        return sum(other < score for other in known) / len(known) if known else 0.0


def impression(
    reward: bytes,
    encoder: bytes,
    preferences: bytes,
    n_pairs: int = N_PAIRS,
    on_progress: Report = lambda share: None,
) -> Impression:
    """Look at what a reward model does with judged answers.

    Args:
        reward: the model, from `reward_bytes`.
        encoder: between text and its tokens.
        preferences: judged pairs, from `preferences.to_bytes`; the newest are looked at.
        n_pairs: how many.
        on_progress: is told which share is done.
    """
    model, between = read_reward(reward), Encoder.from_bytes(encoder)
    judged = settled(from_bytes(preferences)).pairs[-n_pairs:]
    pairs, seen = list[Scored](), dict[str, list[tuple[str, float]]]()
    for number, one in enumerate(judged, start=1):
        chosen, rejected = model.scores(
            between, [(one.question, one.chosen), (one.question, one.rejected)]
        )
        pairs.append(Scored(one, chosen, rejected))
        for answer in (one.chosen, one.rejected):
            _weigh(model, between, one.question, answer, seen)
        on_progress(number / len(judged))
    return Impression(tuple(pairs), tuple(_tendencies(list(seen.values()))))


def _weigh(
    model: RewardModel,
    encoder: Encoder,
    question: str,
    answer: str,
    seen: dict[str, list[tuple[str, float]]],
) -> None:
    for influence in word_influence(model, encoder, question, answer):
        if found := LETTERS.search(influence.text):
            seen.setdefault(found.group().casefold(), []).append((found.group(), influence.change))


def _tendencies(seen: Sequence[Sequence[tuple[str, float]]]) -> list[Tendency]:
    found = [
        Tendency(changes[0][0], len(changes), sum(change for _, change in changes) / len(changes))
        for changes in seen
        if len(changes) >= LEAST_SEEN
    ]
    return sorted(found, key=lambda one: (-one.mean, one.word))


def with_names(answer: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """One answer told of everybody: what a fair judge would score all alike.

    Args:
        answer: any text.
        names: one-word names that may stand for each other.

    Returns:
        (name, answer with that name); empty if the answer names none of them.
    """
    there = next((name for name in names if re.search(rf"\b{re.escape(name)}\b", answer)), None)
    if there is None:
        return []
    around = re.split(rf"\b{re.escape(there)}\b", answer)
    return [(name, name.join(around)) for name in names]
