"""Text as coloured tokens."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


class Span(Protocol):
    """What token_strip shows; core.data.text.graphemes.TokenSpan fits this protocol."""

    @property
    def text(self) -> str: ...
    @property
    def ids(self) -> Sequence[int]: ...


@dataclass(frozen=True)
class Scale:
    """What the values behind tokens mean.

    Args:
        name: such as "surprise".
        unit: such as "bit".
        top: the value drawn in the deepest colour; None: the largest present.
        digits: number of decimals shown.
        ends: words at both ends in place of numbers, which are then nowhere shown.
        signed: whether values below 0 mean the opposite; they get a colour of their own and their
            bar on top.
    """

    name: str
    unit: str = ""
    top: float | None = None
    digits: int = 1
    signed: bool = False
    ends: tuple[str, str] | None = None


@dataclass(frozen=True)
class Picked:
    """A clicked token: the span, and the position of its first token."""

    span: int
    token: int


def token_strip(
    spans: Sequence[Span],
    t: Words,
    *,
    key: str,
    values: Sequence[float | None] | None = None,
    scale: Scale | None = None,
    group: str = "sentence",
    selectable: bool = False,
    small: bool = False,
    numbered: bool = False,
    live_run: str | None = None,
    after: int = -1,
    label: str | None = None,
    shown_as: Sequence[str | None] | None = None,
    hint: bool = True,
) -> Picked | None:
    """Text as coloured tokens; a hovered token is highlighted in every view of the same group.

    Args:
        spans: grapheme-safe spans, such as those from token_spans.
        values: one per span, to colour by; None: alternating hues.
        scale: what the values mean; needed with `values` or `live_run`.
        group: views of the same text share a name.
        selectable: whether clicks are reported to Python.
        small: a smaller layout, for long texts.
        numbered: whether each token's number in the vocabulary is shown below it.
        live_run: a run whose "sentence" rows (nats per token) replace the values, shown in bits.
        after: the last `seq` of that run already in `values`.
        label: what the whole is called for those who do not see it.
        shown_as: one per span, the words that stand in its place; None: its own text.
        hint: whether it is said that one can point at a token.

    Returns:
        The token clicked in this rerun, or None.
    """
    shown = scale or Scale("")
    data = {
        "spans": [
            {"text": span.text, "ids": list(span.ids)} | ({"shown": other} if other else {})
            for span, other in zip(spans, shown_as or [None] * len(spans), strict=True)
        ],
        "values": None if values is None else list(values),
        "legend": shown.name,
        "unit": shown.unit,
        "top": shown.top,
        "digits": shown.digits,
        "signed": shown.signed,
        "ends": shown.ends,
        "group": group,
        "selectable": selectable,
        "small": small,
        "numbered": numbered,
        "live": {"run": live_run, "after": after, "factor": 1 / math.log(2)} if live_run else None,
        "label": label or t("components.tokens"),
        "hint": t("components.tokens_hint") if hint else "",
        "lang": t.lang,
        "words": {"token": t("components.token_id"), "bytes": t("components.bytes")},
    }
    result = mount("tokens", key, data, "picked")
    return Picked(**result.picked) if result.picked else None
