"""What stands below the question on the page “postprocessing” for pictures."""

import streamlit as st

from core.errors import GlassboxError
from core.postprocessing.pictures.caption_check import check
from core.postprocessing.pictures.formats import mosaic
from core.postprocessing.pictures.line import Finished, finish
from core.postprocessing.pictures.origin import checked
from core.postprocessing.pictures.painters import BOOK
from core.postprocessing.pictures.picture_filter import FilterNet, PictureFilter
from core.postprocessing.pictures.prompt_filter import judged
from core.postprocessing.pictures.watermark import embed, fits_of, folded
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.components.picture_line import Way, picture_line
from pages.kit.frame import (
    Figure,
    computed_now,
    experiments,
    hand_over,
    note,
    predict,
    show_error,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import whole
from pages.kit.static import ASSETS
from pages.postprocessing.pictures import (
    arriving,
    handing,
    learning,
    one_life,
    removing,
    trials,
)
from pages.postprocessing.pictures.finishing import finished_now, leaves
from pages.postprocessing.pictures.leaving import bound, names
from pages.postprocessing.pictures.stations import stations


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "picture_line.css")
    found: Finished | None = None
    by = arriving.hand()
    with stage(t("postprocessing_pictures.stage"), computed_now(t)):
        try:
            if state.depth() != "watch":
                _controls(by, t)
            found = _line(by, t)
        except GlassboxError as error:
            show_error(error, t)

    if found is not None and found.file:
        if state.depth() != "watch":
            removing.card_of(found, t)
        handing.card_of(found, t)
        if state.depth() != "watch":
            learning.card_of(t)

    one_life.card_of(t)

    if experiments(t):
        predict(
            f"picture_turned_{t.lang}_{state.seed()}",
            t,
            question=t("postprocessing_pictures.turned_question"),
            options={
                "found": t("postprocessing_pictures.turned_found"),
                "lost": t("postprocessing_pictures.turned_lost"),
            },
            measure=lambda: trials.turned(by, t),
        )
        predict(
            f"picture_mirrored_{t.lang}",
            t,
            question=t("postprocessing_pictures.mirrored_question"),
            options={
                "few": t("postprocessing_pictures.mirrored_few"),
                "half": t("postprocessing_pictures.mirrored_half"),
                "most": t("postprocessing_pictures.mirrored_most"),
            },
            measure=lambda: trials.mirrored(t),
        )
    _hood(t)
    hand_over(t, "postprocessing", _handed_over(found, t))


def _controls(by: arriving.Hand, t: Words) -> None:
    """What arrives, and what the last three stages do."""
    who = {
        "drawn": t("postprocessing_pictures.by_model")
        if by.painter
        else t("postprocessing_pictures.as_asked"),
        "mistake": t("postprocessing_pictures.with_mistake"),
        "lone": t("postprocessing_pictures.something_else"),
    }
    ways = {
        "nearest": t("postprocessing_pictures.nearest"),
        "bicubic": t("postprocessing_pictures.bicubic"),
        "lanczos": t("postprocessing_pictures.lanczos"),
    }
    with st.container(horizontal=True, key="gb_picture_controls", vertical_alignment="bottom"):
        controls.choice(
            "line_source",
            t("postprocessing_pictures.what_arrives"),
            who.__getitem__,
        )
        controls.choice("picture_method", t("postprocessing_pictures.method"), ways.__getitem__)
        controls.slider(
            "picture_strength",
            t("postprocessing_pictures.strength"),
            help=t("postprocessing_pictures.strength_help"),
        )
        controls.choice("picture_format", t("postprocessing_pictures.format"), str.upper)


def _line(by: arriving.Hand, t: Words) -> Finished:
    """The picture on its way, and where it comes from."""
    who = arriving.source()
    with st.spinner(t("postprocessing_pictures.learning")):
        found = finished_now(who, by)
        shown = stations(found, t)
    way = Way(
        shown,
        threshold=float(state.value("picture_threshold")),
        chosen=_opened_first(found),
        plays=state.depth() == "watch",
        words=_spoken(t),
    )
    threshold = picture_line(way, t, key="picture_line")
    if threshold is not None and threshold != state.value("picture_threshold"):
        st.session_state["picture_threshold"] = threshold
        state.put_in_url("picture_threshold")
    if found.views:
        note(_drawn_by(arriving.arrived(state.caption(), who, state.seed(), by), by, t))
    return found


