"""What somebody may prefer in a picture, and captions that leave exactly that open.

A rule says two things of a picture: a score, by which of two pictures the better one is found, and
whether the picture keeps the rule, which the reader decides. Every caption leaves something open;
what it does say must still be drawn, and that is measured beside the rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from core.data.pictures.collecting.sampling import one_of
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.drawing.painting import PLACES
from core.data.pictures.drawing.things import PLAIN_THINGS
from core.data.pictures.reading.reader import read
from core.data.pictures.reading.readings import Reading, compare
from core.data.pictures.scenes import Item, Scene
from core.data.pictures.wording.words import indefinite, nouns
from core.data.world.phrases import EIN
from core.errors import SettingError

Levels = npt.NDArray[Any]  # (S, S, 3) grey levels from 0 to 255
Left = Literal["sky", "colour", "distance"]  # what a caption leaves open
LEFT_OPEN: Final[tuple[Left, ...]] = get_args(Left)

HELD_OUT_EVERY: Final = 5  # one in so many pairs of things is kept for exams
_PLACES: Final = PLACES["beside", 1]
USUAL_DISTANCE: Final = (_PLACES[1].x - _PLACES[0].x) / 64  # of two things, as a share of the side

_SIDES: Final = {
    "de": ("links {a}, rechts {b}", "rechts {b}, links {a}", "{a} links von {b_dat}"),
    "en": ("on the left {a}, on the right {b}", "{a} to the left of {b}",
           "{a} on the left and {b} on the right"),
}  # fmt: skip
_SKIES: Final = {
    "de": {False: "am Tag", True: "bei Nacht"},
    "en": {False: "by day", True: "at night"},
}


@dataclass(frozen=True)
class OpenWish:
    """A picture that is asked for in a caption that does not say everything.

    Args:
        caption: the words.
        lang: of the caption.
        scene: two things side by side; `left_open` of it is not in the caption.
        left_open: one of LEFT_OPEN: the sky, the colour of the left thing, or how far apart the
            two stand, which no caption of the book ever says.
        seed: of its noise.
    """

    caption: str
    lang: str
    scene: Scene
    left_open: Left
    seed: int

    def is_met(self, reading: Reading) -> bool:
        """Whether the picture shows all that the caption does say."""
        wanted = self.scene
        if self.left_open == "sky" and reading.night is not None:
            wanted = replace(wanted, night=reading.night)
        seen = reading.scene
        if self.left_open == "colour" and seen is not None and seen.shown:
            left, right = wanted.items
            wanted = replace(wanted, items=(Item(left.thing, seen.shown[0].colour), right))
        return compare(reading, wanted).whole


def open_wishes(
    left_open: Left,
    n: int,
    seed: int,
    languages: tuple[str, ...] = ("de", "en"),
    *,
    held_out: bool = False,
) -> list[OpenWish]:
    """Captions that leave something open, in turn in each language; the same from the same seed.

    Args:
        left_open: one of LEFT_OPEN.
        n: how many.
        seed: of scenes, wordings and noises.
        languages: of the captions.
        held_out: pairs of things for an exam, which are never preferred on; else all others.
    """
    if left_open not in LEFT_OPEN:
        raise SettingError("left_open", left_open, f"must be one of {LEFT_OPEN}")
    random, found = Random(seed), list[OpenWish]()
    while len(found) < n:
        scene = _scene(left_open, random)
        if is_held_out(scene) == held_out:
            lang = languages[len(found) % len(languages)]
            caption = _caption(scene, left_open, lang, random)
            found.append(OpenWish(caption, lang, scene, left_open, seed * 1_000_003 + len(found)))
    return found


def wish_of(scene: Scene | None, left_open: Left, lang: str, seed: int) -> OpenWish | None:
    """A scene of one's own as a caption that leaves something open.

    Args:
        scene: what was asked for; None where nobody understood it.
        left_open: one of LEFT_OPEN.
        lang: of the caption.
        seed: of wording and noise.

    Returns:
        None unless the scene shows two plain things of nobody's side by side, which no exam holds.
    """
    if scene is None or scene.relation != "beside" or len(scene.items) != 2:
        return None
    if any(item.owner or item.thing not in PLAIN_THINGS for item in scene.items):
        return None
    if is_held_out(scene) or len({item.thing for item in scene.items}) < 2:
        return None
    if left_open == "colour" and scene.items[1].colour == "red":
        return None
    return OpenWish(_caption(scene, left_open, lang, Random(seed)), lang, scene, left_open,
                    seed * 1_000_003 + 999_999)  # fmt: skip


def is_held_out(scene: Scene) -> bool:
    """Whether the scene's pair of things is kept for exams."""
    left, right = (PLAIN_THINGS.index(item.thing) for item in scene.items)
    return (left + 2 * right) % HELD_OUT_EVERY == 0


