"""Invented people, where they live and what their dogs are called, and how often a text tells it.

Every name is one token, whatever it looks like: what is tested is the fact, not its spelling. How
often a fact is told is drawn as in real texts: a few over and over, most hardly ever or never.
Equal seeds give equal villages.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Final, Literal, Self

import torch
from torch import Tensor

from core.limits.reversal import CLOSINGS, ONSETS, VOWELS

Relation = Literal["home", "dog"]
RELATIONS: Final[tuple[Relation, ...]] = ("home", "dog")
END, UNKNOWN, LIVES_IN, DOG_IS = range(4)  # the tokens that are no names
N_WORDS: Final = 4
N_TOKENS: Final = 5  # of a sentence: end, person, words, name, end
N_RETOLD: Final = 3  # times the text that is drawn at most
MOST_OWN: Final = 8  # facts that a visitor may add
MOST_LETTERS: Final = 30  # of a name
MOST_TOLD: Final = 50  # times that an own fact may be told

Trouble = Literal["parts", "count", "long", "twice", "empty", "many"]


@dataclass(frozen=True)
class OwnFact:
    """Where somebody of the visitor's lives, and how often that is told."""

    person: str
    place: str
    n_told: int

    def __str__(self) -> str:
        return f"{self.person}; {self.place}; {self.n_told}"


@dataclass(frozen=True)
class Unusable:
    """A line that is no fact, and why."""

    line: str
    trouble: Trouble


def read_own(text: str) -> tuple[list[OwnFact], list[Unusable]]:
    """Facts typed one a line, as “person; place; how often told”.

    Args:
        text: as typed; empty lines are passed over.

    Returns:
        the facts, and the lines that are none.
    """
    facts: list[OwnFact] = []
    unusable: list[Unusable] = []
    for line in filter(None, (each.strip() for each in text.replace("；", ";").splitlines())):
        found = _fact(line, facts)
        if isinstance(found, OwnFact):
            facts.append(found)
        else:
            unusable.append(Unusable(line, found))
    return facts, unusable


def _fact(line: str, before: Sequence[OwnFact]) -> OwnFact | Trouble:
    parts = [" ".join(part.split()) for part in line.split(";")]
    if len(parts) != 3:
        return "parts"
    person, place, told = parts
    if not (_has_letters(person) and _has_letters(place)):
        return "empty"
    if max(len(person), len(place)) > MOST_LETTERS:
        return "long"
    if not (told.isascii() and told.isdigit() and len(told) <= 3 and int(told) <= MOST_TOLD):
        return "count"
    if any(person.casefold() == each.person.casefold() for each in before):
        return "twice"
    return "many" if len(before) >= MOST_OWN else OwnFact(person, place, int(told))


def _has_letters(name: str) -> bool:
    """Whether there is anything to see in a name."""
    return any(sign.isprintable() and not sign.isspace() for sign in name)


