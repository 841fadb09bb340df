"""What is asked: facts that the town told, facts that it never told, or the visitor's own."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.alignment.text.prompts import tasks_of
from core.alignment.text.scoring import Task
from core.data.text.documents import Corpus
from core.data.world import Town, town
from core.limits.prompted import Asked, Question, questions
from core.services import services
from pages.inference.experiments import language_of
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.models import Model


@dataclass(frozen=True)
class Known:
    """What the world of a model gives to ask for.

    Args:
        town: its facts.
        lang: the language in which it is asked.
        told: questions whose answer the texts tell.
        untold: questions whose answer they do not tell.
        examples: told questions that are kept back for prompts.
    """

    town: Town
    lang: str
    told: Sequence[Question]
    untold: Sequence[Question]
    examples: Sequence[Question]


def known(model: Model, t: Words) -> Known | None:
    """What can be asked of a model about its world; None if it has read other texts."""
    if model.world is None or model.corpus is None:
        return None
    here = town(model.world)
    lang = language_of(model, t)
    found = _found(model.corpus.id, lang, state.owner(), here)
    return Known(here, lang, found.told, found.untold, found.examples)


@st.cache_data(max_entries=16, show_spinner=False)
def _found(corpus_id: str, lang: str, _owner: str, _town: Town) -> Asked:
    corpus = Corpus.from_bytes(services().store.artifacts.read(_owner, corpus_id))
    return questions(_town, corpus, lang)


def of_kind(kind: str, about: Known | None, own: str, lang: str) -> list[Task]:
    """The tasks of a kind: "told", "untold" or "own".

    Raises:
        NoTask, TooManyTasks: of the visitor's own.
    """
    if kind == "own" or about is None:
        return [Task(question, lang, "word", word=word) for question, word in tasks_of(own)]
    if kind == "told":
        return [Task(one.text, about.lang, "fact", one.fact) for one in about.told]
    return [Task(one.text, about.lang, "not_known", one.fact) for one in about.untold]
