"""Controls of fine-tuning, the examples they select, and the run they describe."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, Final

import streamlit as st

from core.alignment.settings import N_PARTS
from core.alignment.text.examples import TOWN, Example, ExampleSettings, to_bytes, world_examples
from core.alignment.text.pairs import FILE_TYPES, Pairs, pairs_from_text, text_of_file
from core.alignment.tuning.lora import largest_rank, skeleton
from core.alignment.tuning.progress import OWN
from core.data.world import Town, WorldSettings, town
from core.errors import EmptyInput, GlassboxError, NotFound
from core.jobs.engine import Plan
from core.jobs.programs import FINE_TUNING
from core.lineage import Artifact
from core.modality import TEXT
from core.services import services
from pages.kit import controls, drafts, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model
from pages.kit.numbers import whole

N_LOOKS: Final = 6  # evaluations over a whole run
WITHOUT_WORLD: Final = ("field", "own")  # for models that have not read the town
OWN_TEXT: Final = "fine_tune_own_text"
OWN_FILE: Final = "fine_tune_own_file"
FILE_ERROR: Final = "_tune_file_error"


def subject(model: Model) -> str:
    """The selected subject: the town, a style, a field, or the visitor's own pairs."""
    what = what_now(model)
    if what == "style":
        return str(state.value("fine_tune_style"))
    return (
        str(state.value("fine_tune_field")) if what == "field" else OWN if what == "own" else TOWN
    )


def what_now(model: Model) -> str:
    """The kind of subject; a model that has not read the town cannot be asked about it."""
    what = str(state.value("fine_tune_what"))
    return what if model.world or what in WITHOUT_WORLD else "field"


def choose_subject(model: Model, t: Words) -> None:
    """Choose what to teach."""
    names = {
        "town": t("tuning.town"),
        "style": t("tuning.style"),
        "field": t("tuning.field"),
        "own": t("tuning.own"),
    }
    options = tuple(names) if model.world else WITHOUT_WORLD
    if state.value("fine_tune_what") not in options:
        st.session_state["fine_tune_what"] = options[0]
    with st.container(key="gb_teach", horizontal=True, vertical_alignment="bottom"):
        what = controls.choice(
            "fine_tune_what", t("tuning.what"), names.__getitem__, options=options
        )
        if what == "style":
            styles = {
                "letter": t("tuning.letter"),
                "tale": t("tuning.tale"),
                "terse": t("tuning.terse"),
            }
            controls.choice("fine_tune_style", t("tuning.which_style"), styles.__getitem__)
        if what == "field":
            fields = {
                "law": t("tuning.law"),
                "medicine": t("tuning.medicine"),
                "verse": t("tuning.verse"),
            }
            controls.choice("fine_tune_field", t("tuning.which_field"), fields.__getitem__)
        if what == "own":
            with st.popover(t("tuning.own_pairs"), key="fine_tune_own"):
                start = drafts.recall(OWN_TEXT)
                st.text_area(
                    t("tuning.own_text"),
                    start,
                    key=OWN_TEXT,
                    height=180,
                    placeholder=t("tuning.own_placeholder"),
                    help=t("tuning.own_help"),
                )
                drafts.keep(OWN_TEXT)
                kinds = [kind.removeprefix(".") for kind in FILE_TYPES]
                label = t("tuning.own_file")
                st.file_uploader(label, type=kinds, key=OWN_FILE, on_change=_take_file)
        if (error := st.session_state.pop(FILE_ERROR, None)) is not None:
            show_error(error, t)


def choose_way(model: Model, t: Words) -> int:
    """Choose all weights or adapters; return the rank, 0 for all weights."""
    names = {"all": t("tuning.all"), "low": t("tuning.low")}
    way = controls.choice("fine_tune_way", t("tuning.way"), names.__getitem__)
    if way == "low":
        controls.slider("fine_tune_rank", t("tuning.rank"))
    return rank_now(model)


def rank_now(model: Model) -> int:
    """The selected rank; 0: all weights are trained."""
    if state.value("fine_tune_way") == "all":
        return 0
    return int(min(state.value("fine_tune_rank"), largest_rank(skeleton(model.config))))


def _take_file() -> None:
    """Load a file's text into the text area, where it can be edited."""
    file = st.session_state.get(OWN_FILE)
    if file is None:
        return
    try:
        st.session_state[OWN_TEXT] = text_of_file(file.name, file.getvalue())
    except GlassboxError as error:
        st.session_state[FILE_ERROR] = error


