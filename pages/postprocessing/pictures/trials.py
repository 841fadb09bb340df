"""The experiments: a small turn against the watermark, a mirror against the filter."""

from html import escape

import streamlit as st

from core.data.pictures import Pixels
from core.postprocessing.pictures.attacks import turned as turn
from core.postprocessing.pictures.line import mark_key
from core.postprocessing.pictures.picture_filter import FilterSettings
from core.postprocessing.pictures.scaling import enlarged
from core.postprocessing.pictures.watermark import PictureMark, detect, embed
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components.picture_line import as_source
from pages.kit.frame import Measured
from pages.kit.numbers import share, whole
from pages.postprocessing.pictures.arriving import Hand, arrived, source
from pages.postprocessing.pictures.finishing import exam
from pages.postprocessing.pictures.learning import spots
from pages.postprocessing.pictures.leaving import bound

DEGREES = 2.0


def turned(by: Hand, t: Words) -> Measured:
    """Turn a marked picture a little and look for the mark."""
    large = enlarged(arrived(state.caption(), source(), state.seed(), by).picture, 256)
    marked = embed(large, PictureMark(key=mark_key()))
    askew = turn(marked, DEGREES)
    before, after = detect(marked, mark_key()), detect(askew, mark_key())
    text = t(
        "postprocessing_pictures.turned_measured",
        before=bound(before.log10_p, t),
        after=bound(after.log10_p, t),
    )
    outcome = "found" if after.is_marked else "lost"
    return Measured(outcome, text, lambda: _side_by_side([marked, askew]))


def mirrored(t: Words) -> Measured:
    """Show the filter pictures in a mirror."""
    settings = FilterSettings()
    missed = spots(settings)["mirrored"].missed
    usual = exam(settings).at(0.5)
    outcome = "few" if missed < 0.25 else "half" if missed < 0.8 else "most"
    text = t(
        "postprocessing_pictures.mirrored_measured",
        missed=share(missed, t.lang),
        usual=share(1.0 - usual.recall, t.lang, 1),
        n=whole(spots(settings)["mirrored"].n // 2, t.lang),
    )
    return Measured(outcome, text)


def _side_by_side(pictures: list[Pixels]) -> None:
    t = state.t()
    names = (t("postprocessing_pictures.before_turn"), t("postprocessing_pictures.after_turn"))
    shown = "".join(
        f"<figure><img src='{as_source(picture)}' alt='{escape(name)}' width='180' height='180'>"
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for picture, name in zip(pictures, names, strict=True)
    )
    st.html(f"<div class='gb-two-pictures'>{shown}</div>")
