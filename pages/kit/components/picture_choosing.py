"""Two pictures and the click on the better one; pictures before and now; what has moved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.languages import WRITTEN
from pages.kit.catalogue import Words
from pages.kit.components.ballot import Votes, votes_of
from pages.kit.components.mounting import mount
from pages.kit.numbers import bracketed


@dataclass(frozen=True)
class PicturePairShown:
    """A pair to choose from; `a` is on the left.

    Args:
        key: tells pairs apart.
        caption: what both were drawn for.
        a, b: as PNG in base64.
    """

    key: str
    caption: str
    a: str
    b: str


def picture_ballot(
    pairs: Sequence[PicturePairShown],
    t: Words,
    *,
    key: str,
    round: str,
    past: Sequence[str],
    heard: tuple[str, int] | None,
    goal: int,
) -> Votes | None:
    """Pairs to choose from, one after the other; the next appears immediately.

    Args:
        pairs: the upcoming pairs; the first is shown.
        key: the element's key.
        round: identifies what is being chosen between; a new value starts over.
        past: choices made so far in this round, oldest first.
        heard: the component whose votes were processed, and up to which number.
        goal: choices that a model learns well from; progress towards it is shown.

    Returns:
        What the browser reports in this rerun; only its form has been checked.
    """
    data = {
        "pairs": [asdict(pair) for pair in pairs],
        "round": round,
        "past": list(past[-60:]),
        "n": len(past),
        "heard": {"mount": heard[0], "n": heard[1]} if heard else None,
        "goal": goal,
        "lang": t.lang,
        "words": {
            "label": t("components.pictures_choose"),
            "left": t("components.pictures_left"),
            "right": t("components.pictures_right"),
            "undo": t("components.pictures_undo"),
            "keys": t("components.pictures_keys"),
            "empty": t("components.pictures_empty"),
            "counted": t("components.pictures_counted", n="{n}", of="{of}"),
        },
    }
    return votes_of(mount("picture_ballot", key, data, "cast").cast)


@dataclass(frozen=True)
class BeforeNowWords:
    """What stands under pictures before and now.

    Args:
        plain: of a caption that leaves nothing open.
        counted: with {before}, {now} and {of}.
        leaked: of such a caption whose picture shows what nobody asked for.
    """

    plain: str
    counted: str
    leaked: str = ""


def before_now(
    before: Sequence[Mapping[str, Any]],
    now: Sequence[Mapping[str, Any]],
    t: Words,
    *,
    key: str,
    step: int,
    rule: str,
    live_run: str | None = None,
    after: int = -1,
    told: BeforeNowWords | None = None,
) -> None:
    """The same captions and noises, drawn by the model before and by the one now.

    Args:
        before, now: pictures as a run of preference tuning reports them.
        step: of those drawn now.
        rule: what is marked, in the visitor's words.
        live_run: the run to follow; its "pictures" rows replace those drawn now.
        after: the last `seq` of that run already known.
        told: what is said where a caption leaves nothing open, and how many are counted.
    """
    told = told or BeforeNowWords(
        t("components.drawn_says_all"),
        t("components.drawn_n_kept", before="{before}", now="{now}", of="{of}"),
    )
    data = {
        "before": [dict(one) for one in before],
        "now": [dict(one) for one in now],
        "step": step,
        "run": live_run,
        "after": after,
        "lang": t.lang,
        "words": {
            "before": t("components.drawn_before"),
            "now": t("components.drawn_now"),
            "step": t("components.step", n="{n}"),
            "empty": t("components.drawn_later"),
            "kept": t("components.drawn_kept", rule=rule),
            "not_kept": t("components.drawn_not_kept", rule=rule),
            "met": t("components.drawn_met"),
            "not_met": t("components.drawn_not_met"),
            "n_kept": told.counted,
            "says_all": told.plain,
            "leaked": told.leaked,
        },
    }
    mount("before_now", key, data)


@dataclass(frozen=True)
class MovedShare:
    """A share that an exam measures, before and now.

    Args:
        name: its field in "exam" rows.
        short: the fields with the ends of its interval are {short}_low and {short}_high.
        n: the field with how many were measured.
        label: what it is called.
    """

    name: str
    short: str
    n: str
    label: str


def moved_shares(
    shares: Sequence[MovedShare],
    exams: Sequence[Mapping[str, Any]],
    t: Words,
    *,
    key: str,
    live_run: str | None = None,
    after: int = -1,
) -> None:
    """What an exam measured before and measures now, with 95 % intervals.

    Args:
        shares: in the order in which they are shown.
        exams: rows of kind "exam", oldest first.
        live_run: the run to follow; its "exam" rows are added.
        after: the last `seq` of that run already in `exams`.
    """
    data = {
        "shares": [asdict(each) for each in shares],
        "exams": [dict(row) for row in exams],
        "run": live_run,
        "after": after,
        "lang": t.lang,
        "words": {
            "label": t("components.moved_label"),
            "before": t("components.drawn_before"),
            "now": t("components.drawn_now"),
            "of": t(
                "components.moved_of",
                span=bracketed("{low}", "{high}", t.lang) + WRITTEN[t.lang].per_cent,
                n="{n}",
            ),
            "empty": t("components.moved_empty"),
        },
    }
    mount("moved_shares", key, data)
