"""The last three stations: enlarging, the watermark, the file with its record."""

import math
from typing import Any, Final

import numpy as np
import streamlit as st

from core.data.pictures import Pixels
from core.postprocessing.pictures.formats import encoded
from core.postprocessing.pictures.line import Finished
from core.postprocessing.pictures.scaling import METHODS, effect, enlarged
from core.postprocessing.pictures.trail import Entry
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components.picture_line import Shot, Station, as_source
from pages.kit.numbers import data_size, decimal, quantity, share, significant, whole
from pages.postprocessing.marking.detector import SUPERSCRIPTS

AMPLIFIED: Final = 20  # times, where the difference is shown
_MIDDLE: Final = 128  # grey level that stands for no difference


def names(t: Words) -> dict[str, str]:
    """The stages' names, short."""
    return {
        "prompt": t("postprocessing_pictures.prompt"),
        "caption": t("postprocessing_pictures.caption"),
        "filter": t("postprocessing_pictures.filter"),
        "enlarge": t("postprocessing_pictures.enlarge"),
        "watermark": t("postprocessing_pictures.watermark"),
        "origin": t("postprocessing_pictures.origin"),
    }


def bound(log10_p: float, t: Words) -> str:
    """An upper bound of a probability from its logarithm: 0.03 or 10⁻⁸⁶."""
    if log10_p >= 0:
        return "1"
    if log10_p > -3:
        return significant(10.0**log10_p, t.lang, 2)
    return f"10{str(math.ceil(log10_p)).translate(SUPERSCRIPTS)}"


@st.cache_data(max_entries=64, show_spinner=False)
def _ways(picture: Pixels, side: int) -> dict[str, tuple[Pixels, int]]:
    """The picture enlarged in every way, and how many colours it then has."""
    large = {method: enlarged(picture, side, method) for method in METHODS}
    return {method: (each, effect(picture, each).colours_after) for method, each in large.items()}


