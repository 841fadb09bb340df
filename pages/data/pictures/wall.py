"""The stage's visual: the funnel in numbers, the wall, and one picture taken apart."""

from collections.abc import Sequence
from functools import cache
from random import Random

import streamlit as st

from core.data.pictures.drawing.painting import Pixels, draw_shifts, paint
from core.data.pictures.drawing.palette import COLOURS
from core.data.pictures.excerpt import N_FILES, Excerpt, Shown
from core.data.pictures.owners import town_holdings
from core.data.pictures.prepare import Removal
from core.data.pictures.vectorising import PATCH
from core.data.pictures.wording.captions import captions
from core.data.pictures.wording.understanding import understand
from core.data.pictures.wording.vocabulary import CaptionEncoder
from pages.data.pictures.own import Owned
from pages.data.pictures.preparing import View
from pages.data.pictures.saying import shown_steps
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import Broken, Part, Shade, Tile, Twin, picture_book, told
from pages.kit.frame import note
from pages.kit.numbers import data_size, whole

KEY = "data_book"


def draw_book(
    t: Words, view: View, owned: Sequence[Owned] = (), broken: Sequence[Broken] = ()
) -> None:
    """Mount the picture book.

    Args:
        view: what is shown.
        owned: the visitor's own pictures, with the steps they went through.
        broken: own files that could not be read.
    """
    excerpt = view.excerpt
    pictures = list(excerpt.pictures)
    tiles = [_tile(t, each) for each in excerpt.shown]
    yours = None if owned else drawn_caption(state.caption(), excerpt.pictures.shape[1])
    if yours is not None:
        pictures.append(yours)
        about, caption = t("data_pictures.your_caption"), state.caption()
        tiles.insert(0, Tile(len(pictures) - 1, caption, tokens(caption), note=about, flag="★"))
    elif not owned:
        note(t("data_pictures.not_drawn"))
    chosen = _chosen(tiles)
    steps = next((shown_steps(t, each) for each in owned if each.name == tiles[chosen].own), None)
    picture_book(
        pictures,
        t,
        key=KEY,
        funnel=funnel(t, excerpt, len(broken), sum(each.changed for each in owned)),
        tiles=tiles,
        patch=PATCH,
        pairs=[Twin(each.kept, each.copy, each.removal.distance, _about_pair(t, each.removal))
               for each in excerpt.pairs],
        files=[*broken, *(_broken(t, each) for each in excerpt.broken)][:N_FILES],
        apples=[_shade(t, colour, n) for colour, n in excerpt.apples.items()],
        steps=steps,
        first=tiles[chosen].at,
        more=not view.whole and excerpt.n_runs > 1,
        turn=view.turn,
        subject=f"{view.turn} {state.caption()} {tiles[chosen].own}",
        play=state.depth() == "watch",
        heard=_hear,
    )  # fmt: skip


def _hear() -> None:
    """Remember what the visitor did before the page is drawn again."""
    name, more = told(KEY)
    if name:
        st.session_state["_own_chosen"] = name
    if more:
        st.session_state["_book_turn"] = int(st.session_state.get("_book_turn", 0)) + 1


def _chosen(tiles: Sequence[Tile]) -> int:
    """The place of the tile that is taken apart: the own one clicked, or the first to be seen."""
    wanted = st.session_state.get("_own_chosen")
    readable = [i for i, tile in enumerate(tiles) if tile.at >= 0]
    return next((i for i in readable if tiles[i].own and tiles[i].own == wanted), readable[0])


