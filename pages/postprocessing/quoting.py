"""The letter on the stage of step 6: it quotes what the model says, computed now.

Two passages come from the model: what it makes of the visitor's sentence, and where somebody works
of whom no training text ever told. The second is an invention by construction.
"""

import re
from dataclasses import asdict, replace
from typing import Final

import streamlit as st

from core.alignment.text.asking import Asked
from core.alignment.text.forms import short_value, subject_name
from core.api.writing import opening_tokens
from core.data.world import Town, claims, sentences, town
from core.errors import GlassboxError
from core.house import checkpoints_over_time
from core.inference.sampling import SamplingSettings
from core.languages import Lang
from core.lineage import canonical_json
from core.postprocessing.privacy import private_examples
from core.services import services
from pages.home import shipped
from pages.kit import models, state
from pages.kit.catalogue import Text, Words
from pages.kit.models import Model

N_TOKENS: Final = 48
N_SENTENCES: Final = 2  # of the continuation that are quoted
UNTOLD: Final = "workplace"  # what the letter asks about
PHRASES: Final = ("workplace", "opens", "age")  # answered by a phrase, not by a name or a noun
N_TRIES: Final = 12  # at a sentence that says where somebody works
_ADDRESSES: Final = {
    "de": re.compile(r"(?i)\b(du|dich|dir|dein\w*|euch|euer|eure\w*)\b"),
    "en": re.compile(r"(?i)\b(you|your|yours)\b"),
}
OPENINGS: Final = {"de": "{name} arbeitet", "en": "{name} works"}


def letter(model: Model | None, t: Words) -> str:
    """The letter, with the model's words after the greeting; without a model, the bare letter."""
    plain = private_examples.letter(t.lang)
    if model is None:
        return plain
    greeting, rest = plain.split("\n\n", 1)
    try:
        return "\n".join([greeting, *_passages(model, t), "", rest])
    except GlassboxError:  # the service cannot write just now: the letter works all the same
        return plain


def never_told(model: Model | None) -> str | None:
    """The person whose workplace no training text mentions; None where the town has none."""
    if model is None or model.world is None:
        return None
    left_out = town(model.world).left_out
    return min((who for who, relation in left_out if relation == UNTOLD), default=None)


def about_letter(model: Model | None, t: Words, *, checked: bool) -> list[Text]:
    """Who writes to whom, and which passages are the model's; once the letter is checked, why one
    of them cannot be known to it. Nothing where the model invents nothing.
    """
    who = never_told(model)
    if who is None:
        return []
    name = subject_name(who, t.lang)
    said = [t("postprocessing.who_writes", name=name)]
    return [*said, t("postprocessing.invented", name=name)] if checked else said


def what_is_true(subject: str, relation: str, here: Town, lang: str) -> str:
    """What the town's facts say instead, in as few words as possible; empty if nothing does."""
    everything = replace(here, left_out=frozenset())
    try:
        said = short_value(Asked(subject, relation), lang, everything).rstrip(".")
    except (StopIteration, IndexError):  # a relation that has no short answer
        return ""
    return said[:1].lower() + said[1:] if relation in PHRASES else said


def _passages(model: Model, t: Words) -> list[str]:
    """What the model makes of the sentence, and what it invents."""
    asked = state.sentence()
    passages = []
    if asked.rstrip().endswith("?"):
        said = _said(model, asked)
        passages.append(t("postprocessing.letter_answers", question=asked) + f"\n{said.strip()}")
    else:
        base = _base(model)
        said = _first(asked + _continued(base, asked), N_SENTENCES)
        passages.append(t("postprocessing.letter_continues") + f"\n{said}")
    who = never_told(model)
    if who is not None:
        name = subject_name(who, t.lang)
        opening = OPENINGS[t.lang].format(name=name)
        said = _invented(_base(model), opening, who, t.lang)
        passages.append(t("postprocessing.letter_asked", name=name) + f"\n{said}")
    return passages


def _base(model: Model) -> Model:
    """The model of the same kind of owner that continues texts instead of answering."""
    found = models.on_hand(services(), state.owner(), ("checkpoint",))
    return next((each for each in found if each.whose == model.whose), model)


def _continued(model: Model, sentence: str) -> str:
    """What follows a sentence: the very text that home and training show, where there is one."""
    seed = state.seed()
    if model.whose == "house":
        recorded = shipped.written_then(checkpoints_over_time(), sentence, seed)
        if recorded:
            return recorded[-1]
    return _said(model, sentence, seed)


def _invented(model: Model, opening: str, who: str, lang: Lang) -> str:
    """The first sentence that says where somebody works and addresses nobody: the likeliest, else
    one drawn with the next seed; where none does so in N_TRIES, the likeliest all the same.
    """
    likeliest = _first(opening + _said(model, opening), 1)
    for seed in range(N_TRIES):
        said = _first(opening + _said(model, opening, seed), 1) if seed else likeliest
        told = any((one.subject, one.relation) == (who, UNTOLD) for one in claims(said, lang))
        if told and not _ADDRESSES[lang].search(said):
            return said
    return likeliest


def _said(model: Model, prompt: str, seed: int | None = None) -> str:
    """What a model writes: the likeliest each time, or drawn with a seed."""
    settings = SamplingSettings(temperature=0.0, max_tokens=N_TOKENS)
    if seed is not None:
        settings = SamplingSettings(temperature=1.0, max_tokens=N_TOKENS, seed=seed)
    end_id = model.encoder.end_id
    tokens = tuple(opening_tokens(model.kind, model.encoder, prompt))
    drawn = _drawn(model.id, tokens, canonical_json(asdict(settings)), settings, end_id)
    return model.encoder.decode([token for token in drawn if token != end_id])


@st.cache_data(max_entries=200, show_spinner=False)
def _drawn(
    id_: str, tokens: tuple[int, ...], key: bytes, _settings: SamplingSettings, end_id: int
) -> list[int]:
    """The tokens that a model writes; asked for once for all visitors."""
    written = services().write(state.owner(), id_, tokens, _settings, end_id=end_id)
    return [each.token for each in written]


def _first(text: str, n: int) -> str:
    """The first complete sentences of a text; all of it where none is complete."""
    whole = sentences(text, complete_only=True)[:n]
    return " ".join(whole) or " ".join(text.split())
