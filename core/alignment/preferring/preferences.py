"""Preferences: of two answers to one question, which was the better one?

What somebody clicked is kept as it was clicked. Only `settled` decides what training reads of it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import comb
from typing import Final, Literal, Protocol, get_args

from core.data.world import Town
from core.errors import UnreadablePreferences
from core.lineage import Number, canonical_json

Choice = Literal["a", "b", "both_bad"]
CHOICES: Final[tuple[Choice, ...]] = get_args(Choice)

SUSPICIOUS_BELOW: Final = 0.01  # chance that fair clicks are as one-sided as these
LARGEST_FILE_BYTES: Final = 20_000_000
LONGEST_TEXT: Final = 20_000  # characters of a question or an answer


@dataclass(frozen=True)
class Preference:
    """One judgement: two answers side by side, and what was said of them.

    Args:
        question: what both answers answer.
        a, b: the answers; `a` stood on the left.
        choice: the better one, or "both_bad": neither may stay as it is.
        lang: language of the question, "de" or "en".
        judge: "you", or "rule:<name>" where a rule of the world judged.
        seed: the seed the two answers were drawn with.
    """

    question: str
    a: str
    b: str
    choice: Choice
    lang: str = "en"
    judge: str = "you"
    seed: int = 0

    @property
    def chosen(self) -> str:
        """The better answer.

        Raises:
            ValueError: both are bad, so neither is.
        """
        if self.choice == "both_bad":
            raise ValueError("neither answer was chosen")
        return self.a if self.choice == "a" else self.b

    @property
    def rejected(self) -> str:
        """The worse answer.

        Raises:
            ValueError: both are bad, so neither is worse.
        """
        return self.b if self.chosen == self.a else self.a

    @property
    def verdict(self) -> str | None:
        """What was said, whichever side the answers stood on: the text chosen; None: both bad."""
        return None if self.choice == "both_bad" else self.chosen


class Judge(Protocol):
    """A rule that says which of two answers is better; see core.alignment.text.rules."""

    def judge(self, question: str, answer: str, lang: str, town: Town) -> float:
        """How well one answer keeps the rule, from 0 to 1."""
        ...


def judged_by_rule(
    rule: Judge, name: str, question: str, a: str, b: str, lang: str, town: Town, seed: int = 0
) -> Preference | None:
    """Let a rule of the world click instead of a person.

    Args:
        rule: judges.
        name: the rule's name, which the preference carries as its judge: "rule:<name>".
        question, a, b, lang, seed: as in Preference.
        town: the facts the rule may look up.

    Returns:
        The preference for the answer that keeps the rule better. Equal answers are "both_bad" if
        they keep it less than half, else None: of two good answers a rule prefers neither.
    """
    for_a = rule.judge(question, a, lang, town)
    for_b = rule.judge(question, b, lang, town)
    if for_a == for_b and for_a >= 0.5:
        return None
    choice: Choice = "both_bad" if for_a == for_b else "a" if for_a > for_b else "b"
    return Preference(question, a, b, choice, lang, f"rule:{name}", seed)


@dataclass(frozen=True)
class Settled:
    """What training reads of many judgements.

    Args:
        pairs: one preference for every pair with a better answer.
        both_bad: one for every pair in which both answers are bad.
        n_contradicting: pairs left out because the judgements on them are equally divided.
        n_same: judgements left out because both answers were the same text.
    """

    pairs: tuple[Preference, ...]
    both_bad: tuple[Preference, ...]
    n_contradicting: int
    n_same: int


def settled(preferences: Iterable[Preference]) -> Settled:
    """One verdict a pair: the one given most often, and none where two are given equally often.

    A pair is the same pair when its answers change sides. Two identical answers cannot be told
    apart, so a click on one of them says nothing.
    """
    found = list(preferences)
    different = [one for one in found if one.a != one.b or one.choice == "both_bad"]
    pairs, bad, n_contradicting = list[Preference](), list[Preference](), 0
    for judgements in _by_pair(different).values():
        counts = Counter(one.verdict for one in judgements).most_common(2)
        if len(counts) == 2 and counts[0][1] == counts[1][1]:
            n_contradicting += 1
            continue
        winner = next(one for one in judgements if one.verdict == counts[0][0])
        (bad if winner.choice == "both_bad" else pairs).append(winner)
    return Settled(tuple(pairs), tuple(bad), n_contradicting, len(found) - len(different))


def _by_pair(preferences: Iterable[Preference]) -> dict[tuple[str, ...], list[Preference]]:
    """All judgements on the same two answers, whichever stood on the left, in order."""
    groups: dict[tuple[str, ...], list[Preference]] = {}
    for one in preferences:
        groups.setdefault((one.question, *sorted((one.a, one.b))), []).append(one)
    return groups


@dataclass(frozen=True)
class PositionBias:
    """Whether the place of an answer, not the answer, was chosen.

    Args:
        n: clicks on one of two answers; "both bad" has no side.
        n_left: clicks on the left one.
        p_value: chance that a fair coin falls at least as one-sidedly; 1 without clicks.
    """

    n: int
    n_left: int
    p_value: float

    @property
    def share_left(self) -> float:
        """Share of clicks on the left answer; one half without clicks."""
        return self.n_left / self.n if self.n else 0.5

    @property
    def suspicious(self) -> bool:
        """So one-sided that chance is a poor explanation."""
        return self.p_value < SUSPICIOUS_BELOW


def position_bias(preferences: Iterable[Preference]) -> PositionBias:
    """How one-sided the clicks are. Sides are dealt by chance, so honest clicks fall on both.

    Returns:
        the counts and the two-sided p-value of an exact sign test.

    Source: Conover 1999, "Practical Nonparametric Statistics", section 3.4 (the sign test).
    """
    sides = [one.choice for one in preferences if one.choice != "both_bad" and one.a != one.b]
    n, n_left = len(sides), sides.count("a")
    n_extreme = max(n_left, n - n_left)
    tail = sum(comb(n, k) for k in range(n_extreme, n + 1)) / 2**n
    return PositionBias(n, n_left, min(1.0, 2.0 * tail))


def agreement(preferences: Iterable[Preference]) -> float | None:
    """Agreement with one's own second pass.

    Returns:
        of all pairs judged more than once, the share always judged alike; None without any.
    """
    repeated = [group for group in _by_pair(preferences).values() if len(group) > 1]
    if not repeated:
        return None
    alike = sum(len({one.verdict for one in group}) == 1 for group in repeated)
    return alike / len(repeated)


def numbers_of(preferences: Sequence[Preference]) -> dict[str, Number]:
    """The numbers of an artefact "preferences".

    Returns:
        n_preferences, n_both_bad, n_pairs (with a better answer), n_contradicting, share_left,
        position_p, judges (comma-separated), and agreement where pairs were judged twice.
    """
    bias, read, alike = position_bias(preferences), settled(preferences), agreement(preferences)
    numbers: dict[str, Number] = {
        "n_preferences": len(preferences),
        "n_both_bad": sum(one.choice == "both_bad" for one in preferences),
        "n_pairs": len(read.pairs),
        "n_contradicting": read.n_contradicting,
        "share_left": bias.share_left,
        "position_p": bias.p_value,
        "judges": ",".join(sorted({one.judge for one in preferences})),
    }
    return numbers if alike is None else numbers | {"agreement": alike}


def to_bytes(preferences: Iterable[Preference]) -> bytes:
    """One JSON object a line; equal preferences give equal bytes."""
    return b"".join(canonical_json(asdict(one)) + b"\n" for one in preferences)


def from_bytes(data: bytes) -> list[Preference]:
    """Preferences from the bytes of `to_bytes`, which nobody has checked yet.

    Raises:
        UnreadablePreferences: too large, or a line that is no preference; names the line.
    """
    if len(data) > LARGEST_FILE_BYTES:
        raise UnreadablePreferences(f"{len(data)} bytes are too many", line=0)
    return [_read(line, n) for n, line in enumerate(data.splitlines(), start=1) if line.strip()]


def _read(line: bytes, n: int) -> Preference:
    """One line, or UnreadablePreferences with its number."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, Mapping) or not _possible(given):
        raise UnreadablePreferences(f"line {n} holds no preference", line=n)
    return Preference(**given)


def _possible(given: Mapping[str, object]) -> bool:
    """Whether a JSON object has the fields of a preference, and each a value it may have."""
    texts = [given.get(name) for name in ("question", "a", "b", "lang", "judge")]
    return (
        set(given) == {"question", "a", "b", "choice", "lang", "judge", "seed"}
        and all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts)
        and given["choice"] in CHOICES
        and type(given["seed"]) is int
    )
