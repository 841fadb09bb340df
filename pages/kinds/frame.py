"""What every kind of data is asked, and what a kind answers with live examples.

A kind's own module here, `pages.kinds.<name>`, has a function `examples`; a kind that is not here
yet has one sentence for each question in the catalogue instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib import import_module
from typing import Final

from core.modality import MODALITIES, PLANNED, Modality, found_at
from pages.kit.catalogue import Words, rich

QUESTIONS: Final = ("token", "loss", "sample", "judge", "failure")
"""The rows of the frame, in the order in which a model meets them."""


@dataclass(frozen=True)
class Live:
    """A kind's answer to one question.

    Args:
        said: in a sentence, from the catalogue.
        markup: the live example, everything in it escaped; empty where there is none.
    """

    said: str
    markup: str = ""


Column = Mapping[str, Live]  # question -> answer


def columns(t: Words) -> dict[str, Column]:
    """Every kind of data with its answers: those of this app with live examples, then the others.

    Args:
        t: the visitor's words.
    """
    found: dict[str, Column] = {}
    for name in MODALITIES:
        found[name] = import_module(f"pages.kinds.{name}").examples(t)
    return found | {name: planned(name, t) for name in PLANNED}


def planned(name: str, t: Words) -> Column:
    """What holds in the field for a kind that is not here yet."""
    said = {
        "code": {
            "token": t("kinds.code_token"),
            "loss": t("kinds.code_loss"),
            "sample": t("kinds.code_sample"),
            "judge": t("kinds.code_judge"),
            "failure": t("kinds.code_failure"),
        },
        "music": {
            "token": t("kinds.music_token"),
            "loss": t("kinds.music_loss"),
            "sample": t("kinds.music_sample"),
            "judge": t("kinds.music_judge"),
            "failure": t("kinds.music_failure"),
        },
    }[name]
    return {question: Live(said[question]) for question in QUESTIONS}


def code_of(kind: Modality) -> list[object]:
    """The functions that make a kind's examples: cutting, error, drawing, judging."""
    return [found_at(place) for place in (kind.codec, kind.objective, kind.sampler, kind.reader)]


def table(found: Mapping[str, Column], titles: Mapping[str, str], t: Words) -> str:
    """The frame: a row for each question, a column for each kind; on a phone one below the other.

    Args:
        found: the columns.
        titles: markup of their heads.
        t: the visitor's words.
    """
    questions = {
        "token": t("kinds.ask_token"),
        "loss": t("kinds.ask_loss"),
        "sample": t("kinds.ask_sample"),
        "judge": t("kinds.ask_judge"),
        "failure": t("kinds.ask_failure"),
    }
    heads = "".join(f"<th scope='col'>{titles[name]}</th>" for name in found)
    rows = "".join(
        f"<tr><th scope='row'>{rich(questions[question])}</th>"
        + "".join(_cell(name, column[question], t) for name, column in found.items())
        + "</tr>"
        for question in QUESTIONS
    )
    first = escape(t("kinds.question_column"))
    return (
        f"<table class='gb-kinds'><thead><tr><th scope='col'>{first}</th>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(name: str, live: Live, t: Words) -> str:
    """One answer; its kind is named in it for whoever sees the table one below the other."""
    kind = " class='gb-planned'" if name in PLANNED else ""
    label = escape(t("kinds.planned", kind=name_of(name, t)) if kind else name_of(name, t))
    return f'<td{kind} data-kind="{label}"><p>{rich(live.said)}</p>{live.markup}</td>'


def name_of(kind: str, t: Words) -> str:
    """A kind of data in the visitor's words."""
    return {
        "text": t("shell.text"),
        "pictures": t("shell.pictures"),
        "code": t("kinds.code"),
        "music": t("kinds.music"),
    }[kind]
