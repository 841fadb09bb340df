"""A text judged by a word list and by a classifier, with an adjustable threshold."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Weighed:
    """A piece of the text as the classifier sees it.

    Args:
        text: the piece itself.
        score: score of the sentence, from 0 to 1; None for text between sentences.
        evidence: one number per character; above zero means towards rude.
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
    """A test text: its true label, its score, and the text with vulgar words hidden."""

    text: str
    rude: bool
    score: float
    veiled: str = ""


def weighing(
    listed: Sequence[Listed],
    pieces: Sequence[Weighed],
    dots: Sequence[Dot],
    t: Words,
    *,
    key: str,
    threshold: float,
    n_listed: int,
    sentence: tuple[str, float] | None = None,
    example: bool = False,
    learned: str = "",
    course: Sequence[Sequence[float]] = (),
) -> float | None:
    """Both filters on one text, the test texts along the score axis, and the threshold.

    Args:
        listed, pieces: the text, split in two ways; each adds up to the whole.
        dots: texts not used for training.
        threshold: its initial value.
        n_listed: number of words on the list.
        sentence: the travelling sentence and its score; None where the text is that sentence.
        example: whether the text is one that the page brings along.
        learned: identifies the training; a new value replays its course.
        course: scores of the dots during training, in order.

    Returns:
        where the visitor left the threshold; None before.
    """
    data = {
        "listed": [asdict(piece) for piece in listed],
        "pieces": [asdict(piece) for piece in pieces],
        "dots": [asdict(dot) for dot in dots],
        "sentence": {"text": sentence[0], "score": sentence[1]} if sentence else None,
        "threshold": threshold,
        "learned": learned,
        "course": [list(scores) for scores in course],
        "lang": t.lang,
        "words": _words(t, n_listed, example),
    }
    result = mount("weighing", key, data, "threshold")
    return None if result.threshold is None else float(result.threshold)


def _words(t: Words, n_listed: int, example: bool) -> dict[str, str]:
    """The component's words; the browser fills in the placeholders."""
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
        "yours": t("safety.example") if example else t("safety.yours"),
        "your_sentence": t("safety.your_sentence"),
        "sentence_said": t("safety.sentence_said", sentence="{sentence}", n="{n}"),
        "end_fine": t("safety.end_fine"),
        "end_rude": t("safety.end_rude"),
        "is_rude": t("safety.is_rude"),
        "is_fine": t("safety.is_fine"),
        "hit": t("safety.hit"),
        "miss": t("safety.miss"),
        "alarm": t("safety.alarm"),
        "rude_text": t("safety.rude_text"),
        "fine_text": t("safety.fine_text"),
        "wrong_text": t("safety.wrong_text"),
        "passed": t("safety.passed"),
        "precision": t("safety.precision"),
        "recall": t("safety.recall"),
        "precision_said": t("safety.precision_said", n="{n}", all="{all}"),
        "recall_said": t("safety.recall_said", n="{n}", all="{all}"),
        "unveil": t("safety.unveil"),
        "missed": t("safety.missed", n="{n}"),
        "alarms": t("safety.alarms", n="{n}"),
        "none": t("safety.no_error"),
        "hint": t("safety.hint"),
        "drag": t("safety.drag"),
        "spoken": t("safety.spoken", threshold="{threshold}", misses="{misses}", alarms="{alarms}"),
    }
