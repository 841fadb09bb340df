"""Draws a whole corpus from its settings: scenes, pictures, captions, and the faults asked for.

Each fault is drawn by a chance of its own, so asking for one changes nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import numpy as np

from core.data.pictures.collecting.sampling import draw_scene, one_of
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.drawing.painting import Pixels, draw_shifts, paint
from core.data.pictures.scenes import Scene
from core.data.pictures.wording.captions import captions
from core.data.pictures.wording.leaving_open import without_colours
from core.data.world.facts import shuffled

NO_COPY: Final = -1
DARKEST, LIGHTEST = 0.95, 1.05  # light of a near copy, as a share of the original's
_SIDES: Final = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


@dataclass(frozen=True, slots=True)
class Entry:
    """The truth about one picture.

    Args:
        scene: what it shows; None of a visitor's own, whose truth nobody knows.
        caption: what is written under it; of a visitor's own it may be empty.
        lang: the caption's language.
        said: what the caption describes: another scene if the caption is wrong.
        original: the index of the picture it is a copy of, or NO_COPY.
        near: whether the copy is a pixel off and in other light.
        source: the name of a visitor's own file, or empty.
    """

    scene: Scene | None
    caption: str
    lang: str
    said: Scene | None
    original: int = NO_COPY
    near: bool = False
    source: str = ""

    @property
    def caption_fits(self) -> bool:
        """Whether the caption describes the picture."""
        return self.said == self.scene


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Pictures with captions and their truth.

    Args:
        settings: what it was drawn from.
        pictures: (N, size, size, 3) grey levels.
        entries: one a picture.
    """

    settings: PictureSettings
    pictures: Pixels
    entries: tuple[Entry, ...]


def draw_corpus(
    settings: PictureSettings, on_progress: Callable[[float], None] | None = None
) -> Corpus:
    """Draw a corpus; equal settings give equal pictures and captions on every machine.

    Args:
        on_progress: called now and then with the share of pictures done.
    """
    places, pictures, entries = Random(settings.seed + 1_000_003), [], []
    for n_done, (scene, entry) in enumerate(_pages(settings)):
        pictures.append(paint(scene, settings.size, draw_shifts(scene, places)))
        entries.append(entry)
        if on_progress is not None and n_done % 200 == 0:
            on_progress(n_done / settings.n_pictures)
    return _with_copies(settings, pictures, entries)


def truth_of(settings: PictureSettings) -> tuple[Entry, ...]:
    """The truth about every page of a corpus before copies are strewn in, without drawing any."""
    return tuple(entry for _, entry in _pages(settings))


def _pages(settings: PictureSettings) -> Iterator[tuple[Scene, Entry]]:
    """Every page's scene, and what is written under it."""
    scenes, words = Random(settings.seed), Random(settings.seed + 2_000_006)
    wrong, left_open = Random(settings.seed + 3_000_009), Random(settings.seed + 5_000_011)
    for _ in range(settings.n_pictures):
        scene = draw_scene(settings, scenes)
        entry = _captioned(scene, settings, words, wrong)
        yield scene, _left_open(entry, settings, left_open)


def _captioned(scene: Scene, settings: PictureSettings, words: Random, wrong: Random) -> Entry:
    """A scene with its caption, or, as often as wished, with that of another scene."""
    said = scene
    if wrong.random() < settings.wrong_caption_share:
        while said.unowned() == scene.unowned():
            said = draw_scene(settings, wrong)
    lang = "de" if words.random() < settings.german_share else "en"
    return Entry(scene, captions(lang, settings.town_seed).caption(said, words), lang, said)


def _left_open(entry: Entry, settings: PictureSettings, random: Random) -> Entry:
    """The entry, or, as often as wished, with a caption that says no colours.

    What somebody owns is left as it is: there the book decides itself what it says.
    """
    opens = random.random() < settings.open_colour_share
    if not opens or entry.said is None or any(item.owner for item in entry.said.items):
        return entry
    return replace(entry, caption=without_colours(entry.caption, entry.lang))


def _with_copies(settings: PictureSettings, pictures: list[Pixels], entries: list[Entry]) -> Corpus:
    """The corpus with its copies strewn among the originals; a copy keeps the caption."""
    random = Random(settings.seed + 4_000_037)
    n = len(pictures)
    pages = [(i, False) for i in range(n)]
    for share, near in ((settings.copy_share, False), (settings.near_copy_share, True)):
        pages += [(int(random.random() * n), near) for _ in range(int(share * n + 0.5))]
    order = shuffled(range(len(pages)), random) if len(pages) > n else list(range(n))
    place = {page: position for position, page in enumerate(order)}
    drawn, told = [], []
    for page in order:
        source, near = pages[page]
        drawn.append(near_copy(pictures[source], random) if near else pictures[source])
        entry = entries[source]
        if page >= n:
            entry = replace(entry, original=place[source], near=near)
        told.append(entry)
    return Corpus(settings, np.stack(drawn), tuple(told))


def near_copy(picture: Pixels, random: Random) -> Pixels:
    """The picture a pixel off to some side, its edge repeated, in slightly other light."""
    down, right = one_of(_SIDES, random)
    light = DARKEST + (LIGHTEST - DARKEST) * random.random()
    size = picture.shape[0]
    wide = np.pad(picture, ((1, 1), (1, 1), (0, 0)), mode="edge")
    moved = wide[1 - down : 1 - down + size, 1 - right : 1 - right + size]
    lit: Pixels = np.rint(np.clip(moved * light, 0.0, 255.0)).astype(np.uint8)
    return lit
