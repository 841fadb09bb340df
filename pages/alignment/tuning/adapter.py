"""A low-rank adapter drawn to scale: two thin matrices beside a large one."""

from html import escape
from typing import Final

import streamlit as st
from torch import nn

from core.alignment.tuning.lora import Shape, Where, in_blocks, n_trained, shapes
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, figures, note
from pages.kit.numbers import share, whole

LONG_SIDE: Final = 120.0  # pixels of the longest side drawn
LEAST: Final = 1.0  # pixels; anything thinner would be invisible
TOP: Final = 22.0  # pixels above a matrix, for its name
GAP: Final = 34.0  # pixels between the matrix and its adapter, for the plus
NAME_WIDTH: Final = 88.0  # pixels, the width of "W 768 × 192"


def drawn(model: nn.Module, rank: int, t: Words, about: str, where: Where = in_blocks) -> None:
    """A block's largest matrix with its adapter, and how many weights are trained.

    Args:
        model: a skeleton is enough.
        rank: of the adapters; 0: all weights learn.
        t: words.
        about: what else is to be said of the drawing.
        where: which layers have adapters.
    """
    every = shapes(model, max(rank, 1), where)
    one = max((each for each in every if ".0." in each.name), key=lambda each: each.n_whole)
    st.html(picture(one, rank, t))
    some, all_ = n_trained(model, rank, where), n_trained(model, 0)
    if rank:
        figures(
            t,
            [
                Figure(whole(some, t.lang), t("tuning.n_adapters")),
                Figure(whole(all_, t.lang), t("tuning.n_all")),
            ],
        )
    trained = t("tuning.trained", n=whole(some, t.lang), all=whole(all_, t.lang),
                share=share(some / all_, t.lang))  # fmt: skip
    note(f"{trained} {about}")


def picture(one: Shape, rank: int, t: Words) -> str:
    """The matrix W of d x k numbers; beside it B of d x r and A of r x k, at the same scale."""
    scale = LONG_SIDE / max(one.d, one.k)
    d, k, r = one.d * scale, one.k * scale, max(LEAST, rank * scale)
    boxes = [_box("w", 0.0, k, d, f"W {one.d} × {one.k}")]
    width = k
    if rank:
        left = max(k, NAME_WIDTH) + GAP
        boxes += [
            f'<b style="left:{left - GAP / 2 - 5:.1f}px;top:{TOP + d / 2 - 12:.1f}px">+</b>',
            _box("b", left, r, d, f"B {one.d} × {rank}"),
            _box("a", left + max(r + 14.0, NAME_WIDTH), k, r, f"A {rank} × {one.k}"),
        ]
        width = left + max(r + 14.0, NAME_WIDTH) + k
    size = {"d": whole(one.d, t.lang), "k": whole(one.k, t.lang)}
    if rank:
        alt = t("tuning.adapter_alt", **size, r=whole(rank, t.lang))
    else:
        alt = t("tuning.whole_alt", **size)
    frame = f"width:{max(width, NAME_WIDTH):.0f}px;height:{TOP + d:.0f}px"
    return (
        f'<figure class="gb-adapter" role="img" aria-label="{escape(alt)}">'
        f'<div style="{frame}">{"".join(boxes)}</div></figure>'
    )


def _box(name: str, left: float, width: float, height: float, label: str) -> str:
    """A matrix with its name and its size above it."""
    return (
        f'<span style="left:{left:.1f}px">{escape(label)}</span>'
        f'<i class="{name}" style="left:{left:.1f}px;top:{TOP:.0f}px;'
        f'width:{width:.2f}px;height:{height:.2f}px"></i>'
    )
