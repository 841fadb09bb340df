"""Stories in which something is lost and found again: the first sentence has to be remembered.

Which thing it is, no fact decides; it is drawn for each story. So only who still sees the first
sentence can tell at the end what was found, and who guesses is right once in `len(things())`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from core.data.world import lexicon
from core.data.world.elements import Env
from core.data.world.facts import Town
from core.data.world.languages import grammar
from core.data.world.phrases import bind_value
from core.data.world.typography import printed

BETWEEN: Final = ("feel", "aside", "weather")  # rules of sentences that may stand in any story
_N_TRIES: Final = 400
_CUES: Final = {
    "de": "Da glänzte etwas hinter dem Brunnen, und es war",
    "en": "Then something glittered behind the well, and it was",
}


@dataclass(frozen=True)
class Story:
    """A story up to the moment at which the lost thing is named again.

    Args:
        thing: what is lost, one of `things`.
        first: the sentence that tells so.
        between: sentences that tell something else.
        cue: the beginning of the last sentence, up to the thing.
    """

    thing: str
    first: str
    between: tuple[str, ...]
    cue: str

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join((self.first, *self.between, self.cue))


@cache
def things() -> tuple[str, ...]:
    """Names of the things that can be lost."""
    return tuple(noun.id for noun in lexicon.nouns() if "lost" in noun.classes)


def named(thing: str, lang: str) -> str:
    """The noun for a thing."""
    noun = next(noun for noun in lexicon.nouns() if noun.id == thing)
    return noun.de if lang == "de" else noun.en


def thing_in(text: str, lang: str) -> str | None:
    """Which lost thing a text names first; None if it names none of them."""
    places = {
        thing: found.start()
        for thing in things()
        if (found := re.search(rf"\b{named(thing, lang)}\b", text))
    }
    return min(places, key=places.__getitem__) if places else None


def losing_story(
    town: Town,
    lang: str,
    seed: int,
    thing: str,
    length: Callable[[str], int] = len,
    at_least: int = 0,
) -> Story:
    """Draw a story about a thing.

    Args:
        town: whose people it happens to.
        lang: "de" or "en".
        seed: of the draw; equal seeds begin with the same sentence at any length.
        thing: what is lost.
        length: of a sentence, in whatever `at_least` counts.
        at_least: how long everything between the first and the last sentence is to be.
    """
    random = Random(seed)
    person = random.choice(lexicon.people()).id
    env: Env = {**dict(bind_value("A", person)), "A.ref": "name"}
    first = _sentence("lost.1", env, lang, random, town, thing)
    between: list[str] = []
    while sum(map(length, between)) < at_least:
        told = _sentence(random.choice(BETWEEN), env, lang, random, town, None)
        if not between or told != between[-1]:
            between.append(told)
    return Story(thing, first, tuple(between), _CUES[lang])


def _sentence(rule: str, env: Env, lang: str, random: Random, town: Town, thing: str | None) -> str:
    """A sentence by a rule that names this lost thing and no other; None: no lost thing at all."""
    for _ in range(_N_TRIES):
        made = grammar(lang).tell(rule, env, random, town.tellable, bind_value)
        if made is None:
            continue
        told = printed(made[0], lang)
        if thing_in(told, lang) == thing and told[0].isalpha():
            return told
    raise ValueError(f"the rule {rule!r} tells nothing about {thing!r}")
