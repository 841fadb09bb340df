"""The text that goes through the filters: a letter, what a model writes, or the visitor's own."""

import json
from dataclasses import asdict, dataclass

import streamlit as st

from core.errors import EmptyInput, GlassboxError, TooLarge
from core.inference.sampling import SamplingSettings
from core.lineage import Artifact
from core.modality import TEXT
from core.services import services
from pages.inference.writing import Text, settings_now, watched, write
from pages.kit import controls, drafts, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model
from pages.postprocessing import quoting

MOST: int = 60_000  # characters shown on the page; the API takes more


@dataclass(frozen=True)
class Given:
    """What goes through the filters.

    Args:
        text: the whole text.
        question: the prompt, if a model wrote the text; otherwise empty.
        parent: the artefact of that generation, if there is one.
        is_letter: whether it is the letter that the page brings along.
    """

    text: str
    question: str = ""
    parent: Artifact | None = None
    is_letter: bool = False


def source(model: Model | None, t: Words) -> str:
    """Whose text: "letter", "model" or "own"."""
    return controls.choice(
        "answer_source",
        t("postprocessing.source"),
        {
            "letter": t("postprocessing.source_letter"),
            "model": t("postprocessing.source_model"),
            "own": t("postprocessing.source_own"),
        }.__getitem__,
        options=("letter", "model", "own") if model else ("letter", "own"),
        show_label=False,
    )


def given(source: str, model: Model | None, t: Words) -> Given:
    """The text itself; empty where the model has not written yet.

    Raises:
        EmptyInput: nothing was pasted.
        TooLarge: more was pasted than the page can show.
    """
    if source == "own":
        return _own(t)
    if source == "model" and model:
        return _drawn(model, t)
    return Given(quoting.letter(model, t), is_letter=True)


def _own(t: Words) -> Given:
    label = t("postprocessing.own_label")
    start = drafts.recall("own_answer")
    text = st.text_area(label, start, key="own_answer", height=90, placeholder=label) or ""
    drafts.keep("own_answer")
    if not text.strip():
        raise EmptyInput("nothing was pasted")
    if len(text) > MOST:
        size, limit = len(text.encode()) / 1e6, MOST / 1e6
        raise TooLarge(f"{len(text)} characters", size_mb=size, limit_mb=limit)
    return Given(text)


def _drawn(model: Model, t: Words) -> Given:
    """What the model has written to the travelling sentence, in step 5 or just now."""
    kept: dict[str, Given] = st.session_state.setdefault("_drawn_answers", {})
    sentence = state.sentence()
    key = f"{model.id}|{sentence}"
    with st.container(horizontal=True, vertical_alignment="center", key="gb_draw"):
        asked = st.button(t("postprocessing.draw"), key="draw_answer")
        whose = t("frame.house") if model.whose == "house" else t("frame.yours")
        note(t("postprocessing.draw_hint", sentence=sentence, whose=whose))
    if asked:
        try:
            with watched(t, "answer") as progress:
                settings = settings_now()
                kept[key] = _kept(
                    model, sentence, settings, write(model, sentence, settings, progress)
                )
        except GlassboxError as error:
            show_error(error, t)
    return kept.get(key) or _lying(model, sentence) or Given("")


def _lying(model: Model, sentence: str) -> Given | None:
    """What this model wrote to this sentence in step 5, if it lies on the bench."""
    store, owner = services().store, state.owner()
    slot = store.benches.view(owner, TEXT).get(model.lane, {}).get("generation")
    if slot is None or slot.artifact.settings.get("prompt") != sentence:
        return None
    if model.id not in slot.artifact.parents:
        return None
    said = json.loads(store.artifacts.read(owner, slot.artifact.id))
    return Given(_whole(model, sentence, said["text"]), sentence, slot.artifact)


def _whole(model: Model, sentence: str, text: str) -> str:
    """A model that continues writes the rest of a text that begins with the sentence."""
    return sentence + text if model.kind == "checkpoint" else text


def _kept(model: Model, sentence: str, settings: SamplingSettings, text: Text) -> Given:
    read = text.read(model.encoder)
    said = {
        "prompt": sentence,
        "text": read,
        "tokens": text.tokens,
        "probabilities": text.probabilities,
    }
    numbers = {
        "n_tokens": len(text.tokens),
        "tokens_per_s": text.tokens_per_s,
        "first_token_s": text.first_s,
    }
    artifact = services().store.artifacts.keep(
        state.owner(),
        "generation",
        json.dumps(said, ensure_ascii=False).encode(),
        parents=[model.id],
        settings={**asdict(settings), "prompt": sentence},
        seed=settings.seed,
        numbers=numbers,
    )
    return Given(_whole(model, sentence, read), sentence, artifact)