def _opened_first(found: Finished) -> str:
    """The station that tells most: who holds it back, else what is amiss, else the first."""
    if found.held_by:
        return found.held_by
    amiss = [entry.stage for entry in found.trail if entry.outcome == "marked"]
    if "caption" in amiss or "prompt" in amiss:
        return "caption" if "caption" in amiss else "prompt"
    return "prompt"


def _drawn_by(drawn: arriving.Arrived, by: arriving.Hand, t: Words) -> str:
    """Whose picture it is."""
    if drawn.model != BOOK:
        if by.own:
            return t("postprocessing_pictures.by_your_model", seed=drawn.seed)
        return t("postprocessing_pictures.by_the_model", seed=drawn.seed)
    if drawn.by_chance:
        return t("postprocessing_pictures.by_chance")
    return t("postprocessing_pictures.by_the_book")


def _spoken(t: Words) -> dict[str, str]:
    """What the browser says by itself."""
    return {
        "way": t("postprocessing_pictures.way"),
        "not_reached": t("postprocessing_pictures.not_reached"),
        "not_reached_long": t("postprocessing_pictures.not_reached_long"),
        "held": t("postprocessing_pictures.held"),
        "through": t("postprocessing_pictures.through"),
        "score": t("postprocessing_pictures.score"),
        "threshold": t("postprocessing_pictures.threshold"),
        "drag": t("postprocessing_pictures.drag"),
        "missed": t("postprocessing_pictures.missed"),
        "alarms": t("postprocessing_pictures.alarms"),
        "spoken_held": t("postprocessing_pictures.spoken_held", stage="{stage}"),
        "spoken_through": t("postprocessing_pictures.spoken_through"),
    }


def _hood(t: Words) -> None:
    if not under_the_hood(t):
        return
    source(
        t,
        embed,
        folded,
        fits_of,
        words=t("postprocessing_pictures.hood_mark"),
        formula=r"z(s) = \frac{\langle x,\, T_s c\rangle}{\lVert x\rVert}, \quad c \in "
        r"\{-1, 1\}^{64 \times 64}, \quad p \le n\, e^{-z^2/2}",
        paper="Kalker et al. 1999, A Video Watermarking System for Broadcast Monitoring; "
        "Hoeffding 1963, Probability Inequalities for Sums of Bounded Random Variables",
    )
    source(
        t,
        FilterNet,
        PictureFilter.evidence,
        words=t("postprocessing_pictures.hood_filter"),
        paper="Zeiler, Fergus 2014, Visualizing and Understanding Convolutional Networks, "
        "arXiv:1311.2901",
    )
    source(t, judged, check, words=t("postprocessing_pictures.hood_check"))
    source(
        t,
        checked,
        words=t("postprocessing_pictures.hood_origin"),
        paper="Krawczyk et al. 1997, HMAC: Keyed-Hashing for Message Authentication, RFC 2104",
    )
    source(t, mosaic, words=t("postprocessing_pictures.hood_mosaic"))
    source(t, finish, words=t("postprocessing_pictures.hood_line"))


def _handed_over(found: Finished | None, t: Words) -> list[Figure]:
    """Words kept, the mark's p-value, stages passed; nothing where nothing leaves."""
    if found is None or not leaves(found) or found.check is None:
        return []
    row = []
    if found.check.words:
        counts = found.check.counts
        n = whole(counts["kept"], t.lang)
        n_all = whole(len(found.check.words) - counts["not_shown"], t.lang)
        row.append(
            Figure(
                t("postprocessing_pictures.of", n=n, all=n_all),
                t("postprocessing_pictures.words_kept"),
            )
        )
    mark = next(entry for entry in found.trail if entry.stage == "watermark")
    if mark.outcome == "changed":
        p = bound(mark.notes["log10_p"], t)
        row.append(Figure(f"≤ {p}", t("postprocessing_pictures.p_of_mark")))
    n_stages = sum(entry.outcome != "skipped" for entry in found.trail)
    row.append(
        Figure(
            t("postprocessing_pictures.of", n=str(n_stages), all=str(len(names(t)))),
            t("postprocessing_pictures.stages_passed"),
        )
    )
    return row
