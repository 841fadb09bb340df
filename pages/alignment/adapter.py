"""A low-rank adapter drawn as what it is: two thin matrices beside a big one, true to scale."""

from html import escape
from typing import Final

import streamlit as st

from core.alignment.lora import Shape, shapes
from pages.alignment import teaching
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, figures, note
from pages.kit.models import Model
from pages.kit.numbers import whole

LONG_SIDE: Final = 150.0  # pixels of the longest side that is drawn
LEAST: Final = 1.0  # pixels: thinner than this nothing could be seen


def drawn(model: Model, rank: int, t: Words) -> None:
    """The largest matrix of a block with its adapter, and the numbers that learn."""
    every = shapes(model.config, max(rank, 1))
    one = max((each for each in every if ".0." in each.name), key=lambda each: each.n_whole)
    st.html(picture(one, rank, t))
    if rank:
        whole_model = teaching.n_trained(model.config, 0)
        row = [
            Figure(whole(teaching.n_trained(model.config, rank), t.lang), t("tuning.n_adapters")),
            Figure(whole(whole_model, t.lang), t("tuning.n_all")),
        ]
        figures(t, row)
        note(f"{teaching.trained_text(model, rank, t)} {t('tuning.scale_note')}")
    else:
        note(f"{teaching.trained_text(model, rank, t)} {t('tuning.whole_note')}")


def picture(one: Shape, rank: int, t: Words) -> str:
    """The matrix W of d x k numbers; beside it B of d x r and A of r x k, at the same scale."""
    scale = LONG_SIDE / max(one.d, one.k)
    d, k, r = one.d * scale, one.k * scale, max(LEAST, rank * scale)
    gap, top = 34.0, 22.0
    boxes = [_box("w", 0, top, k, d, f"W  {one.d} × {one.k}")]
    width = k
    if rank:
        left = k + gap
        boxes += [
            f'<text x="{left - gap / 2:.1f}" y="{top + d / 2 + 5:.1f}" class="sign">+</text>',
            _box("b", left, top, r, d, f"B  {one.d} × {rank}"),
            _box("a", left + r + 14, top, k, r, f"A  {rank} × {one.k}", below=True),
        ]
        width = left + r + 14 + k
    size = {"d": whole(one.d, t.lang), "k": whole(one.k, t.lang)}
    if rank:
        alt = t("tuning.adapter_alt", **size, r=whole(rank, t.lang))
    else:
        alt = t("tuning.whole_alt", **size)
    # Names need room of their own where a matrix is thinner than they are.
    return (
        f'<figure class="gb-adapter"><svg role="img" aria-label="{escape(alt)}" '
        f'viewBox="-2 -2 {width + 110:.0f} {top + d + 8:.0f}" '
        f'style="max-width:{width + 110:.0f}px">{"".join(boxes)}</svg></figure>'
    )


def _box(
    name: str, x: float, y: float, width: float, height: float, label: str, below: bool = False
) -> str:
    at = y + height + 16 if below else y - 7
    return (
        f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{width:.2f}" '
        f'height="{height:.2f}"/><text x="{x:.1f}" y="{at:.1f}">{escape(label)}</text>'
    )
