"""Live: the visitor's own sum, asked of the models that were just trained."""

from collections.abc import Mapping
from html import escape
from typing import Final

import streamlit as st

from core.architecture.transformer import Transformer
from core.errors import GlassboxError
from core.limits.rule.adding import AddingSettings, Written, trained_models, written
from core.limits.rule.sums import MOST_CHARACTERS, Lane, Question, Unread, answer_in, question_of
from core.services import services
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import share, whole
from pages.limits.live import Run
from pages.limits.rule import picture

SURE: Final = 0.9  # a character less likely than this is marked


def own(seen: Run | None, t: Words) -> None:
    """A field for a sum, and what each model of the newest run writes after it."""
    if seen is None or not seen.record.is_finished or seen.record.result is None:
        note(t("rule.own_first"))
        return
    text = controls.text("rule_question", t("rule.own_label"), placeholder="457+368=")
    if not text.strip():
        note(t("rule.own_about"))
        return
    question = question_of(text)
    if isinstance(question, Unread):
        st.html(f"<p class='gb-not-here' role='status'>{escape(unread(question, t))}</p>")
        return
    try:
        models = _models(state.owner(), seen.record.result, seen.record.settings)
    except GlassboxError as error:
        show_error(error, t)
        return
    st.html(answers(question, models, t))


@st.cache_resource(max_entries=8, show_spinner=False)
def _models(owner: str, result: str, settings: Mapping[str, object]) -> dict[Lane, Transformer]:
    """The models of a run, the first of each lane; read once."""
    data = services().store.artifacts.read(owner, result)
    found: dict[Lane, Transformer] = {}
    for lane, model in trained_models(data, AddingSettings.from_dict(settings)):
        found.setdefault(lane, model)
    return found


def unread(problem: Unread, t: Words) -> str:
    """Why a typed sum was not asked."""
    return {
        "empty": t("rule.own_empty"),
        "long": t("rule.own_long", most=whole(MOST_CHARACTERS, t.lang)),
        "characters": t("rule.own_characters", characters=" ".join(problem.characters)),
        "numbers": t("rule.own_numbers"),
    }[problem.problem]


def answers(question: Question, models: Mapping[Lane, Transformer], t: Words) -> str:
    """What each model writes, each character with its probability, and whether it is right."""
    counted = " + ".join(map(str, question.numbers))
    head = t("rule.own_asked", question=question.text, sum=counted, truth=str(question.truth))
    rows = "".join(
        _answer(lane, question, written(model, [question.text])[0], t)
        for lane, model in models.items()
    )
    about = t("rule.own_marks", share=share(SURE, t.lang))
    return (
        f"<div class='gb-sum-own' role='status'><p>{escape(head)}</p><ul>{rows}</ul>"
        f"<p class='about'>{escape(about)}</p></div>"
    )


def _answer(lane: Lane, question: Question, one: Written, t: Words) -> str:
    """One model: its characters over their probabilities, the end mark last, and the verdict."""
    right = answer_in(one.text) == question.truth
    said = t("rule.is_right") if right else t("rule.is_wrong")
    if not one.ended:
        said = t("rule.not_ended")
    shown = [*one.text, *([t("rule.end")] if one.ended else [])]
    characters = "".join(
        f"<span{' class=unsure' if sure < SURE else ''}><b>{escape(character)}</b>"
        f"<small>{share(sure, t.lang)}</small></span>"
        for character, sure in zip(shown, one.probabilities, strict=True)
    )
    return (
        f"<li class='{'right' if right else 'wrong'}'>"
        f"<h3>{escape(picture.lane_name(lane, t))}</h3><div class='signs'>{characters}</div>"
        f"<p class='verdict'>{escape(said)}</p></li>"
    )
