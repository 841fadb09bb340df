"""Drawn: what each sort of model answers in both directions, and one question as an example."""

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from core.limits.reversal import LANES, WAYS, Found, Harbour, Lane, Way
from pages.kit.catalogue import Words
from pages.kit.numbers import share, whole
from pages.limits.shown import table, with_span

MOST: Final = 0.8  # right at least so often: nearly all
FEW: Final = 0.2  # at most so often: hardly any

Results = Mapping[Lane, Mapping[str, Mapping[Way, Found]]]


def outcome_of(one: Found) -> str:
    """Which expectation a measurement fulfils."""
    return "all" if one.share >= MOST else "none" if one.share <= FEW else "some"


def lane_name(lane: str, t: Words) -> str:
    """What the texts of a lane tell."""
    return {
        "forwards": t("backwards.lane_forwards"),
        "half": t("backwards.lane_half"),
        "both": t("backwards.lane_both"),
    }[lane]


def group_name(lane: str, group: str, t: Words) -> str:
    """Some people of a lane."""
    if lane != "half":
        return lane_name(lane, t)
    part = t("backwards.half_both") if group == "both" else t("backwards.half_one")
    return f"{lane_name(lane, t)}: {part}"


def sentences_told(harbour: Harbour, person: int, t: Words) -> tuple[str, str]:
    """What the texts tell about somebody, forwards and backwards, in words."""
    names = {
        "person": harbour.people[person],
        "boat": harbour.boats[harbour.boat_of[person]],
    }
    return t("backwards.told_forwards", **names), t("backwards.told_backwards", **names)


def told(t: Words, n_people: int, seed: int) -> str:
    """Before anything runs: two people of this seed, and what each sort of text tells."""
    harbour = Harbour.drawn(n_people, seed)
    rows = []
    for lane in LANES:
        both = harbour.told_both_ways(lane)
        lines = [
            sentence
            for person in (0, 1)
            for way, sentence in zip(WAYS, sentences_told(harbour, person, t), strict=True)
            if way == "forwards" or person in both
        ]
        n = len(harbour.sentences(lane))
        rows.append((lane_name(lane, t), " ".join(lines), whole(n, t.lang)))
    heads = (t("backwards.texts"), t("backwards.texts_tell"), t("backwards.n_sentences"))
    return f"<div class='gb-told'>{table(heads, rows, t('backwards.texts'))}</div>"


def tabulated(found: Results, t: Words) -> str:
    """Right answers in both directions for every sort of people, with n and interval."""
    heads = (
        t("backwards.texts"),
        t("backwards.asked_forwards"),
        t("backwards.asked_backwards"),
        t("backwards.confidence"),
        t("backwards.n_asked"),
    )
    rows = [
        (
            group_name(lane, group, t),
            *(with_span(ways[way].n_right, ways[way].n, t) for way in WAYS),
            share(ways["backwards"].confidence, t.lang),
            whole(ways["backwards"].n, t.lang),
        )
        for lane, groups in found.items()
        for group, ways in groups.items()
        if ways["forwards"].n
    ]
    return table(heads, rows, t("backwards.stage"))


def sentence(found: Results, t: Words) -> str:
    """What the models with half of their people told both ways come to."""
    both, one = found["half"]["both"], found["half"]["one"]
    return t(
        "backwards.found",
        forwards=with_span(one["forwards"].n_right, one["forwards"].n, t),
        backwards=with_span(one["backwards"].n_right, one["backwards"].n, t),
        both=with_span(both["backwards"].n_right, both["backwards"].n, t),
        n=whole(one["backwards"].n, t.lang),
    )


def example(one: Mapping[str, Any], t: Words) -> str:
    """One question asked backwards, and what came."""
    said = t(
        "backwards.example",
        person=one["person"],
        boat=one["boat"],
        said=one["said"] or t("backwards.no_name"),
        sure=share(float(one["probability"]), t.lang),
    )
    return f"<p class='gb-found'>{escape(said)}</p>"


def latest(row: Mapping[str, Any], t: Words) -> str:
    """The model under way: what it answers so far."""
    rows = []
    for group in ("both", "one"):
        ways = {way: Found(**row[group][way]) for way in WAYS}
        if ways["forwards"].n:
            rows.append(
                (
                    group_name(row["lane"], group, t),
                    *(with_span(ways[way].n_right, ways[way].n, t) for way in WAYS),
                )
            )
    heads = (t("backwards.texts"), t("backwards.asked_forwards"), t("backwards.asked_backwards"))
    return table(heads, rows, t("backwards.stage"))
