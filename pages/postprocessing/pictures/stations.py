"""What each station of the line shows: its outcome, its pictures, and what it measured."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.data.pictures import Pixels
from core.postprocessing.pictures.caption_check import CaptionCheck
from core.postprocessing.pictures.line import ORDER, Finished
from core.postprocessing.pictures.prompt_filter import Wish
from core.postprocessing.pictures.trail import Entry
from pages.kit.catalogue import Words
from pages.kit.components.picture_line import Gauge, Piece, Shot, Station, as_source
from pages.kit.numbers import decimal, whole
from pages.postprocessing.pictures import leaving
from pages.postprocessing.pictures.finishing import exam, exam_curve, filter_settings, trained
from pages.postprocessing.pictures.leaving import names


def stations(found: Finished, t: Words) -> list[Station]:
    """All six stations, those that were not reached empty."""
    entries = {entry.stage: entry for entry in found.trail}
    made = [_prompt(found.wish, entries["prompt"], t)]
    draw: dict[str, Callable[[Finished, Entry, Words], Station]] = {
        "caption": _caption,
        "filter": _filter,
        "enlarge": leaving.enlarge,
        "watermark": leaving.watermark,
        "origin": leaving.origin,
    }
    for name in ORDER[1:]:
        if name in entries:
            made.append(draw[name](found, entries[name], t))
        else:
            title = names(t)[name]
            made.append(Station(name, title, title, "", "skipped", kind="–", empty=True))
    return made


def _prompt(wish: Wish, entry: Entry, t: Words) -> Station:
    """The wish, with what is held against it."""
    lines = [_reason(finding.kind, finding.rule, t) for finding in wish.findings]
    if not lines:
        lines = [t("postprocessing_pictures.prompt_fine")]
    refused = wish.refused
    said = (
        t("postprocessing_pictures.prompt_refused")
        if refused
        else t("postprocessing_pictures.prompt_unclear")
        if wish.findings
        else t("postprocessing_pictures.prompt_nothing")
    )
    return Station(
        "prompt",
        names(t)["prompt"],
        t("postprocessing_pictures.prompt_title"),
        said,
        entry.outcome,
        lines=list(dict.fromkeys(lines)),
        why=t("postprocessing_pictures.prompt_why"),
        said=wish.text,
        pieces=_found_pieces(wish, t),
    )


def _found_pieces(wish: Wish, t: Words) -> list[Piece]:
    """The wish cut at what was found in it; a finding about the whole is said below, not marked."""
    pieces, done = [], 0
    for finding in sorted(wish.findings, key=lambda each: (each.start, -each.end)):
        if finding.start < done or finding.end - finding.start == len(wish.text):
            continue
        pieces.append(Piece(wish.text[done : finding.start]))
        marked = wish.text[finding.start : finding.end]
        pieces.append(Piece(marked, "bad", t("postprocessing_pictures.objection")))
        done = finding.end
    return [piece for piece in (*pieces, Piece(wish.text[done:])) if piece.text]


def _reason(kind: str, rule: str, t: Words) -> str:
    """Why a wish is refused or cannot be checked."""
    if kind == "not_shown":
        problems = {
            "empty": t("postprocessing_pictures.problem_empty"),
            "unknown_words": t("postprocessing_pictures.problem_unknown_words"),
            "learned_words": t("postprocessing_pictures.problem_learned_words"),
            "negation": t("postprocessing_pictures.problem_negation"),
            "number": t("postprocessing_pictures.problem_number"),
            "no_number": t("postprocessing_pictures.problem_no_number"),
            "no_thing": t("postprocessing_pictures.problem_no_thing"),
            "too_many_things": t("postprocessing_pictures.problem_too_many_things"),
            "no_colour": t("postprocessing_pictures.problem_no_colour"),
            "two_colours": t("postprocessing_pictures.problem_two_colours"),
            "no_place": t("postprocessing_pictures.problem_no_place"),
            "place_alone": t("postprocessing_pictures.problem_place_alone"),
            "contradiction": t("postprocessing_pictures.problem_contradiction"),
            "not_owned": t("postprocessing_pictures.problem_not_owned"),
        }
        return problems[rule]
    return {
        "private": t("postprocessing_pictures.reason_private"),
        "listed": t("postprocessing_pictures.reason_listed"),
        "rude": t("postprocessing_pictures.reason_rude"),
        "house_rule": t("postprocessing_pictures.reason_house_rule"),
    }[kind]


def _caption(found: Finished, entry: Entry, t: Words) -> Station:
    """The caption word by word, beside the picture that was read."""
    check = found.check
    assert check is not None
    picture = found.views["caption"]
    n_said = len(check.words) - check.counts["not_shown"]
    if check.wanted is None:
        short = t("postprocessing_pictures.caption_open")
        line: str = short
    else:
        n = whole(check.counts["kept"], t.lang)
        short = t("postprocessing_pictures.caption_short", n=n, all=whole(n_said, t.lang))
        line = _verdict(check, t)
    shot = Shot(
        as_source(picture),
        t("postprocessing_pictures.as_drawn"),
        t("postprocessing_pictures.as_drawn_about", n=len(picture)),
        found.wish.text,
        sharp=True,
    )
    outcomes = _outcomes(t)
    return Station(
        "caption",
        names(t)["caption"],
        t("postprocessing_pictures.caption_title"),
        short,
        entry.outcome,
        lines=(line,),
        why=t("postprocessing_pictures.caption_why"),
        shots=(shot,),
        thumb=shot.src,
        sharp=True,
        pieces=_word_pieces(check, outcomes),
        key_of=[(kind, outcomes[kind], n) for kind, n in check.counts.items() if n],
    )


def _outcomes(t: Words) -> Mapping[str, str]:
    return {
        "kept": t("postprocessing_pictures.kept"),
        "broken": t("postprocessing_pictures.broken"),
        "unreadable": t("postprocessing_pictures.unreadable"),
        "not_shown": t("postprocessing_pictures.not_shown"),
    }


def _verdict(check: CaptionCheck, t: Words) -> str:
    if check.whole:
        return t("postprocessing_pictures.caption_whole")
    if check.counts["broken"]:
        return t("postprocessing_pictures.caption_broken")
    return t("postprocessing_pictures.caption_unreadable")


def _word_pieces(check: CaptionCheck, outcomes: Mapping[str, str]) -> list[Piece]:
    pieces, done = [], 0
    for word in check.words:
        pieces.append(Piece(check.caption[done : word.start]))
        said = outcomes[word.outcome]
        pieces.append(Piece(check.caption[word.start : word.end], word.outcome, said))
        done = word.end
    return [piece for piece in (*pieces, Piece(check.caption[done:])) if piece.text]


@st.cache_data(max_entries=64, show_spinner=False)
def _evidence(picture: Pixels, settings: Any) -> list[list[float]]:
    """Where the filter's score hangs."""
    found: list[list[float]] = trained(settings).evidence(picture).tolist()
    return found


def _filter(found: Finished, entry: Entry, t: Words) -> Station:
    """The filter's score against the threshold, and where in the picture it hangs."""
    picture, settings = found.views["filter"], filter_settings()
    score = float(found.score or 0.0)
    source = as_source(picture)
    shown = decimal(score, t.lang, 2)
    looked = Shot(
        source,
        t("postprocessing_pictures.evidence"),
        t("postprocessing_pictures.evidence_about"),
        sharp=True,
        heat=_evidence(picture, settings),
    )
    return Station(
        "filter",
        names(t)["filter"],
        t("postprocessing_pictures.filter_title"),
        t("postprocessing_pictures.filter_short", p=shown),
        "passed",
        lines=(t("postprocessing_pictures.filter_line"),),
        why=t("postprocessing_pictures.filter_why", n=whole(len(exam(settings).scores), t.lang)),
        shots=(looked,),
        thumb=source,
        sharp=True,
        gauge=Gauge(score, shown, exam_curve(settings)),
    )