@dataclass(frozen=True)
class Village:
    """Facts, how often each is asked for, and the texts that tell them.

    Args:
        people: names; fact 2 * i is where person i lives, 2 * i + 1 what their dog is called.
        places, dogs: the possible answers; each fact's was drawn from them with equal chances.
        truths: of each fact the place of its answer among those.
        asked: of each fact how often texts and questions are about it, shares of 1.
        drawn: facts in the order in which sentences were drawn, N_RETOLD times the text.
        n_drawn: sentences of the text.
        own: facts of a visitor's, told beside the others.
    """

    people: tuple[str, ...]
    places: tuple[str, ...]
    dogs: tuple[str, ...]
    truths: tuple[int, ...]
    asked: tuple[float, ...]
    drawn: tuple[int, ...]
    n_drawn: int
    own: tuple[OwnFact, ...] = ()

    @classmethod
    def of(
        cls,
        n_people: int,
        n_answers: int,
        n_drawn: int,
        tail: float,
        seed: int,
        own: Sequence[OwnFact] = (),
    ) -> Self:
        """Draw a village.

        Args:
            n_people: people with two facts each.
            n_answers: possible homes, and possible names of dogs.
            n_drawn: sentences of the text, each about a fact drawn by how often it is told.
            tail: exponent of the Pareto distribution of that; the smaller, the more unequal.
            seed: of everything that is drawn.
            own: facts of a visitor's.
        """
        random, taken = Random(seed), {name for one in own for name in (one.person, one.place)}
        people = [_name(random, taken, (2, 3)) for _ in range(n_people)]
        places = [_name(random, taken, (3, 3)) for _ in range(n_answers)]
        dogs = [_name(random, taken, (2, 2)) for _ in range(n_answers)]
        facts = range(len(RELATIONS) * n_people)
        truths = [random.randrange(n_answers) for _ in facts]
        weights = [random.paretovariate(tail) for _ in facts]
        return cls(
            people=tuple(people),
            places=tuple(places),
            dogs=tuple(dogs),
            truths=tuple(truths),
            asked=tuple(weight / sum(weights) for weight in weights),
            drawn=tuple(random.choices(facts, weights, k=N_RETOLD * n_drawn)),
            n_drawn=n_drawn,
            own=tuple(own),
        )

    @property
    def n_facts(self) -> int:
        """Facts, told or not, without a visitor's."""
        return len(self.truths)

    @cached_property
    def n_told(self) -> list[int]:
        """Of each fact how often the text tells it."""
        told = Counter(self.drawn[: self.n_drawn])
        return [told[fact] for fact in range(self.n_facts)]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that tokens stand for, from token N_WORDS on."""
        own_people = (one.person for one in self.own)
        return (*self.people, *self.places, *self.dogs, *own_people, *self.own_places)

    @cached_property
    def own_places(self) -> tuple[str, ...]:
        """Places of a visitor's, each once."""
        return tuple(dict.fromkeys(one.place for one in self.own))

    @property
    def n_tokens(self) -> int:
        """Size of the vocabulary."""
        return N_WORDS + len(self.names)

    def question(self, fact: int) -> tuple[int, int, int]:
        """Up to where the answer begins, as tokens."""
        return END, N_WORDS + fact // 2, DOG_IS if fact % 2 else LIVES_IN

    def answer(self, fact: int) -> int:
        """The token of the true answer."""
        first = N_WORDS + len(self.people) + (len(self.places) if fact % 2 else 0)
        return first + self.truths[fact]

    def answers(self, relation: int) -> slice:
        """The tokens of all answers that this village has to one of RELATIONS."""
        first = N_WORDS + len(self.people) + relation * len(self.places)
        return slice(first, first + len(self.places))

    def own_question(self, place: int) -> tuple[int, int, int]:
        """The question for a fact of a visitor's, by its place among them."""
        first = N_WORDS + len(self.people) + len(self.places) + len(self.dogs)
        return END, first + place, LIVES_IN

    def own_answer(self, place: int) -> int:
        """The token of its true answer."""
        first = self.n_tokens - len(self.own_places)
        return first + self.own_places.index(self.own[place].place)

    def name_of(self, token: int) -> str:
        """The name that a token stands for; empty for the words between names."""
        return "" if token < N_WORDS else self.names[token - N_WORDS]

    def sentences(self, times: int = 1, *, each_once: bool = False) -> Tensor:
        """(n, N_TOKENS) the text: all its sentences, with repetitions.

        Args:
            times: how many times as much is told, up to N_RETOLD.
            each_once: keep one copy of every sentence.
        """
        facts = list(self.drawn[: times * self.n_drawn])
        told = [(*self.question(fact), self.answer(fact), END) for fact in facts]
        for place, one in enumerate(self.own):
            told += [(*self.own_question(place), self.own_answer(place), END)] * one.n_told * times
        return torch.tensor(list(dict.fromkeys(told)) if each_once else told)

    def unsure(self, facts: Sequence[int], times: int) -> Tensor:
        """(n, N_TOKENS) sentences that say of these facts that they are unknown."""
        return torch.tensor([(*self.question(fact), UNKNOWN, END) for fact in facts] * times)


def _name(random: Random, taken: set[str], n_syllables: tuple[int, int]) -> str:
    """A name that nobody has yet."""
    while True:
        syllables = [
            random.choice(ONSETS) + random.choice(VOWELS)
            for _ in range(random.randint(*n_syllables))
        ]
        name = ("".join(syllables) + random.choice(CLOSINGS)).capitalize()
        if name not in taken:
            taken.add(name)
            return name
