"""Consistency: do a person's choices fit together, and would they choose the same again?

Choices that contradict each other cannot all be learned: no score puts A above B and B above A.
They are reported here, never silently dropped.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.alignment.preferring.preferences import Preference
from core.intervals import share_interval


@dataclass(frozen=True)
class Contradiction:
    """Answers to one question that were preferred in a circle.

    Args:
        question: what they answer.
        answers: at least two; each was preferred to the next, and the last to the first.
    """

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class SecondPass:
    """How often the same pair, shown a second time, was judged alike.

    Args:
        n: pairs judged a second time.
        n_alike: those judged as before.
    """

    n: int
    n_alike: int

    @property
    def share(self) -> float:
        """Of the pairs, those judged alike; 0 without any."""
        return self.n_alike / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return share_interval(self.n_alike, self.n)


def contradictions(preferences: Iterable[Preference]) -> list[Contradiction]:
    """Circles in one judge's choices, one a question at most: the shortest.

    Args:
        preferences: of one judge; what two judges disagree about is no contradiction.

    Returns:
        in the order in which the questions were first asked.
    """
    better_than: dict[str, dict[str, list[str]]] = {}  # question -> chosen text -> rejected texts
    for one in preferences:
        if one.choice != "both_bad" and one.a != one.b:
            losers = better_than.setdefault(one.question, {}).setdefault(one.chosen, [])
            losers.append(one.rejected)
    found = []
    for question, losers_of in better_than.items():
        circles = [circle for text in losers_of if (circle := _circle_through(text, losers_of))]
        if circles:
            found.append(Contradiction(question, min(circles, key=len)))
    return found


def _circle_through(start: str, losers_of: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from a text down to worse ones and back to itself; empty if there is none.

    Source: breadth-first search, Moore 1959, "The shortest path through a maze".
    """
    ways: deque[tuple[str, ...]] = deque([(start,)])
    seen: set[str] = set()
    while ways:
        way = ways.popleft()
        for loser in losers_of.get(way[-1], ()):
            if loser == start:
                return way
            if loser not in seen:
                seen.add(loser)
                ways.append((*way, loser))
    return ()


def second_pass(pairs: Iterable[tuple[Preference, Preference]]) -> SecondPass:
    """Compare second choices with first ones; sides may have changed, texts have not.

    Args:
        pairs: the first and the second judgement on the same two answers.
    """
    alike = [first.verdict == second.verdict for first, second in pairs]
    return SecondPass(len(alike), sum(alike))
