"""A notice board that no model has read: the town a year later, when everything has changed.

Who lives where, likes what and has which pet is drawn anew with another seed, by the same rules and
told by the same grammar. So every notice is news: a model that answers from memory tells the past,
or invents.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from random import Random
from typing import Final

from core.alignment.text.asking import Asked
from core.alignment.text.examples import state
from core.data.world import Town, WorldSettings, draw_town, lexicon
from core.limits.facts import ASKED, Fact, Question, answered, asked
from core.limits.grounding.bm25 import Hit, Index

N_FOUND: Final = 4  # notices that are put before a model, where a page begins


@dataclass(frozen=True)
class Board:
    """Notices in one language, one sentence each.

    Args:
        seed: of the year that is told.
        lang: of the notices.
        town: what is true in that year.
        notices: the sentence that tells each fact.
    """

    seed: int
    lang: str
    town: Town
    notices: dict[Fact, str]

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """What is told, in the order of the notices."""
        return tuple(self.notices)

    @cached_property
    def index(self) -> Index:
        """The notices, ready to be searched."""
        return Index(list(self.notices.values()))

    def found(self, question: str, n: int = N_FOUND) -> list[Hit]:
        """The notices that BM25 finds for a question, the best first."""
        return self.index.search(question, n)

    def question(self, fact: Fact) -> Question:
        """The plainest question for a fact, with what is true this year."""
        return Question(
            fact,
            asked(fact, self.lang),
            int(fact in self.notices),
            answered(fact, self.town, self.lang),
        )


@lru_cache(maxsize=256)
def board(seed: int, lang: str) -> Board:
    """The board of one year.

    Args:
        seed: draws the facts and the wording of the notices.
        lang: "de" or "en".
    """
    town = draw_town(WorldSettings(seed=seed))
    random = Random(seed)
    told = {
        (person.id, relation): state(Asked(person.id, relation), lang, town, random)
        for person in lexicon.people()
        for relation in ASKED
        if town.values(person.id, relation)
    }
    return Board(seed, lang, town, told)
