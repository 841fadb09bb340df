"""Kinds of prompts: what stands around the question, each with an honest beginning."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.alignment.text.prompts import beginnings
from pages.inference.prompting.tasks import Known
from pages.kit import drafts
from pages.kit.catalogue import Words

PLACES: Final = {"de": "{frage}", "en": "{question}"}


@dataclass(frozen=True)
class Prompt:
    """A kind of prompt.

    Args:
        name: one of KINDS.
        title: what it is called.
        text: what is written, with a place for the question.
    """

    name: str
    title: str
    text: str


def titles(t: Words) -> dict[str, str]:
    """What the kinds are called."""
    return {
        "none": t("prompting.kind_none"),
        "instruction": t("prompting.kind_instruction"),
        "one": t("prompting.kind_one"),
        "several": t("prompting.kind_several"),
        "role": t("prompting.kind_role"),
        "steps": t("prompting.kind_steps"),
        "language": t("prompting.kind_language"),
    }


def starts(about: Known | None, t: Words) -> dict[str, str]:
    """How each kind of prompt begins before a visitor changes it."""
    pairs = [(one.text, one.truth) for one in about.examples] if about else []
    own = [(t("prompting.example_question"), t("prompting.example_answer"))]
    return beginnings(PLACES[t.lang], pairs or own, about.lang if about else t.lang, t.lang)


def prompts(about: Known | None, t: Words) -> list[Prompt]:
    """The prompts as the visitor has left them."""
    begin = starts(about, t)
    return [
        Prompt(name, title, drafts.recall(_key(name), begin[name]))
        for name, title in titles(t).items()
    ]


def edit(kinds: list[Prompt], t: Words) -> None:
    """A field for every kind of prompt."""
    for row in (kinds[:4], kinds[4:]):
        for column, kind in zip(st.columns(4), row, strict=False):
            with column:
                st.text_area(kind.title, kind.text, key=_key(kind.name), height=130)
                drafts.keep(_key(kind.name))


def _key(name: str) -> str:
    return f"prompting_prompt_{name}"