def _scene(left_open: Left, random: Random) -> Scene:
    """Two different things side by side, in pairs of thing and colour that the book shows."""
    book = PictureSettings()

    def item() -> Item:
        thing = one_of(PLAIN_THINGS, random)
        return Item(thing, one_of(book.colours_of(thing), random))

    left, right = item(), item()
    # Nothing red beside a colour left open: the score of "red" looks at the whole page.
    while left.thing == right.thing or (left_open == "colour" and right.colour == "red"):
        right = item()
    return Scene((left, right), "beside", 1, random.random() < book.night_share)


def _caption(scene: Scene, left_open: Left, lang: str, random: Random) -> str:
    left, right = scene.items
    if left_open == "colour":
        a = _colourless(left.thing, lang)
    else:
        a = " ".join(indefinite(left.thing, left.colour, lang, "nom"))
    b, b_dat = (" ".join(indefinite(right.thing, right.colour, lang, c)) for c in ("nom", "dat"))
    told = one_of(_SIDES[lang], random).format(a=a, b=b, b_dat=b_dat)
    return told if left_open == "sky" else f"{told}, {_SKIES[lang][scene.night]}"


def _colourless(thing: str, lang: str) -> str:
    """ "an apple", "ein Apfel": no caption of the book is without a colour here."""
    noun = nouns()[thing]
    return f"a {noun.en}" if lang == "en" else f"ein{EIN['nom'][noun.gender]} {noun.de}"


@dataclass(frozen=True)
class Rule:
    """Something that may be preferred.

    Args:
        left_open: what captions must leave open for it.
        score: of a picture, the higher the better it keeps the rule; None if it cannot be told.
        enough: by how much two scores must differ for the rule to prefer one picture.
        is_kept: whether what the reader saw keeps the rule; what it cannot read keeps none.
    """

    left_open: Left
    score: Callable[[Levels], float | None]
    enough: float
    is_kept: Callable[[Reading], bool]


def sky_light(levels: Levels) -> float:
    """Mean grey level of the open sky: about 190 by day, 50 by night."""
    size = len(levels)
    return float(levels[: size // 6, : size // 2].mean())


def redness(levels: Levels) -> float:
    """By how many grey levels a pixel's red is above its other two channels, on average."""
    red, *others = np.moveaxis(levels.astype(np.float32), 2, 0)
    return float(np.clip(red - np.maximum(*others) - 40.0, 0.0, None).mean())


def distance(reading: Reading) -> float | None:
    """How far apart two things side by side stand, as a share of the page; None if unreadable."""
    if reading.scene is None or reading.relation not in ("beside", "row"):
        return None
    return abs(reading.seen[-1].x - reading.seen[0].x) if len(reading.seen) == 2 else None


def _how_close(levels: Levels) -> float | None:
    found = distance(read(levels))
    return None if found is None else -found


def _is_close(reading: Reading) -> bool:
    found = distance(reading)
    return found is not None and found < USUAL_DISTANCE - 0.01


def _is_apart(reading: Reading) -> bool:
    found = distance(reading)
    return found is not None and found > USUAL_DISTANCE + 0.01


def _left_is_red(reading: Reading) -> bool:
    return reading.scene is not None and reading.seen[0].item.colour == "red"


RULES: Final[Mapping[str, Rule]] = {
    "night": Rule("sky", lambda levels: -sky_light(levels), 40.0,
                  lambda reading: reading.night is True),
    "day": Rule("sky", sky_light, 40.0, lambda reading: reading.night is False),
    "red": Rule("colour", redness, 1.5, _left_is_red),
    "close": Rule("distance", _how_close, 0.04, _is_close),
    "apart": Rule("distance", lambda levels: distance(read(levels)), 0.04, _is_apart),
}  # fmt: skip


def rule_of(name: str) -> Rule:
    """One of RULES.

    Raises:
        SettingError: there is none of that name.
    """
    if name not in RULES:
        raise SettingError("rule", name, f"must be one of {tuple(RULES)}")
    return RULES[name]