def funnel(t: Words, excerpt: Excerpt, n_refused: int, n_changed: int) -> list[Part]:
    """From what arrives to what stays, counted."""
    n, lang = excerpt.numbers, t.lang
    arrived, kept = int(n["n_documents"]) + n_refused, int(n["n_kept"])
    unreadable, copies = int(n["removed_unreadable"]) + n_refused, int(n["removed_duplicate"])
    wrong, size = int(n["n_wrong_captions"]), int(n["size"])
    gone = whole(unreadable, lang), whole(copies, lang)
    return [
        Part(arrived, t("data_pictures.arrive"), t("data_pictures.note_arrive")),
        Part(
            arrived - unreadable,
            t("data_pictures.readable"),
            t("data_pictures.note_unreadable", n=gone[0]) if unreadable
            else t("data_pictures.note_all_readable"),
            unreadable,
            "unreadable",
        ),
        Part(
            arrived - unreadable,
            t("data_pictures.standardised"),
            t("data_pictures.note_standardised", size=size, n=whole(n_changed, lang)),
        ),
        Part(
            kept,
            t("data_pictures.stay"),
            t("data_pictures.note_copies", n=gone[1]) if copies
            else t("data_pictures.note_kept", patches=whole(float(n["n_patches"]), lang)),
            copies if excerpt.pairs else 0,
            "copies",
            t("data_pictures.note_wrong", n=whole(wrong, lang)) if wrong else "",
        ),
    ]  # fmt: skip


def _tile(t: Words, shown: Shown) -> Tile:
    """A picture as it hangs on the wall."""
    entry, removal = shown.entry, shown.removal
    wrong = not entry.caption_fits
    why = _why(t, removal) if removal else t("data_pictures.wrong_caption") if wrong else ""
    note = ""
    if wrong and entry.scene is not None:
        truth = captions(entry.lang).caption(entry.scene, Random(1))
        note = t("data_pictures.shows", caption=truth)
    elif removal is None and not entry.source:
        note = t("data_pictures.of_the_book")
    return Tile(
        shown.at,
        entry.caption,
        tokens(entry.caption),
        gone=removal is not None,
        why=why,
        note=note,
        flag="=" if removal and shown.at >= 0 else "≠" if wrong and shown.at >= 0 else "",
        own=entry.source,
    )


def _why(t: Words, removal: Removal) -> str:
    """The reason for a removal, in a sentence."""
    return {
        "exact": t("data_pictures.why_exact"),
        "near": t("data_pictures.why_near"),
        "empty_picture": t("data_pictures.why_empty"),
        "truncated_picture": t("data_pictures.why_truncated"),
        "damaged_picture": t("data_pictures.why_damaged"),
        "no_picture": t("data_pictures.why_no_picture"),
    }.get(removal.why, t("data_pictures.why_damaged"))


def _about_pair(t: Words, removal: Removal) -> str:
    return t("data_pictures.pair_exact") if removal.why == "exact" else t("data_pictures.pair_near")


def _broken(t: Words, removal: Removal) -> Broken:
    return Broken(_why(t, removal), data_size(removal.n_bytes, t.lang), removal.head)


def _shade(t: Words, colour: str, n: int) -> Shade:
    names = {
        "red": t("data_pictures.red"),
        "yellow": t("data_pictures.yellow"),
        "green": t("data_pictures.green"),
        "blue": t("data_pictures.blue"),
        "violet": t("data_pictures.violet"),
        "white": t("data_pictures.white"),
    }
    red, green, blue = (round(level) for level in COLOURS[colour])
    return Shade(names[colour], n, f"rgb({red}, {green}, {blue})")


def tokens(caption: str) -> list[tuple[str, int, bool]]:
    """A caption's words, each with its number in the book's vocabulary."""
    encoder = encoder_of_the_book()
    return list(
        zip(
            encoder.words_of(caption),
            encoder.encode(caption),
            encoder.known(caption),
            strict=True,
        )
    )


@cache
def encoder_of_the_book() -> CaptionEncoder:
    """All words that the book's captions can have."""
    return CaptionEncoder.of_the_book()


def drawn_caption(caption: str, size: int) -> Pixels | None:
    """The picture that the book draws for a visitor's caption; None if it is not understood."""
    scene = understand(caption, town_holdings(1)).scene
    if scene is None:
        return None
    return paint(scene, size, draw_shifts(scene, Random(state.seed())))
