"""The question that step 4 asks: the visitor's own, else the most telling one.

Invariant: a telling question was found by measuring the shipped models, and how often the outcome
is the same is shown with it.
"""

from core.alignment.answer_language import languages_of
from core.alignment.comparing import Rate
from core.data.world import PROMPTS
from core.house import telling_questions
from pages.kit import state
from pages.kit.catalogue import Lang, Words


def own_question() -> str | None:
    """The travelling sentence if it is a question."""
    sentence = state.sentence()
    return sentence if sentence.rstrip().endswith("?") else None


def how_often(t: Words) -> Rate | None:
    """The share of held-out questions that are telling; None if there are none."""
    found = telling_questions(t.lang)
    return Rate(found.n_telling, found.n_asked) if found.questions else None


def question_now(t: Words) -> str:
    """The visitor's own question, else the telling one, else one the town can answer."""
    found = telling_questions(t.lang).questions
    return own_question() or (found[0].question if found else PROMPTS[t.lang][1])


def seed_now(t: Words) -> int:
    """The seed to draw with: the telling question's own until the dice are rolled again."""
    found = telling_questions(t.lang).questions
    start = int(state.start("seed"))
    return found[0].seed if found and not own_question() and state.seed() == start else state.seed()


def language_of(question: str, t: Words) -> Lang:
    """The language of a question; that of the page if the words do not decide."""
    (lang,) = found if len(found := languages_of(question)) == 1 else {t.lang}
    return "de" if lang == "de" else "en"
