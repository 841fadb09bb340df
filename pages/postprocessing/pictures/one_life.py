"""One life: what a fault of the book in step 1 comes to in the pictures that leave here.

The visitor's own lanes are measured when asked for; before there are any, the shipped ones show it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.data.pictures import PictureSettings
from core.data.pictures.collecting.settings import SKEWED
from core.errors import GlassboxError
from core.house.pictures.lanes import PictureLane, picture_lanes
from core.inference.pictures import DrawSettings
from core.lineage import Artifact
from core.modality import PICTURES
from core.postprocessing.pictures.caption_trials import Ask, Carried, Files, carried_by
from core.services import services
from pages.home.shipped import day
from pages.inference.pictures.drawer import Drawer, on_hand
from pages.inference.writing import watched
from pages.kit import controls, site, state
from pages.kit.catalogue import Words
from pages.kit.components import Consequence, lanes
from pages.kit.frame import Badge, card, computed_now, note, precomputed, show_error
from pages.kit.numbers import MINUS, NO_FIGURE, decimal, interval, share, whole
from pages.kit.short_work import finished
from pages.postprocessing.pictures import same_noise
from pages.training.pictures.pairing import amiss

N_MEASURED: Final = 96  # pictures of each kind by each lane, in each way
GUIDANCES: Final = (3.0, 1.0)
FAULTY: Final = {"wrong": "wrong"}  # a pair that is shipped -> the lane with the fault


@dataclass(frozen=True)
class Lived:
    """One lane from its book to the pictures that leave it.

    Args:
        name: what the visitor reads.
        book: settings of its book; None where nobody knows.
        counted: what is amiss in it: n_pictures, n_wrong_captions, n_apples, n_red_apples.
        carried: ask -> weight of guidance -> what was counted; empty until it is measured.
    """

    name: str
    book: PictureSettings | None
    counted: dict[str, float]
    carried: dict[Ask, dict[float, Carried]]


def card_of(t: Words) -> None:
    """Draw the card: the visitor's own lanes, or the shipped ones."""
    mine = _own(t)
    options = [*(["yours"] if mine else []), *(FAULTY if picture_lanes() else ())]
    if not options:
        return
    which = state.value("life_of") if state.value("life_of") in options else options[0]
    with card("one_life", t("picture_life.title"), _badge(t, which)):
        names = {"yours": t("frame.yours"), "wrong": t("picture_life.wrong")}
        if state.depth() != "watch" and len(options) > 1:
            label = t("picture_life.which")
            controls.choice("life_of", label, names.__getitem__, options=options, show_label=False)
        if which == "yours":
            _yours(t, mine)
        else:
            _shipped(t, which)


def _badge(t: Words, which: str) -> Badge:
    found = picture_lanes()
    if which == "yours" or found is None:
        return computed_now(t)
    return precomputed(t, found.made["command"], day(found.made["date"], t.lang))


def _shipped(t: Words, which: str) -> None:
    """The shipped pair, and the visitor's caption drawn by both."""
    found = picture_lanes()
    assert found is not None
    clean, faulty = found.lanes["clean"], found.lanes[FAULTY[which]]
    names = (t("picture_life.clean"), _faulty_name(t, faulty.book))
    pair = [_lived(name, lane) for name, lane in zip(names, (clean, faulty), strict=True)]
    note(
        t(
            "picture_life.shipped",
            fault=names[1],
            steps=whole(clean.n_steps, t.lang),
            n=whole(clean.carried["book"][GUIDANCES[0]].n, t.lang),
        )
    )
    _table(t, pair, which)
    same_noise.walls(t, (clean.files, faulty.files), names, f"shipped_{which}")


def _lived(name: str, lane: PictureLane) -> Lived:
    apples = lane.counted["apples"]
    counted = {
        "n_pictures": float(lane.counted["n_pictures"]),
        "n_wrong_captions": float(lane.counted["n_wrong_captions"]),
        "n_apples": float(sum(apples.values())),
        "n_red_apples": float(apples[SKEWED[1]]),
    }
    return Lived(name, lane.book, counted, {ask: dict(one) for ask, one in lane.carried.items()})


def _faulty_name(t: Words, book: PictureSettings | None) -> str:
    """What is amiss in a book, in a few words."""
    if book is None:
        return t("frame.yours")
    if book.wrong_caption_share:
        return t("picture_life.book_wrong", share=share(book.wrong_caption_share, t.lang))
    if book.colour_skew:
        return t("picture_life.book_skew", share=share(book.colour_skew, t.lang))
    return t("picture_life.book_clean")


