"""A text weighed by a list and by a classifier, and the threshold in the hand."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Weighed:
    """A piece of the text as the classifier sees it.

    Args:
        text: itself.
        score: of the sentence, from 0 to 1; None for what stands between sentences.
        evidence: a number a character, above zero towards rude.
    """

    text: str
    score: float | None = None
    evidence: tuple[float, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A piece of the text as the list sees it."""

    text: str
    hit: bool


@dataclass(frozen=True)
class Dot:
    """An examined text: what it really is, and its score."""

    text: str
    rude: bool
    score: float


def weighing(
    listed: Sequence[Listed],
    pieces: Sequence[Weighed],
    dots: Sequence[Dot],
    t: Words,
    *,
    key: str,
    threshold: float,
    n_listed: int,
    learned: str = "",
    course: Sequence[Sequence[float]] = (),
) -> float | None:
    """Both filters on one text, the examined texts on the line of scores, and the threshold.

    Args:
        listed, pieces: the text, cut in two ways; each gives it whole.
        dots: texts that nobody has learned from.
        threshold: where it stands at first.
        n_listed: words on the list.
        learned: names the learning; a new name lets its course be seen.
        course: scores of the dots while it learned, in their order.

    Returns:
        where a hand has left the threshold; None before.
    """
    data = {
        "listed": [asdict(piece) for piece in listed],
        "pieces": [asdict(piece) for piece in pieces],
        "dots": [asdict(dot) for dot in dots],
        "threshold": threshold,
        "learned": learned,
        "course": [list(scores) for scores in course],
        "lang": t.lang,
        "words": _words(t, n_listed),
    }
    result = mount("weighing", key, data, "threshold")
    return None if result.threshold is None else float(result.threshold)


def _words(t: Words, n_listed: int) -> dict[str, str]:
    """What the component says; placeholders are filled in by the browser."""
    return {
        "list": t("safety.list", n=n_listed),
        "classifier": t("safety.classifier"),
        "hits": t("safety.hits", n="{n}"),
        "no_hits": t("safety.no_hits"),
        "held": t("safety.held"),
        "through": t("safety.through"),
        "score": t("safety.score", n="{n}"),
        "towards": t("safety.towards"),
        "against": t("safety.against"),
        "threshold": t("safety.threshold"),
        "yours": t("safety.yours"),
        "rude_texts": t("safety.rude_texts"),
        "fine_texts": t("safety.fine_texts"),
        "is_rude": t("safety.is_rude"),
        "is_fine": t("safety.is_fine"),
        "hit": t("safety.hit"),
        "miss": t("safety.miss"),
        "alarm": t("safety.alarm"),
        "passed": t("safety.passed"),
        "precision": t("safety.precision"),
        "recall": t("safety.recall"),
        "missed": t("safety.missed", n="{n}"),
        "alarms": t("safety.alarms", n="{n}"),
        "none": t("safety.no_error"),
        "hint": t("safety.hint"),
        "spoken": t("safety.spoken", threshold="{threshold}", misses="{misses}", alarms="{alarms}"),
    }
