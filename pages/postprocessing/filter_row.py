"""The stage of step 6: the filters in a row, and under them the text with all they changed."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from core.api.chat import language_of_question
from core.data.world import Town, claims, is_true, town
from core.jobs.labelling import classifier_of
from core.postprocessing.stages import (
    Answer,
    Context,
    Finding,
    Processed,
    StageSetting,
    run_stages,
)
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import Place, Shown, stage_line
from pages.kit.models import Model
from pages.kit.numbers import duration, whole
from pages.postprocessing.arriving import STREAMED, arriving, pieces
from pages.postprocessing.composing import WHOLE, composed
from pages.postprocessing.given import Given
from pages.postprocessing.names import kind_name, rule_name, stage_name, stage_text
from pages.postprocessing.ordering import line
from pages.postprocessing.quoting import what_is_true

JUDGED: Final = ("true", "false", "untold")
BAD: Final = ("false", "rude", "listed")  # what is marked as wrong, not only as changed


def context(given: Given, model: Model | None, t: Words) -> Context:
    """What the filters may know about this text."""
    return Context(
        lang=language_of_question(given.text, t.lang),
        question=given.question,
        town=_town(model),
        model_id=model.id if model and given.parent else "",
        seed=state.seed(),
        conversation=state.owner(),
        classifier=classifier_of(services().store, state.owner()),
    )


def _town(model: Model | None) -> Town | None:
    return town(model.world) if model and model.world else None


def draw(given: Given, model: Model | None, t: Words) -> Answer:
    """Send the text through the filters and show it; any change to the row starts over.

    The letter is shown as it came until the visitor has sent it through the filters once.
    """
    settings, about = line(), context(given, model, t)
    answer = run_stages(given.text, settings, about)
    streaming = st.session_state.get("_arrives", False)
    stream = None
    if streaming:
        with st.spinner(t("postprocessing.streaming")):
            stream = arriving(pieces(given.text[:STREAMED], model), settings, about, t)
    stage_line(
        [_place(setting, answer, t) for setting in settings],
        steps(given.text, answer, about, t),
        given.text,
        stream,
        t,
        waits=given.is_letter and waits(),
        key="stage_line_view",
        on_change=_changed,
    )
    state.put_in_url("stage_line")
    return answer


def waits() -> bool:
    """Whether the filters still wait to be started; a row of the visitor's own works at once."""
    ran = st.session_state.get("_filters_ran", False) or state.value("stage_line")
    return not ran and state.depth() != "watch"


def _changed(done: Shown) -> None:
    """Take over what was done to the line."""
    st.session_state["_filters_ran"] = True
    if done.mode:
        st.session_state["_arrives"] = done.mode == "arrives"
    if done.line:
        written = " ".join(name if on else f"-{name}" for name, on in done.line)
        st.session_state["stage_line"] = written


def _place(setting: StageSetting, answer: Answer, t: Words) -> Place:
    step = dict(answer.steps).get(setting.name)
    n = len(step.findings) if step else 0
    time = duration(step.seconds, t.lang) if step else ""
    name = setting.name
    said = ""
    if step:
        n_false = sum(finding.kind == "false" for finding in step.findings)
        said = (
            t("postprocessing.n_false", n=whole(n_false, t.lang), all=whole(n, t.lang))
            if n_false
            else t("postprocessing.found", n=whole(n, t.lang))
        )
    return Place(name, stage_name(name, t), stage_text(name, t), setting.on, n, said, time)


def steps(text: str, answer: Answer, about: Context, t: Words) -> dict[str, Any]:
    """Per filter its input in pieces: plain text, and what was found with what became of it.

    Under WHOLE stands the text as it came, with what all filters together did to it.
    """

    def described(finding: Finding, old: str) -> dict[str, Any]:
        rule = rule_name(finding.rule, t)
        if finding.kind in JUDGED:
            rule = _judged(old, finding, about, t)
        told = {"kind": kind_name(finding.kind, t), "rule": rule, "bad": finding.kind in BAD}
        knows = str(t("postprocessing.knows")) if finding.kind == "false" else ""
        return {**told, "knows": knows} if knows else told

    shown: dict[str, Any] = {
        WHOLE: {"parts": composed(text, answer, described), "held_back": answer.held_back}
    }
    for name, step in answer.steps:
        shown[name] = {"parts": _parts(text, step, described), "held_back": step.held_back}
        text = step.text
    return shown


def _judged(sentence: str, finding: Finding, about: Context, t: Words) -> str:
    """What a sentence that was checked against the town comes to."""
    if finding.kind == "true" or about.town is None:
        return t("postprocessing.rule_true")
    wrong = next((c for c in claims(sentence, about.lang) if not is_true(c, about.town)), None)
    said = what_is_true(wrong.subject, wrong.relation, about.town, about.lang) if wrong else ""
    return t("postprocessing.rule_false", truth=said) if said else t("postprocessing.rule_untrue")


def _parts(
    text: str, step: Processed, described: Callable[[Finding, str], dict[str, Any]]
) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    done = 0
    for finding in step.findings:
        if finding.start > done:
            parts.append({"text": text[done : finding.start]})
        old = text[finding.start : finding.end]
        parts.append({"old": old, "new": finding.replacement, **described(finding, old)})
        done = finding.end
    return [*parts, {"text": text[done:]}]