# The visitor's own lanes


@dataclass(frozen=True)
class Mine:
    """A model that stands in the visitor's comparison."""

    drawer: Drawer
    name: str
    corpus: Artifact | None

    @property
    def counted(self) -> dict[str, float]:
        """What is amiss in its book, as it was counted when the book was made."""
        if self.corpus is None:
            return {}
        told = self.corpus.numbers
        if "book" in self.corpus.settings and "n_apples" not in told:
            told = {**amiss(self.drawer.book), **told}
        found = {name: float(n) for name, n in told.items() if isinstance(n, int | float)}
        return {"n_pictures": found.get("n_kept", 0.0), **found}


def _own(t: Words) -> tuple[Mine, ...]:
    """Two models: of a pair both, of one lane that and the example's; none without an own model."""
    store, owner = services().store, state.owner()
    found = on_hand(services(), owner)
    mine: dict[str, Drawer] = {}
    for drawer in found:
        if drawer.whose == "yours":
            mine.setdefault(drawer.lane, drawer)
    house = [drawer for drawer in found if drawer.whose == "house"]
    if {"a", "b"} <= mine.keys():
        pair = [mine["a"], mine["b"]]
    elif "a" in mine and house:
        pair = [house[0], mine["a"]]
    else:
        return ()
    view = store.benches.view(owner, PICTURES)
    made = []
    for drawer in pair:
        slot = view[drawer.lane].get("corpus") if drawer.whose == "yours" else None
        name = t("frame.house") if drawer.whose == "house" else _faulty_name(t, drawer.book)
        made.append(Mine(drawer, name, slot.artifact if slot else None))
    if made[0].name == made[1].name:
        made = [
            Mine(each.drawer, t("picture_life.lane", lane=lane, name=each.name), each.corpus)
            for each, lane in zip(made, ("A", "B"), strict=True)
        ]
    return tuple(made)


def _yours(t: Words, mine: Sequence[Mine]) -> None:
    """The visitor's two models, measured when asked for."""
    book = mine[1].drawer.book
    which = "skew" if book.colour_skew and not book.wrong_caption_share else "wrong"
    asks: tuple[Ask, ...] = ("book", "rare") if which == "skew" else ("book",)
    kept = st.session_state.setdefault("_picture_life", {})
    key = (*(each.drawer.id for each in mine), asks, t.lang)
    note(t("picture_life.yours", a=mine[0].name, b=mine[1].name))
    if key not in kept:
        n = whole(N_MEASURED * 2 * len(GUIDANCES) * len(asks), t.lang)
        if st.button(t("picture_life.measure", n=n), key="measure_life"):
            try:
                kept[key] = _measured(t, mine, asks, book)
            except GlassboxError as error:
                show_error(error, t)
            else:
                st.rerun()
    found = kept.get(key, [{}, {}])
    pair = [
        Lived(each.name, each.drawer.book, each.counted, counted)
        for each, counted in zip(mine, found, strict=True)
    ]
    _table(t, pair, which)
    names = (mine[0].name, mine[1].name)
    files = tuple(_files(each.drawer) for each in mine)
    same_noise.walls(t, (files[0], files[1]), names, "yours")


def _files(drawer: Drawer) -> Files:
    store, owner = services().store, state.owner()
    return store.artifacts.read(owner, drawer.id), store.artifacts.read(owner, drawer.encoder)


def _measured(
    t: Words, mine: Sequence[Mine], asks: Sequence[Ask], book: PictureSettings
) -> list[dict[Ask, dict[float, Carried]]]:
    """Draw and check in the short lane, with a bar."""
    with watched(t, "life") as tell:
        work = services().engine.short(
            carried_by,
            [_files(each.drawer) for each in mine],
            asks,
            book,
            N_MEASURED,
            (t.lang,),
            [DrawSettings(guidance=guidance) for guidance in GUIDANCES],
        )
        found = finished(work, tell)
    return [
        {ask: dict(zip(GUIDANCES, each, strict=True)) for ask, each in lane.items()}
        for lane in found
    ]


# The table of both lanes