def own_pairs() -> Pairs:
    """The visitor's own pairs.

    Raises:
        InputError: there are none, or they cannot be used.
    """
    return pairs_from_text(drafts.text(OWN_TEXT))


def examples_now(model: Model, t: Words) -> list[Example] | None:
    """The selected examples; None, with a message on the page, if there are none."""
    if subject(model) != OWN:
        return made(model, subject(model))
    try:
        found = own_pairs()
    except EmptyInput:
        note(t("tuning.own_missing"))
        return None
    except GlassboxError as error:
        show_error(error, t)
        return None
    if found.skipped:
        lines = ", ".join(whole(n, t.lang) for n in found.skipped[:8])
        n = whole(len(found.skipped), t.lang)
        note(t("tuning.own_skipped", n=n, lines=lines))
    return list(found.examples)


def asked_for(model: Model, what: str) -> ExampleSettings:
    """The settings for examples about the town."""
    german = model.world.german_share if model.world else 0.5
    return ExampleSettings(subject=what, german_share=german, seed=state.seed())


def made(model: Model, what: str) -> list[Example]:
    """Examples about the town, generated once."""
    return _made(asked_for(model, what), model.world or WorldSettings())


@st.cache_resource(max_entries=16, show_spinner=True)  # examples are never mutated
def _made(asked: ExampleSettings, world: WorldSettings) -> list[Example]:
    return world_examples(asked, town(world))


def town_of(model: Model) -> Town | None:
    """The town whose facts the model has read."""
    return town(model.world) if model.world else None


def keep_examples(model: Model, examples: list[Example], what: str) -> Artifact:
    """Store examples as an artefact."""
    settings: dict[str, Any] = {"subject": what}
    if what != OWN:
        settings = asdict(asked_for(model, what))
    return services().store.artifacts.keep(
        state.owner(),
        "examples",
        to_bytes(examples),
        parents=(model.corpus.id,) if model.corpus else (),
        modality=TEXT,
        settings=settings,
        seed=state.seed(),
        numbers={"n_examples": len(examples), "subject": what},
    )


def plan(model: Model, examples: list[Example], t: Words, **changes: Any) -> Plan:
    """The run that the controls describe.

    Args:
        model: is taught.
        examples: what it is taught.
        changes: of the run's settings, for an experiment.
    """
    store, owner, what = services().store, state.owner(), subject(model)
    kept = keep_examples(model, examples, what)
    inputs: dict[str, bytes | str] = {
        "model": model.id,
        "encoder": store.artifacts.nearest(owner, model.id, "encoder").id,
        "examples": kept.id,
    }
    with suppress(NotFound):  # a model from a file: forgetting cannot be measured
        inputs["dataset"] = store.artifacts.nearest(owner, model.id, "dataset").id
    n_steps = int(changes.get("n_steps", state.value("fine_tune_steps")))
    settings: dict[str, Any] = {
        "rank": rank_now(model),
        "n_steps": n_steps,
        "evaluate_every": max(1, n_steps // N_LOOKS),
        "subject": what,
        "count_questions": bool(state.value("fine_tune_questions")),
        "world": json.loads(json.dumps(asdict(model.world))) if model.world else None,
        "n_parts": N_PARTS,
        "seed": state.seed(),
        **changes,
    }
    name = t("tuning.run_name", subject=subject_name(what, t))
    return Plan(inputs, settings, model.lane, name, FINE_TUNING)


def watched_plan(model: Model, examples: list[Example], one: Example | None, t: Words) -> Plan:
    """The run that the controls describe, with an example to watch token by token."""
    watched = [one.question, one.answer] if one else []
    return plan(model, examples, t, watched=watched)


def trial(one: Plan, name: str) -> Plan:
    """The same run outside all lanes, so that the bench is left alone."""
    return replace(one, lane=None, name=name)


def subject_name(what: str, t: Words) -> str:
    """The name of a subject."""
    return {
        "town": t("tuning.town"),
        "letter": t("tuning.letter"),
        "tale": t("tuning.tale"),
        "terse": t("tuning.terse"),
        "law": t("tuning.law"),
        "medicine": t("tuning.medicine"),
        "verse": t("tuning.verse"),
        "own": t("tuning.own"),
    }[what]