def enlarge(found: Finished, entry: Entry, t: Words) -> Station:
    """All ways of enlarging side by side, the middle cut out of each."""
    small, large = found.views["filter"], found.views["enlarge"]
    name, title = names(t)["enlarge"], t("postprocessing_pictures.enlarge_title")
    if entry.outcome == "skipped":
        line = t("postprocessing_pictures.enlarge_svg")
        shot = Shot(as_source(small), t("postprocessing_pictures.as_drawn"), sharp=True)
        short = t("postprocessing_pictures.not_needed")
        return Station(
            "enlarge", name, title, short, "skipped",
            lines=(line,), shots=(shot,), thumb=shot.src, sharp=True,
        )  # fmt: skip
    side = len(large)
    chosen = str(state.value("picture_method"))
    words = _methods(t)
    shots = []
    top, left = (side // len(small) * place for place in busiest(small))
    for method, (picture, n_colours) in _ways(small, side).items():
        cut = picture[top : top + side // 2, left : left + side // 2]
        about = t("postprocessing_pictures.colours", n=whole(n_colours, t.lang))
        mark = "▸ " if method == chosen else ""
        shots.append(Shot(as_source(cut), mark + words[method], about))
    done = entry.notes
    return Station(
        "enlarge",
        name,
        title,
        f"{len(small)} → {quantity(str(side), 'px')}",
        entry.outcome,
        lines=(t("postprocessing_pictures.enlarge_line"),),
        rows=(
            (t("postprocessing_pictures.invented"), share(done["invented"], t.lang)),
            (t("postprocessing_pictures.beyond"), share(done["beyond"], t.lang, 1)),
            (t("postprocessing_pictures.way_back"), decimal(done["way_back"], t.lang, 1)),
        ),
        shots=shots,
        thumb=as_source(large),
    )


def busiest(small: Pixels) -> tuple[int, int]:
    """Top and left of the quarter of a picture in which neighbours differ most."""
    n = len(small) // 2
    light = small.astype(np.float64).mean(axis=2)
    edges = np.abs(np.diff(light, axis=0, append=light[-1:])) + np.abs(
        np.diff(light, axis=1, append=light[:, -1:])
    )
    places = [(top, left) for top in range(0, n + 1, 2) for left in range(0, n + 1, 2)]
    return max(places, key=lambda at: edges[at[0] : at[0] + n, at[1] : at[1] + n].sum())


def _methods(t: Words) -> dict[str, str]:
    return {
        "nearest": t("postprocessing_pictures.nearest"),
        "bicubic": t("postprocessing_pictures.bicubic"),
        "lanczos": t("postprocessing_pictures.lanczos"),
    }


def amplified(before: Pixels, after: Pixels) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(H, W) the difference in brightness, AMPLIFIED; the middle grey stands for none."""
    change = (after.astype(np.float64) - before).mean(axis=2) * AMPLIFIED
    return np.asarray(np.rint(np.clip(_MIDDLE + change, 0.0, 255.0)), np.uint8)


def watermark(found: Finished, entry: Entry, t: Words) -> Station:
    """Before, after, and the difference made visible."""
    before, after = found.views["enlarge"], found.views["watermark"]
    name, title = names(t)["watermark"], t("postprocessing_pictures.watermark_title")
    if entry.outcome == "skipped":
        is_svg = found.format == "svg"
        line = (
            t("postprocessing_pictures.watermark_svg")
            if is_svg
            else t("postprocessing_pictures.watermark_off")
        )
        short = t("postprocessing_pictures.none_here")
        return Station("watermark", name, title, short, "skipped", lines=(line,), kind="–")
    done = entry.notes
    difference = as_source(amplified(before, after))
    shots = (
        Shot(as_source(before), t("postprocessing_pictures.before")),
        Shot(as_source(after), t("postprocessing_pictures.after")),
        Shot(
            difference,
            t("postprocessing_pictures.difference", n=AMPLIFIED),
            t("postprocessing_pictures.difference_about"),
        ),
    )
    psnr = done["psnr_db"]
    return Station(
        "watermark",
        name,
        title,
        t("postprocessing_pictures.watermark_short", p=bound(done["log10_p"], t)),
        entry.outcome,
        lines=(t("postprocessing_pictures.watermark_line"),),
        rows=(
            (t("postprocessing_pictures.p_before"), bound(done["log10_p_before"], t)),
            (t("postprocessing_pictures.p_after"), f"≤ {bound(done['log10_p'], t)}"),
            (t("postprocessing_pictures.psnr"), quantity(decimal(psnr, t.lang, 1), "dB")),
            (t("postprocessing_pictures.changed"), share(done["changed"], t.lang)),
        ),
        shots=shots,
        thumb=difference,
    )


def origin(found: Finished, entry: Entry, t: Words) -> Station:
    """The file, and the record inside it."""
    record, format = found.record, found.format
    last = found.views["origin"]
    shots = (Shot(as_source(last), t("postprocessing_pictures.leaving"), sharp=len(last) < 64),)
    plain = len(encoded(last, format))
    drawn_by = (
        t("postprocessing_pictures.by_book") if record["model"] == "book" else record["model"][:12]
    )
    size = data_size(len(found.file), t.lang)
    return Station(
        "origin",
        names(t)["origin"],
        t("postprocessing_pictures.origin_title"),
        f"{format.upper()}, {size}",
        entry.outcome,
        lines=(_about_format(format, t),),
        rows=(
            (t("postprocessing_pictures.record_model"), drawn_by),
            (t("postprocessing_pictures.record_seed"), str(record["seed"])),
            (t("postprocessing_pictures.record_hash"), f"{record['pixel_hash'][:8]}…"),
            (t("postprocessing_pictures.record_signature"), f"{record['signature'][:8]}…"),
            (
                t("postprocessing_pictures.record_size"),
                data_size(len(found.file) - plain, t.lang),
            ),
        ),
        why=t("postprocessing_pictures.origin_why"),
        shots=shots,
        kind=format.upper(),
    )


def _about_format(format: str, t: Words) -> str:
    return {
        "png": t("postprocessing_pictures.about_png"),
        "webp": t("postprocessing_pictures.about_webp"),
        "jpeg": t("postprocessing_pictures.about_jpeg"),
        "svg": t("postprocessing_pictures.about_svg"),
    }[format]
