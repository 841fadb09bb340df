"""From a scene to a caption: the picture book's own grammar, on the small world's machinery.

Invariant: a caption says everything about its scene, so the scene can be read off it again; only
what somebody owns may stay without its colour, which the town's facts then tell.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.things import THINGS
from core.data.pictures.owners import Holding, town_holdings
from core.data.pictures.scenes import Scene
from core.data.pictures.wording.words import (
    NUMBERS,
    colour_words,
    indefinite,
    several,
    undetermined,
)
from core.data.world.elements import Bindings, Env, Phrases
from core.data.world.grammar import Grammar
from core.data.world.phrases import bind_value, read_rules
from core.data.world.phrases import phrases as world_phrases
from core.data.world.typography import printed, words_of
from core.languages import known

_SKIES: Final[dict[str, dict[bool, tuple[str, ...]]]] = {  # lang -> night -> how it is said
    "de": {False: ("am Tag", "bei Tag", "tagsüber"), True: ("bei Nacht", "in der Nacht", "nachts")},
    "en": {False: ("by day", "in the daytime"), True: ("at night", "by night")},
}


class Captions:
    """The captions of one language, about the things that are owned in one town."""

    def __init__(self, lang: str, holdings: Sequence[Holding]) -> None:
        self.lang = known(lang)
        self._holdings = tuple(holdings)
        self._names = {holding.item: holding.name for holding in holdings}
        rules = Path(__file__).with_name(f"rules.{lang}.txt").read_text(encoding="utf-8")
        self._grammar = Grammar(read_rules(rules), self._phrases)

    def caption(self, scene: Scene, random: Random) -> str:
        """One of the wordings for a scene.

        Raises:
            ValueError: somebody in it owns what nobody in this town owns.
        """
        env: Env = {"S": "night" if scene.night else "day", "U": str(scene.number)}
        for variable, item in zip("AB", scene.items, strict=False):
            env |= dict(_bound(variable, item.thing, item.colour, item.owner))
        told = self._grammar.tell(self._rule(scene), env, random, lambda *_: (), bind_value)
        if told is None:
            raise ValueError(f"no wording fits {scene}")
        return printed(told[0], self.lang)

    def words(self) -> tuple[str, ...]:
        """Every word and mark that captions use, sorted, as inside a sentence."""
        return tuple(sorted(self._grammar.vocabulary))

    def says(self, caption: str) -> bool:
        """Whether the caption is one of ours; a small first letter does no harm."""
        text = caption.strip()
        text = text[:1].upper() + text[1:]
        readings = words_of(text, self.lang, frozenset(self._grammar.vocabulary))
        return any(self._grammar.parse(words) is not None for words in readings)

    def _rule(self, scene: Scene) -> str:
        if scene.relation == "alone" and scene.items[0].owner:
            return "named" if self._names.get(scene.items[0]) else "owned"
        return scene.relation

    def _phrases(self, slot: str) -> Phrases:
        """All phrases for a slot such as `A nom`, with what each of them binds."""
        variable, *form = slot.split()
        if variable == "S":
            return [
                (tuple(words.split()), (("S", "night" if night else "day"),))
                for night, wordings in _SKIES[self.lang].items()
                for words in wordings
            ]
        if variable == "U":
            return [((word,), (("U", str(n)),)) for n, word in NUMBERS[self.lang].items()]
        if form == ["hue"]:
            return [((word,), ((f"{variable}.c", colour),))
                    for colour, word in colour_words(self.lang).items()]  # fmt: skip
        if form == ["many"]:
            return [(several(thing, colour, self.lang), _bound(variable, thing, colour))
                    for thing in THINGS for colour in COLOUR_NAMES]  # fmt: skip
        if form == ["name"]:
            return [((holding.name,), self._owned(variable, holding))
                    for holding in self._holdings if holding.name]  # fmt: skip
        return self._things(variable, form[0])

    def _things(self, variable: str, form: str) -> Phrases:
        """A thing with article and colour, or with its owner; "plain": with owner, no colour."""
        found: list[tuple[tuple[str, ...], Bindings]] = []
        case = "dat" if form == "dat" else "nom"
        if form != "plain":
            found += [(indefinite(thing, colour, self.lang, case), _bound(variable, thing, colour))
                      for thing in THINGS for colour in COLOUR_NAMES]  # fmt: skip
        genitives = {bound[0][1]: words for words, bound in world_phrases(self.lang, "A gen")}
        for holding in self._holdings:
            item, bound = holding.item, self._owned(variable, holding)
            for colour in ("",) if form == "plain" else ("", item.colour):
                words = undetermined(item.thing, colour, self.lang, case)
                found.append(((*genitives[item.owner], *words), bound))
        return found

    @staticmethod
    def _owned(variable: str, holding: Holding) -> Bindings:
        return _bound(variable, holding.item.thing, holding.item.colour, holding.item.owner)


def _bound(variable: str, thing: str, colour: str, owner: str = "") -> Bindings:
    """What naming a thing binds."""
    return (variable, thing), (f"{variable}.c", colour), (f"{variable}.o", owner)


@cache
def captions(lang: str, town_seed: int = 1) -> Captions:
    """The captions of one of LANGS, about the town drawn from a seed."""
    return Captions(lang, town_holdings(town_seed))
