"""The stage: the film of one drawing, its settings, and sixteen drawings of the same caption."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.data.pictures import Reading, compare, town_holdings
from core.data.pictures.drawing.painting import Pixels
from core.errors import GlassboxError
from core.inference.pictures import Film
from core.inference.pictures.certainty import caption_words, sure_from
from core.inference.pictures.drawing import DrawSettings
from pages.inference.pictures import drawer as drawers
from pages.inference.pictures.asking import Asked, asked
from pages.inference.pictures.drawer import Drawer
from pages.inference.pictures.saying import seen_text, sign_of, verdict_of
from pages.inference.stage import kind_name
from pages.inference.writing import watched
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.components import FilmLine, PictureNote, picture_film, picture_wall
from pages.kit.frame import computed_now, note, show_error, stage
from pages.kit.numbers import decimal, whole

N_PICTURES = 16
SOON = 12  # so many readings need no bar


@dataclass(frozen=True)
class Drawing:
    """What the stage shows.

    Args:
        asked: for what.
        seed: of the picture seen large.
        settings: how it is drawn.
        film: how it came about.
        reading: of the finished picture; None where reading was stopped.
    """

    asked: Asked
    seed: int
    settings: DrawSettings
    film: Film
    reading: Reading | None

    @property
    def picture(self) -> Pixels:
        """(S, S, 3) the finished picture."""
        picture: Pixels = self.film.pictures[0]
        return picture


def draw(found: Sequence[Drawer], t: Words) -> tuple[Drawer, Drawing | None]:
    """Draw the stage; returns who draws and what was drawn, None while nothing can be."""
    whose = t("frame.yours") if found[0].whose == "yours" else t("frame.house")
    title = f"{t('inference_pictures.stage')} · {whose}" if len(found) == 1 else ""
    with stage(title or t("inference_pictures.stage"), computed_now(t)):
        drawer = _chosen(found, t)
        return drawer, _stage(drawer, t)


def _chosen(found: Sequence[Drawer], t: Words) -> Drawer:
    """Who draws; a choice only where there is one."""
    if len(found) == 1 or state.depth() == "watch":
        return found[0]
    by_id = {f"{drawer.whose}_{drawer.lane}_{drawer.kind}": drawer for drawer in found}
    if st.session_state.get("drawer") not in by_id:
        st.session_state["drawer"] = next(iter(by_id))
    chosen = st.segmented_control(
        t("inference.writer"),
        list(by_id),
        format_func=lambda id_: _name(by_id[id_], t),
        default=st.session_state["drawer"],
        key="drawer",
        required=True,
        label_visibility="collapsed",
    )
    return by_id[str(chosen)]


def _name(drawer: Drawer, t: Words) -> str:
    if drawer.whose == "house":
        return t("frame.house")
    whose = t("inference.yours_b") if drawer.lane == "b" else t("frame.yours")
    return whose if drawer.kind == "checkpoint" else f"{whose}: {kind_name(drawer.kind, t)}"


def _stage(drawer: Drawer, t: Words) -> Drawing | None:
    with st.container(key="gb_drawing"):
        wanted = asked(drawer, t)
        if wanted is None:
            return None
        if state.depth() == "watch":
            return _film(drawer, wanted, t)
        left, right = st.columns([2.7, 1], gap="medium")
        with right, st.container(key="gb_draw_settings"):
            _handles(t)
            _exaggerates(drawer, t)
        with left, st.container(key="gb_film"):
            drawing = _film(drawer, wanted, t)
        if drawing is not None:
            with right, st.container(key="gb_sixteen"):
                _sixteen(drawer, wanted, drawing.settings, t)
        return drawing


def settings_now() -> DrawSettings:
    """How the handles of the page stand."""
    return DrawSettings(
        n_steps=state.value("draw_steps"),
        sampler=state.value("draw_sampler"),
        guidance=state.value("draw_guidance"),
    )


def _handles(t: Words) -> None:
    controls.slider(
        "draw_steps", t("inference_pictures.steps"), help=t("inference_pictures.steps_help")
    )
    controls.slider(
        "draw_guidance",
        t("inference_pictures.guidance"),
        help=t("inference_pictures.guidance_help"),
    )
    names = {
        "euler": t("inference_pictures.euler"),
        "ddim": t("inference_pictures.ddim"),
        "ddpm": t("inference_pictures.ddpm"),
    }
    with st.container(key="gb_sampler_seed", horizontal=True, vertical_alignment="bottom"):
        controls.choice(
            "draw_sampler",
            t("inference_pictures.sampler"),
            lambda name: names[name],
            help=t("inference_pictures.sampler_help"),
        )
        controls.number("seed", t("inference_pictures.seed"))


def _exaggerates(drawer: Drawer, t: Words) -> None:
    """Say where guidance is stronger than a fine-tuned model can take, and offer the way back."""
    best = drawer.model.guidance
    if best is None or state.value("draw_guidance") <= best:
        return
    weight = decimal(best, t.lang, 1)
    note(t("inference_pictures.exaggerates", weight=weight))
    label = t("inference_pictures.guidance_back", weight=weight)
    st.button(label, key="guidance_back", type="tertiary", on_click=_guide, args=(best,))


def _guide(weight: float) -> None:
    st.session_state["draw_guidance"] = weight


def _film(drawer: Drawer, wanted: Asked, t: Words) -> Drawing | None:
    """The film of the picture seen large."""
    settings = settings_now()
    seed = state.seed() + state.value("draw_picture")
    try:
        film = drawers.film(drawer, [wanted.caption], [seed], settings)
    except GlassboxError as error:
        show_error(error, t)
        return None
    key = (drawer.id, wanted.caption, seed, settings)
    found = _read(key, film, t)
    if not found:
        note(t("inference_pictures.not_read"))
        st.button(
            t("inference_pictures.read_now"),
            key="read_now",
            on_click=st.session_state.pop,
            args=("_reading_stopped", None),
        )
    holdings = town_holdings(drawer.book.town_seed)
    words = caption_words(wanted.caption, holdings) if wanted.scene else ()
    lines: list[FilmLine] = []
    verdict = None
    if found and wanted.scene is not None:
        since = sure_from(words, found, wanted.scene)
        lines = [FilmLine(word.text, k) for word, k in zip(words, since, strict=True)]
        verdict = verdict_of(found[-1], compare(found[-1], wanted.scene), t)
    noisy, guesses = drawers.frames_of(film)
    picture_film(
        noisy,
        guesses,
        t,
        key="film",
        times=[frame.time for frame in film.frames],
        lines=lines,
        seen=[seen_text(one, t) for one in found] or [""] * len(noisy),
        verdict=verdict,
        plays=state.depth() == "watch",
    )
    return Drawing(wanted, seed, settings, film, found[-1] if found else None)


def _read(key: tuple[object, ...], film: Film, t: Words) -> Sequence[Reading]:
    """What the reader sees in every guess; nothing where the visitor stopped it."""
    guesses = drawers.guesses_of(film)
    if len(guesses) <= SOON or drawers.known("readings", key):
        return drawers.readings(key, guesses, lambda share: None)
    if st.session_state.get("_reading_stopped") == key:
        return ()
    st.session_state["_reading_stopped"] = key  # a run that is broken off leaves it behind
    with watched(t, "film") as tell:
        found = drawers.readings(key, guesses, tell)
    del st.session_state["_reading_stopped"]
    return found


def _sixteen(drawer: Drawer, wanted: Asked, settings: DrawSettings, t: Words) -> None:
    """The same caption with the next seeds; a click shows one large."""
    first = state.seed()
    seeds = range(first, first + N_PICTURES)
    pictures = drawers.finished(drawer, [wanted.caption] * N_PICTURES, seeds, settings)
    key = (drawer.id, wanted.caption, first, settings, N_PICTURES)
    found = drawers.readings(key, list(pictures), lambda share: None)
    notes, n_right = [], 0
    for seed, reading in zip(seeds, found, strict=True):
        spoken = t("inference_pictures.wall_one", seed=seed, seen=seen_text(reading, t))
        sign = sign_of(reading, compare(reading, wanted.scene)) if wanted.scene else ""
        n_right += sign == "yes"
        notes.append(PictureNote(sign=sign, spoken=spoken))
    last = whole(first + N_PICTURES - 1, t.lang)
    about = {"first": whole(first, t.lang), "last": last, "n": whole(N_PICTURES, t.lang)}
    if wanted.scene:
        note(t("inference_pictures.wall", **about, right=whole(n_right, t.lang)))
    else:
        note(t("inference_pictures.wall_unread", **about))
    st.session_state.setdefault("draw_picture", state.value("draw_picture"))
    picked = picture_wall(
        pictures,
        key="sixteen",
        label=t("inference_pictures.wall_label"),
        notes=notes,
        columns=4,
        picked=state.value("draw_picture"),
    )
    if picked is not None and picked != state.value("draw_picture"):
        st.session_state["draw_picture"] = picked
        state.put_in_url("draw_picture")
        st.rerun()