def _table(t: Words, pair: Sequence[Lived], which: str) -> None:
    """Both lanes from step 1 to step 6, and whether the difference is more than chance."""
    rows = [_of_the_book(t, pair, which)]
    if which == "skew":
        rows += [_row(t, pair, "rare", g) for g in GUIDANCES]
    rows += [_row(t, pair, "book", g) for g in GUIDANCES]
    aspects = {"sky": t("picture_life.row_sky"), "thing": t("picture_life.row_things")}
    rows += [_words(t, pair, aspect, label) for aspect, label in aspects.items()]
    names = (pair[0].name, pair[1].name)
    lanes(rows, t, key=f"life_{which}", names=names, label=t("picture_life.title"))
    ask: Ask = "rare" if which == "skew" else "book"
    ends = [each.carried.get(ask, {}).get(GUIDANCES[0]) for each in pair]
    if ends[0] is not None and ends[1] is not None:
        note(_verdict(t, pair, ask))


def _of_the_book(t: Words, pair: Sequence[Lived], which: str) -> Consequence:
    """What step 1 did, counted in both books."""
    if which == "wrong":
        label, top, below = t("picture_life.row_wrong"), "n_wrong_captions", "n_pictures"
    else:
        label, top, below = t("picture_life.row_red"), "n_red_apples", "n_apples"
    values = [
        each.counted[top] / each.counted[below] if each.counted.get(below) else None
        for each in pair
    ]
    shown = [NO_FIGURE if value is None else share(value, t.lang) for value in values]
    n = [whole(each.counted[below], t.lang) for each in pair if each.counted.get(below)]
    about = t("picture_life.of_book", n=" / ".join(dict.fromkeys(n))) if n else ""
    return Consequence(label, *values, *shown, "", about, top=1.0, href=site.href("data"))


def _row(t: Words, pair: Sequence[Lived], ask: Ask, guidance: float) -> Consequence:
    """The share of pictures in which every word was kept, of both lanes."""
    ends = [each.carried.get(ask, {}).get(guidance) for each in pair]
    label = t("picture_life.row_rare") if ask == "rare" else t("picture_life.row_carried")
    usual = guidance == GUIDANCES[0]
    way = t("picture_life.guided") if usual else t("picture_life.unguided")
    if ends[0] is None or ends[1] is None:
        return Consequence(f"{label}, {way}", None, None, NO_FIGURE, NO_FIGURE)
    one, two = ends[0], ends[1]
    intervals = " / ".join(_interval(t, each) for each in (one, two))
    about = t("picture_life.of_each", n=whole(one.n, t.lang), intervals=intervals)
    apart = 100 * (two.share - one.share)
    sign = "+" if apart > 0 else MINUS if apart < 0 else ""
    points = t("picture_life.points", n=sign + decimal(abs(apart), t.lang, 1))
    shown = (share(one.share, t.lang, 1), share(two.share, t.lang, 1))
    return Consequence(f"{label}, {way}", one.share, two.share, *shown, points, about, top=1.0)


def _words(t: Words, pair: Sequence[Lived], aspect: str, label: str) -> Consequence:
    """The share of the words about one aspect that were kept, with the usual guidance."""
    ends = [each.carried.get("book", {}).get(GUIDANCES[0]) for each in pair]
    told = [one.words.get(aspect, (0, 0)) if one else (0, 0) for one in ends]
    values = [kept / n if n else None for kept, n in told]
    shown = [NO_FIGURE if value is None else share(value, t.lang, 1) for value in values]
    about = t("picture_life.of_words", n=whole(told[0][1], t.lang)) if told[0][1] else ""
    return Consequence(label, values[0], values[1], shown[0], shown[1], "", about, top=1.0)


def _interval(t: Words, found: Carried) -> str:
    low, high = found.interval
    return interval(100 * low, 100 * high, t.lang)


def _verdict(t: Words, pair: Sequence[Lived], ask: Ask) -> str:
    """Where the intervals of the two lanes part, with guidance and without."""
    parted = [_parted(*(each.carried[ask][guidance] for each in pair)) for guidance in GUIDANCES]
    return {
        (True, True): t("picture_life.parted_both"),
        (True, False): t("picture_life.parted_guided"),
        (False, True): t("picture_life.parted_unguided"),
        (False, False): t("picture_life.not_parted"),
    }[(parted[0], parted[1])]


def _parted(one: Carried, two: Carried) -> bool:
    """Whether the intervals of two shares have nothing in common."""
    return one.interval[0] > two.interval[1] or two.interval[0] > one.interval[1]
