"""The questions that step 4 asks: the visitor's own, else the most telling one, then others.

Invariants: a telling question was found by measuring the shipped models, and how often the outcome
is the same is shown with it. All pages of the step draw alike (`how_drawn`), so that a model
answers the same question with the same words on each of them.
"""

from dataclasses import replace
from typing import Final

from core.alignment.comparing import Rate
from core.alignment.text.answer_language import languages_of
from core.alignment.text.asking import Sort, draw_questions
from core.alignment.text.asking import asked as asked_for
from core.data.world import PROMPTS, Town
from core.house import telling_questions
from core.house.telling import TELLING
from core.inference.sampling import SamplingSettings
from core.languages import Lang
from pages.kit import state
from pages.kit.catalogue import Words

N_SHOWN: Final = 3  # questions whose answers stand beside a run
N_OTHERS: Final = 12  # of which one that asks for something else is taken
OTHERS: Final[tuple[Sort, ...]] = ("told", "untold", "told")
"""What else is asked beside one's own or the telling question, in this order."""


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


def how_drawn(seed: int) -> SamplingSettings:
    """How every page of this step draws an answer."""
    return replace(TELLING, seed=seed)


def questions_now(t: Words, where: Town | None, langs: tuple[Lang, ...] = ()) -> list[str]:
    """The questions whose answers are shown before and after something was learned.

    First one's own, then the telling one, then held-out ones whose answer was told and was not;
    no two ask for the same kind of thing.

    Args:
        t: words.
        where: whose facts are asked for; None where the model has read something else.
        langs: what the model has read, if not the visitor's language.
    """
    own = own_question()
    if where is None:
        return [own or state.sentence()]
    asked = [own] if own else []
    if t.lang in langs or not langs:
        langs = (t.lang,)
        asked += [one.question for one in telling_questions(t.lang).questions[:1]]
    relations = {about.relation for one in asked if (about := asked_for(one, t.lang))}
    for sort in OTHERS:
        drawn = draw_questions(where, langs, "held_out", N_OTHERS, state.seed(), (sort,))
        for one in drawn:
            if one.asked is not None and one.asked.relation not in relations:
                asked.append(one.text)
                relations.add(one.asked.relation)
                break
    return asked[:N_SHOWN]


def language_of(question: str, t: Words) -> Lang:
    """The language of a question; that of the page if the words do not decide."""
    (lang,) = found if len(found := languages_of(question)) == 1 else {t.lang}
    return "de" if lang == "de" else "en"
