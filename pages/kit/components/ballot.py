"""Two answers to one question, and the click on the better one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

CHOICES = ("a", "b", "both_bad")
MOST_EVENTS = 1000  # in one message from a browser


@dataclass(frozen=True)
class Candidate:
    """A pair to choose from; `a` is on the left.

    Args:
        key: tells pairs apart.
        question: what both answer.
        a, b: the answers.
        brusque_a, brusque_b: whether an answer is rude and gets a small label.
        truth: what is known about the question, in a sentence; empty: nothing.
    """

    key: str
    question: str
    a: str
    b: str
    brusque_a: bool = False
    brusque_b: bool = False
    truth: str = ""


@dataclass(frozen=True)
class Chosen:
    """The last choice: the answer's text, empty if both were bad."""

    question: str
    choice: str
    answer: str


@dataclass(frozen=True)
class Vote:
    """One action of the user: chose within the pair of a key, or took back the last choice.

    Args:
        n: counts from 1 in every mounted component.
        key, choice: the choice; both empty if the last choice was taken back.
    """

    n: int
    key: str = ""
    choice: str = ""


@dataclass(frozen=True)
class Votes:
    """Everything a mounted component has to report and has not seen acknowledged."""

    mount: str
    votes: tuple[Vote, ...]


def ballot_box(
    pairs: Sequence[Candidate],
    t: Words,
    *,
    key: str,
    round: str,
    past: Sequence[str],
    last: Chosen | None,
    heard: tuple[str, int] | None,
    of: int | None = None,
    goal: int = 0,
) -> Votes | None:
    """Pairs to choose from, one after the other; the next appears immediately.

    Args:
        pairs: the upcoming pairs; the first is shown.
        t: the catalogue.
        key: the element's key.
        round: identifies what is being chosen between; a new value starts over.
        past: choices made so far in this round, oldest first.
        last: the latest of them.
        heard: the component whose votes were processed, and up to which number.
        of: how many there will be in this round; None: unlimited.
        goal: choices from which a reward model can learn; progress towards it is shown. 0: none.

    Returns:
        What the browser reports in this rerun; only its form has been checked.
    """
    data = {
        "pairs": [asdict(pair) for pair in pairs],
        "round": round,
        "past": list(past[-60:]),
        "tally": {"n": len(past), "left": past.count("a"), "right": past.count("b")},
        "last": asdict(last) if last else None,
        "heard": {"mount": heard[0], "n": heard[1]} if heard else None,
        "of": of,
        "goal": goal,
        "done": of is not None and not pairs,
        "lang": t.lang,
        "words": _words(t),
    }
    return votes_of(mount("ballot", key, data, "cast").cast)


def votes_of(said: Any) -> Votes | None:
    """What a browser sent, if it has the form of votes; it may send anything."""
    if not isinstance(said, Mapping) or not isinstance(said.get("mount"), str):
        return None
    events = said.get("events")
    if not isinstance(events, list):
        return None
    votes = tuple(vote for event in events[:MOST_EVENTS] if (vote := _vote(event)))
    return Votes(said["mount"][:64], votes)


def _vote(event: Any) -> Vote | None:
    if not isinstance(event, Mapping) or type(event.get("n")) is not int:
        return None
    if event.get("undo") is True:
        return Vote(event["n"])
    key, choice = event.get("key"), event.get("choice")
    if not isinstance(key, str) or choice not in CHOICES:
        return None
    return Vote(event["n"], key, choice)


def _words(t: Words) -> dict[str, str]:
    return {
        "label": t("preferring.box"),
        "question": t("preferring.box_question"),
        "left": t("preferring.box_left"),
        "right": t("preferring.box_right"),
        "both_bad": t("preferring.both_bad"),
        "undo": t("preferring.undo"),
        "keys": t("preferring.keys"),
        "blank": t("preferring.blank"),
        "empty": t("preferring.next_pair"),
        "done": t("preferring.round_done"),
        "counted": t("preferring.counted"),
        "counted_of": t("preferring.counted_of", n="{n}"),
        "goal": t("preferring.goal", n="{n}", of="{of}"),
        "goal_reached": t("preferring.goal_reached"),
        "brusque": t("preferring.brusque"),
        "brusque_help": t("preferring.brusque_help"),
        "sides": t("preferring.sides", left="{left}", right="{right}", bad="{bad}"),
        "last": t("preferring.last"),
        "chose_a": t("preferring.chose_left"),
        "chose_b": t("preferring.chose_right"),
        "chose_both_bad": t("preferring.chose_none"),
        "taken_back": t("preferring.taken_back"),
    }
