"""What is asked: facts that the town told, facts that it never told, or the visitor's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

import streamlit as st

from core.alignment.text.prompts import tasks_of
from core.alignment.text.scoring import Task
from core.data.text.documents import Corpus
from core.data.world import Town, town
from core.limits import facts
from core.services import services
from pages.inference.experiments import language_of
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.models import Model

N_EXAMPLES: Final = 3  # questions that serve as examples and are never asked
MOST: Final = 40
SEED: Final = 1


@dataclass(frozen=True)
class Question:
    """A question about the town.

    Args:
        fact: what it asks for.
        text: as one would ask it.
        truth: the true answer as a sentence; empty where there is none.
    """

    fact: facts.Fact
    text: str
    truth: str


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
    told, untold = _found(model.corpus.id, lang, state.owner(), here)
    cut = max(1, len(told) - N_EXAMPLES)
    return Known(here, lang, told[:cut], untold, told[cut:] or told[:1])


@st.cache_data(max_entries=16, show_spinner=False)
def _found(
    corpus_id: str, lang: str, _owner: str, _town: Town
) -> tuple[list[Question], list[Question]]:
    corpus = Corpus.from_bytes(services().store.artifacts.read(_owner, corpus_id))
    texts = [document.text for document in corpus if document.lang == lang]
    tellable, untellable = facts.by_telling(_town, Random(SEED))
    told = (fact for fact in tellable if facts.is_told(fact, texts, lang))
    return (
        [_question(fact, _town, lang) for fact in islice(told, MOST + N_EXAMPLES)],
        [_question(fact, _town, lang) for fact in untellable[:MOST]],
    )


def _question(fact: facts.Fact, town: Town, lang: str) -> Question:
    return Question(fact, facts.asked(fact, lang), facts.answered(fact, town, lang))


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
