"""The stage of step 6: one line of stages, and under it the text as it leaves each of them."""

from typing import Any

import streamlit as st

from core.data.world import Town, town
from core.jobs.labelling import classifier_of
from core.postprocessing.stages import Answer, Context, Processed, StageSetting, run_stages
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import Place, Shown, stage_line
from pages.kit.models import Model
from pages.kit.numbers import duration, whole
from pages.postprocessing.arriving import STREAMED, arriving, pieces
from pages.postprocessing.given import Given
from pages.postprocessing.names import kind_name, rule_name, stage_name, stage_text
from pages.postprocessing.ordering import line


def context(given: Given, model: Model | None, t: Words) -> Context:
    """What the stages may know about this text."""
    return Context(
        lang=t.lang,
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
    """Send the text through the line and show it; a change of the line begins anew."""
    settings, about = line(), context(given, model, t)
    answer = run_stages(given.text, settings, about)
    streaming = st.session_state.get("_arrives", False)
    stream = None
    if streaming:
        with st.spinner(t("postprocessing.streaming")):
            stream = arriving(pieces(given.text[:STREAMED], model), settings, about, t)
    stage_line(
        [_place(setting, answer, t) for setting in settings],
        steps(given.text, answer, t),
        given.text,
        stream,
        t,
        key="stage_line_view",
        on_change=_changed,
    )
    state.put_in_url("stage_line")
    return answer


def _changed(done: Shown) -> None:
    """Take over what was done to the line."""
    if done.mode:
        st.session_state["_arrives"] = done.mode == "arrives"
    if done.line:
        written = " ".join(name if on else f"-{name}" for name, on in done.line)
        st.session_state["stage_line"] = written


def _place(setting: StageSetting, answer: Answer, t: Words) -> Place:
    step = dict(answer.steps).get(setting.name)
    n = len(step.findings) if step else 0
    time = duration(step.seconds, t.lang) if step else ""
    said = t("postprocessing.found", n=whole(n, t.lang), time=time) if step else ""
    name = setting.name
    return Place(name, stage_name(name, t), stage_text(name, t), setting.on, n, said)


def steps(text: str, answer: Answer, t: Words) -> dict[str, Any]:
    """Every stage's input as pieces: plain text, and what was found with what became of it."""
    shown = {}
    for name, step in answer.steps:
        shown[name] = {"parts": _parts(text, step, t), "held_back": step.held_back}
        text = step.text
    return shown


def _parts(text: str, step: Processed, t: Words) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    done = 0
    for finding in step.findings:
        if finding.start > done:
            parts.append({"text": text[done : finding.start]})
        found = {"kind": kind_name(finding.kind, t), "rule": rule_name(finding.rule, t)}
        old = text[finding.start : finding.end]
        parts.append({"old": old, "new": finding.replacement, **found})
        done = finding.end
    return [*parts, {"text": text[done:]}]
