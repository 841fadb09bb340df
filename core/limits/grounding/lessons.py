"""Examples from which a model learns to read: passages, a question, the answer with its source.

Every example is about another year of the town, so that remembering does not help: what is asked
can only be answered from the passages. In some, names and words are exchanged for invented ones;
in others the passages do not have the answer, and the right answer is not to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

from core.alignment.text.asking import Asked, ask
from core.alignment.text.examples import Example, ExampleSettings, world_examples
from core.alignment.text.wording import wording
from core.data.world import Town, lexicon
from core.languages import LANGS
from core.limits.facts import Fact, stated
from core.limits.grounding.board import Board, board
from core.limits.grounding.citing import with_citation, with_passages
from core.limits.reversal import CLOSINGS, ONSETS, VOWELS

FIRST_YEAR: Final = 10_000  # seed of the first year that is read about
N_YEARS: Final = 64
MOST_PASSAGES: Final = 5
ALONE_SHARE: Final = 0.2  # examples without any passage, as before: it must not forget them
MISSING_SHARE: Final = 0.3  # of those with passages: none of them has the answer
INVENTED_SHARE: Final = 0.4  # of those with the answer: some words are invented
T = TypeVar("T")

READ: Final = "read"
UNSURE: Final = "unsure"


@dataclass(frozen=True)
class Passages:
    """Passages and what they have to do with a question.

    Args:
        texts: in their order.
        place: of the one that has the answer, counted from 0; None: none has it.
    """

    texts: tuple[str, ...]
    place: int | None


def lessons(n: int, town: Town, seed: int, most_passages: int = MOST_PASSAGES) -> list[Example]:
    """Examples in a mixed order; equal seeds give equal examples.

    What the exam asks for is asked for in none of them.

    Args:
        n: examples.
        town: of the examples without passages: the town as the model knows it.
        seed: draws them.
        most_passages: before a question.
    """
    random = Random(seed)
    n_alone = round(n * ALONE_SHARE)
    alone = world_examples(ExampleSettings(n_examples=n_alone, seed=seed), town) if n_alone else []
    found = [*alone, *(_lesson(random, most_passages) for _ in range(n - n_alone))]
    random.shuffle(found)
    return found


def _lesson(random: Random, most_passages: int) -> Example:
    lang = LANGS[int(random.random() * len(LANGS))]
    year = board(FIRST_YEAR + int(random.random() * N_YEARS), lang)
    fact = _asked_for(year, random)
    question = ask(Asked(*fact), lang, random)
    n = 1 + int(random.random() * most_passages)
    given = passages_for(year, fact, question, n, random)
    if given.place is None:
        answer = _one_of(wording(lang)[UNSURE]["plain"], random)
        return Example(with_passages(given.texts, question), answer, lang, UNSURE)
    answer = stated(fact, year.town.values(*fact), lang)
    texts: Sequence[str] = given.texts
    if random.random() < INVENTED_SHARE:
        kept = _words_for_any_value(year, fact)
        question, answer, texts = _estranged(question, answer, texts, given.place, kept, random)
    asked = with_passages(texts, question)
    return Example(asked, with_citation(answer, given.place + 1), lang, READ)


def _asked_for(year: Board, random: Random) -> Fact:
    practised = [fact for fact in year.facts if not Asked(*fact).held_out]
    return _one_of(practised, random)


def passages_for(year: Board, fact: Fact, question: str, n: int, random: Random) -> Passages:
    """What a search finds for a question; now and then without the passage that has the answer.

    Args:
        year: where is searched.
        fact: what is asked for.
        question: in some wording.
        n: passages.
        random: decides whether the answer is among them, and where.
    """
    places = [hit.place for hit in year.found(question, n + 1)]
    texts = [text for place in places if (text := _text(year, place)) != year.notices[fact]][:n]
    if random.random() < MISSING_SHARE and texts:
        return Passages(tuple(texts), None)
    place = int(random.random() * min(n, len(texts) + 1))
    return Passages((*texts[:place], year.notices[fact], *texts[place : n - 1]), place)


def _text(year: Board, place: int) -> str:
    return year.notices[year.facts[place]]


def strange(year: Board, fact: Fact, n: int, random: Random) -> tuple[str, str] | None:
    """A question whose notice has an invented word for what is asked for, and that word.

    Args:
        year: whose notices are searched.
        fact: what is asked for.
        n: passages.
        random: draws the word, and where the notice stands.

    Returns:
        None where the notice has no word of its own for it.
    """
    asked = year.question(fact)
    given = passages_for(year, fact, asked.text, n, random)
    if given.place is None:
        return None
    kept = _words_for_any_value(year, fact) | {person.name for person in lexicon.people()}
    own = [word for word in _words(asked.truth) if word not in kept]
    own = [word for word in own if word in _words(given.texts[given.place])]
    if not own:
        return None
    word, new = max(own, key=len), invented(random)
    new = new.capitalize() if word[0].isupper() else new
    return with_passages([text.replace(word, new) for text in given.texts], asked.text), new


def _words_for_any_value(year: Board, fact: Fact) -> set[str]:
    """Words that the answer has whatever the fact's value is."""
    others = (other for other in year.facts if other[1] == fact[1] and other != fact)
    values = {year.town.values(*other) for other in others} - {year.town.values(*fact)}
    some = sorted(values)[:2]
    return set.intersection(*(set(_words(stated(fact, each, year.lang))) for each in some))


def _estranged(
    question: str,
    answer: str,
    texts: Sequence[str],
    place: int,
    kept: set[str],
    random: Random,
) -> tuple[str, str, list[str]]:
    """The same with an invented word for what is answered, and often for who is asked about."""
    known = {person.name for person in lexicon.people()}
    in_passage = set(_words(texts[place]))
    given = [word for word in _words(answer) if word in in_passage - kept - known]
    exchanged = {max(given, key=len): ""} if given else {}
    if random.random() < 0.5:
        exchanged |= {name: "" for name in known & set(_words(question)) & set(_words(answer))}
    for word in exchanged:
        new = invented(random)
        exchanged[word] = new.capitalize() if word[0].isupper() else new
    all_of_it = [question, answer, *texts]
    for old, new in exchanged.items():
        all_of_it = [text.replace(old, new) for text in all_of_it]
    return all_of_it[0], all_of_it[1], all_of_it[2:]


def _words(text: str) -> list[str]:
    return [word.strip(".,?!:") for word in text.split()]


def invented(random: Random) -> str:
    """A word of two or three syllables that no text has."""
    syllables = [
        _one_of(ONSETS, random) + _one_of(VOWELS, random) + _one_of(CLOSINGS, random)
        for _ in range(2 + int(random.random() * 2))
    ]
    return "".join(syllables)


def _one_of(some: Sequence[T], random: Random) -> T:
    return some[int(random.random() * len(some))]
