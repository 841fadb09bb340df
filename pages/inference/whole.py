"""A whole text in one go: written by the service, measured, kept, and handed to the next step."""

import json
import math
from dataclasses import asdict
from html import escape

import streamlit as st

from core.alignment.text.chat import is_chat
from core.errors import GlassboxError
from core.inference.sampling import SamplingSettings
from core.lineage import Artifact
from core.modality import TEXT
from core.services import services
from pages.inference.writing import Text, settings_now, watched, write
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, card, computed_now, figures, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import duration, share, whole

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def whole_text(model: Model, t: Words) -> None:
    """The button, and below it the last text it made with this model."""
    kept = st.session_state.setdefault("_whole", {})
    with card("whole", t("inference.whole"), computed_now(t)):
        if st.button(t("inference.write_whole"), key="write_whole"):
            prompt, settings = state.sentence(), settings_now()
            try:
                with watched(t, "whole") as progress:
                    text = write(model, prompt, settings, progress)
                kept[model.id] = (prompt, text)
                _keep(model, prompt, settings, text)
            except GlassboxError as error:
                show_error(error, t)
        if model.id in kept:
            prompt, text = kept[model.id]
            _show(model, prompt, text, t)
        else:
            note(t("inference.whole_hint"))


def _keep(model: Model, prompt: str, settings: SamplingSettings, text: Text) -> Artifact:
    """Keep a text with its numbers; on the bench only if it continues what lies there."""
    store, owner = services().store, state.owner()
    said = {
        "prompt": prompt,
        "text": text.read(model.encoder),
        "tokens": text.tokens,
        "probabilities": text.probabilities,
    }
    kept = store.artifacts.keep(
        owner,
        "generation",
        json.dumps(said, ensure_ascii=False).encode(),
        parents=[model.id],
        settings={**asdict(settings), "prompt": prompt},
        seed=settings.seed,
        numbers={
            "n_tokens": len(text.tokens),
            "tokens_per_s": text.tokens_per_s,
            "first_token_s": text.first_s,
        },
    )
    if _fits_bench(model, owner):
        store.benches.put(owner, model.lane, kept.id, "generation")
    return kept


def _fits_bench(model: Model, owner: str) -> bool:
    """Whether nothing of the visitor's lane contradicts what this model was made from."""
    lane = services().store.benches.of(owner, TEXT).lanes.get(model.lane)
    chain = {each.kind: each.id for each in services().store.artifacts.lineage(owner, model.id)}
    return lane is not None and all(lane.get(kind, id_) == id_ for kind, id_ in chain.items())


def _show(model: Model, prompt: str, text: Text, t: Words) -> None:
    continuation = text.read(model.encoder)
    asked = f"{prompt}\n" if is_chat(model.kind) else prompt  # an answer has a line of its own
    st.html(f'<p class="gb-written"><span>{escape(asked)}</span>{escape(continuation)}</p>')
    figures(
        t,
        [
            Figure(whole(len(text.tokens), t.lang), t("inference.n_tokens")),
            Figure(whole(text.tokens_per_s, t.lang), t("inference.speed")),
            Figure(duration(text.first_s, t.lang), t("inference.first")),
            Figure(chance(text.probabilities, t), t("inference.chance")),
        ],
    )


def chance(probabilities: tuple[float, ...], t: Words) -> str:
    """The product of all draws: a share, or 1 in a power of ten."""
    power = -sum(math.log10(p) for p in probabilities)
    if power < 3:
        return share(10**-power, t.lang, 1 if power > 1 else 0)
    return f"1 : 10{str(round(power)).translate(SUPERSCRIPTS)}"


def handed_over(model: Model, t: Words) -> list[Figure]:
    """What lies on the bench from this step, if this model wrote it."""
    slot = services().store.benches.view(state.owner(), TEXT).get(model.lane, {}).get("generation")
    if slot is None or model.id not in slot.artifact.parents:
        return []
    numbers = slot.artifact.numbers
    return [
        Figure(whole(float(numbers["n_tokens"]), t.lang), t("inference.n_handed")),
        Figure(whole(float(numbers["tokens_per_s"]), t.lang), t("inference.speed")),
    ]
