"""A number that can be clicked and is then computed a second time, next to the first.

The page passes a function that does both; it runs only on request.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from pages.kit.catalogue import Words
from pages.kit.numbers import significant


@dataclass(frozen=True)
class Recheck:
    """One number, computed in two ways.

    Args:
        inputs: the inputs: name and value, in the reader's format.
        operation: what was done with it, as a formula in plain characters.
        by_torch: what this app computed.
        by_numpy: what core.recheck computed from the same inputs.
        tolerance: the largest difference, relative to by_numpy, that rounding explains.
    """

    inputs: Sequence[tuple[str, str]]
    operation: str
    by_torch: float
    by_numpy: float
    tolerance: float = 1e-4

    @property
    def same(self) -> bool:
        """Whether both ways lead to the same number, apart from rounding."""
        size = max(abs(self.by_numpy), 1e-12)
        return abs(self.by_torch - self.by_numpy) <= self.tolerance * size


def recheckable(
    key: str, t: Words, *, value: str, label: str, compute: Callable[[], Recheck]
) -> None:
    """A number as a button that opens its recheck.

    Args:
        key: unique on the page.
        value: the number as formatted by numbers.py.
        label: what it is.
        compute: computes it in both ways.
    """
    with st.container(key=f"gb_recheck_{key}", horizontal=True, vertical_alignment="center"):
        st.html(f'<span class="gb-soft">{escape(label)}</span>', width="content")
        shown = f"{value} :small[⟲ {t('frame.recheck_short')}]"
        if st.button(shown, key=f"recheck_{key}", help=t("frame.recheck"), type="tertiary"):
            open_recheck(t, label, compute())


def open_recheck(t: Words, label: str, result: Recheck) -> None:
    """Open the panel: inputs, operation, both results, their difference."""

    @st.dialog(t("frame.recheck_title"), width="medium")
    def panel() -> None:
        st.html(f"<p><b>{escape(label)}</b></p>{_table(t, result)}")
        verdict = t("frame.recheck_same") if result.same else t("frame.recheck_other")
        kind = "gb-same" if result.same else "gb-error"
        st.html(f'<p class="{kind}" role="status">{escape(verdict)}</p>')

    panel()


def _table(t: Words, result: Recheck) -> str:
    given = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in result.inputs
    )
    apart = abs(result.by_torch - result.by_numpy)
    rows = (
        (t("frame.inputs"), f"<table>{given}</table>"),
        (t("frame.operation"), f"<code>{escape(result.operation)}</code>"),
        (t("frame.by_torch"), f"<b>{significant(result.by_torch, t.lang, 6)}</b>"),
        (t("frame.by_numpy"), f"<b>{significant(result.by_numpy, t.lang, 6)}</b>"),
        (t("frame.difference"), significant(apart, t.lang, 2)),
    )
    body = "".join(
        f'<tr><th scope="row">{escape(head)}</th><td>{cell}</td></tr>' for head, cell in rows
    )
    return f'<table class="gb-recheck">{body}</table>'
