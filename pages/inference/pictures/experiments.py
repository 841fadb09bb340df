"""Experiments: what the picture model can do, and where it breaks, each measured with its n."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from random import Random
from typing import Final

import numpy as np

from core.data.pictures import (
    PLAIN_THINGS,
    Item,
    Pixels,
    Reading,
    Scene,
    beside,
    captions,
    compare,
)
from core.data.pictures.collecting.sampling import draw_held_out_scene, draw_scene
from core.data.pictures.wording.words import indefinite, nouns
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.trying import Tried, tried_by
from core.intervals import share_interval
from core.services import services
from pages.inference.pictures.drawer import Drawer
from pages.inference.pictures.saying import seen_text
from pages.inference.writing import watched
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import PictureNote, Sign, picture_wall
from pages.kit.frame import Measured, predict
from pages.kit.numbers import share_span, whole
from pages.kit.short_work import finished

N: Final = 48
N_SHOWN: Final = 8
COLOURS: Final = ("red", "yellow", "green", "blue")

Asked = tuple[str, Scene, Callable[[Reading], bool]]  # caption, about which scene, what counts


def all_experiments(drawer: Drawer, t: Words) -> None:
    """One card each."""
    about = f"{drawer.id[:8]}_{t.lang}"
    predict(
        f"guided_{about}",
        t,
        question=t("inference_pictures.ask_guidance", n=N),
        options={
            "one": t("inference_pictures.guidance_one"),
            "same": t("inference_pictures.guidance_same"),
            "four": t("inference_pictures.guidance_four"),
        },
        measure=partial(one_or_four, drawer, t),
    )
    if drawer.book.held_out:
        colour_thing = drawer.book.held_out[0]
        predict(
            f"unseen_{about}",
            t,
            question=t("inference_pictures.ask_unseen", pair=pair_said(colour_thing, t)),
            options=_thirds(t),
            measure=partial(never_drawn, drawer, t),
        )
    predict(
        f"denied_{about}",
        t,
        question=t("inference_pictures.ask_no", n=N),
        options={
            "obeys": t("inference_pictures.no_obeys"),
            "half": t("inference_pictures.no_half"),
            "draws": t("inference_pictures.no_draws"),
        },
        measure=partial(denied, drawer, t),
    )
    predict(
        f"counted_{about}",
        t,
        question=t("inference_pictures.ask_two", n=N),
        options=_thirds(t),
        measure=partial(counted, drawer, t),
    )
    predict(
        f"swapped_{about}",
        t,
        question=t("inference_pictures.ask_swap", n=N),
        options=_thirds(t),
        measure=partial(swapped, drawer, t),
    )


def _thirds(t: Words) -> dict[str, str]:
    return {
        "high": t("inference_pictures.mostly"),
        "middle": t("inference_pictures.sometimes"),
        "low": t("inference_pictures.hardly"),
    }


def third_of(rate: float) -> str:
    """Which of three outcomes a share is."""
    return "high" if rate >= 0.8 else "middle" if rate >= 0.3 else "low"


def pair_said(pair: tuple[str, str], t: Words) -> str:
    """A thing and its colour, as "a red star"."""
    return " ".join(indefinite(*pair, t.lang, "nom"))


def one_or_four(drawer: Drawer, t: Words) -> Measured:
    """The same captions on the same noise, without guidance and with four times as much."""
    random, lang = Random(state.seed()), t.lang
    say = captions(lang, drawer.book.town_seed)
    scenes = [draw_scene(drawer.book, random) for _ in range(N)]
    texts = [say.caption(scene, random) for scene in scenes]
    settings = DrawSettings()
    found = {}
    for n, weight in enumerate((1.0, 4.0)):
        found[weight] = _tried(
            drawer, texts, replace(settings, guidance=weight), t, f"guided_{n}", n / 2, 0.5
        )
    right = {
        weight: [compare(r, s).whole for r, s in zip(one.readings, scenes, strict=True)]
        for weight, one in found.items()
    }
    one, four = sum(right[1.0]), sum(right[4.0])
    ends = {weight: share_interval(sum(yes), N) for weight, yes in right.items()}
    overlap = ends[1.0][0] <= ends[4.0][1] and ends[4.0][0] <= ends[1.0][1]
    text = t(
        "inference_pictures.told_guidance",
        one=_rate(one, N, t),
        four=_rate(four, N, t),
    )
    shown = [found[weight].pictures[k] for weight in (1.0, 4.0) for k in range(N_SHOWN)]
    notes = [
        _note(found[weight].readings[k], right[weight][k], t)
        for weight in (1.0, 4.0)
        for k in range(N_SHOWN)
    ]
    outcome = "same" if overlap else "one" if one > four else "four"
    return Measured(outcome, text, partial(_show, np.stack(shown), notes, "guided", t))


def never_drawn(drawer: Drawer, t: Words) -> Measured:
    """Scenes with a pair of thing and colour that the book never shows."""
    random = Random(state.seed())
    say = captions(t.lang, drawer.book.town_seed)
    asked: list[Asked] = []
    for _ in range(N):
        scene = draw_held_out_scene(drawer.book, random)
        asked.append((say.caption(scene, random), scene, _is(scene)))
    return _measured(drawer, asked, "unseen", t)


def denied(drawer: Drawer, t: Words) -> Measured:
    """A thing and the denial of another: is the other one there?"""
    random = Random(state.seed())
    asked: list[Asked] = []
    for _ in range(N):
        kept, away = random.sample(PLAIN_THINGS, 2)
        item = Item(kept, random.choice(_colours(drawer, kept)))
        noun = nouns()[away]
        if t.lang == "de":
            none = {"m": "kein", "n": "kein", "f": "keine"}[noun.gender]
            text = (
                f"{' '.join(indefinite(kept, item.colour, 'de', 'nom'))}, {none} {noun.de}, am Tag"
            )
        else:
            text = f"{' '.join(indefinite(kept, item.colour, 'en', 'nom'))}, no {noun.en}, by day"
        asked.append((text, Scene((item,)), _lacks(away)))
    one, obeyed = _counted(drawer, asked, t, "denied")
    n = sum(obeyed)
    alone = sum(compare(r, a[1]).whole for r, a in zip(one.readings, asked, strict=True))
    rate = n / N
    outcome = "obeys" if rate >= 0.8 else "half" if rate >= 0.3 else "draws"
    text = t(
        "inference_pictures.told_no",
        example=asked[0][0],
        right=_rate(n, N, t),
        alone=_rate(alone, N, t),
        unread=whole(sum(bool(reading.reason) for reading in one.readings), t.lang),
    )
    return Measured(outcome, text, _shown(one, obeyed, "denied", t))


def counted(drawer: Drawer, t: Words) -> Measured:
    """Two of one thing."""
    random = Random(state.seed())
    say = captions(t.lang, drawer.book.town_seed)
    asked: list[Asked] = []
    for _ in range(N):
        thing = random.choice(PLAIN_THINGS)
        item = Item(thing, random.choice(_colours(drawer, thing)))
        scene = Scene((item,), "row", 2, random.random() < 0.4)
        asked.append((say.caption(scene, random), scene, _counts(2)))
    return _measured(drawer, asked, "counted", t)


def swapped(drawer: Drawer, t: Words) -> Measured:
    """Two things, their places exchanged in the words, on the same noise: do both stand right?"""
    random = Random(state.seed())
    say = captions(t.lang, drawer.book.town_seed)
    asked: list[Asked] = []
    for k in range(N // 2):
        one, two = random.sample(PLAIN_THINGS, 2)
        pair = tuple(Item(each, random.choice(_colours(drawer, each))) for each in (one, two))
        for items in (pair, pair[::-1]):
            scene = beside(*items)
            asked.append((say.caption(scene, Random(k)), scene, _placed(scene)))
    return _measured(drawer, asked, "swapped", t)


def _colours(drawer: Drawer, thing: str) -> list[str]:
    return [colour for colour in COLOURS if colour in drawer.book.colours_of(thing)]


def _is(scene: Scene) -> Callable[[Reading], bool]:
    return lambda reading: compare(reading, scene).whole


def _placed(scene: Scene) -> Callable[[Reading], bool]:
    return lambda reading: compare(reading, scene).place


def _lacks(thing: str) -> Callable[[Reading], bool]:
    return lambda reading: (
        not reading.reason and all(seen.item.thing != thing for seen in reading.seen)
    )


def _counts(n: int) -> Callable[[Reading], bool]:
    return lambda reading: not reading.reason and len(reading.seen) == n


def _measured(drawer: Drawer, asked: Sequence[Asked], key: str, t: Words) -> Measured:
    """What counts, counted over all that is asked."""
    one, fine = _counted(drawer, asked, t, key)
    texts = {
        "unseen": partial(t, "inference_pictures.told_unseen"),
        "counted": partial(t, "inference_pictures.told_two"),
        "swapped": partial(t, "inference_pictures.told_swap"),
    }
    text = texts[key](right=_rate(sum(fine), len(fine), t), example=asked[0][0])
    return Measured(third_of(sum(fine) / len(fine)), text, _shown(one, fine, key, t))


def _counted(
    drawer: Drawer, asked: Sequence[Asked], t: Words, key: str
) -> tuple[Tried, list[bool]]:
    one = _tried(drawer, [caption for caption, _, _ in asked], DrawSettings(), t, key)
    fine = [counts(r) for r, (_, _, counts) in zip(one.readings, asked, strict=True)]
    return one, fine


def _tried(
    drawer: Drawer,
    texts: Sequence[str],
    settings: DrawSettings,
    t: Words,
    key: str,
    begin: float = 0.0,
    part: float = 1.0,
) -> Tried:
    """Draw and read in the short lane, with a bar."""
    store, owner = services().store, state.owner()
    first = state.seed() * 1000
    seeds = [first + (k // 2 if key == "swapped" else k) for k in range(len(texts))]
    with watched(t, key) as tell:
        work = services().engine.short(
            tried_by,
            store.artifacts.read(owner, drawer.id),
            store.artifacts.read(owner, drawer.encoder),
            list(texts),
            seeds,
            settings,
        )
        return finished(work, lambda done: tell(begin + part * done))


def _rate(n: int, of: int, t: Words) -> str:
    """So many of so many, with the interval."""
    return t(
        "inference_pictures.rate",
        n=whole(n, t.lang),
        of=whole(of, t.lang),
        span=share_span(*share_interval(n, of), t.lang),
    )


def _note(reading: Reading, fine: bool, t: Words) -> PictureNote:
    sign: Sign = "yes" if fine else "none" if reading.reason else "no"
    return PictureNote(sign=sign, spoken=seen_text(reading, t))


def _shown(one: Tried, fine: Sequence[bool], key: str, t: Words) -> Callable[[], None]:
    notes = [_note(r, yes, t) for r, yes in zip(one.readings, fine, strict=True)]
    n = 2 * N_SHOWN
    return partial(_show, one.pictures[:n], notes[:n], key, t)


def _show(pictures: Pixels, notes: Sequence[PictureNote], key: str, t: Words) -> None:
    picture_wall(
        pictures,
        key=f"shown_{key}",
        label=t("inference_pictures.some_of_them"),
        notes=notes,
        columns=N_SHOWN,
        narrow=4,
        px=110,
    )
