"""Batches, precisions and the memory's speed: tables with bars, all to scale."""

import math
from collections.abc import Sequence
from html import escape

import streamlit as st

from core.inference.packed import Precision
from core.inference.timing import InPrecision, MemorySpeed, Spread, TextTimes, bytes_per_token
from core.languages import WRITTEN
from pages.inference.cost import measuring
from pages.inference.cost.opened import Opened
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import change, data_size, decimal, share, significant, whole

GIGA = 1e9


def batches(found: dict[int, Spread], t: Words) -> None:
    """Tokens a second of all texts together, and of each."""
    most = max(one.median for one in found.values())
    rows = [
        [
            whole(size, t.lang),
            _bar(one.median / most),
            measuring.spread(one, t),
            significant(one.median / size, t.lang, 3),
        ]
        for size, one in found.items()
    ]
    heads = [t("cost.column_texts"), "", t("cost.column_together"), t("cost.column_each")]
    st.html(_table(heads, rows))
    sizes = list(found)
    gain = found[sizes[-1]].median / found[sizes[0]].median
    note(
        t(
            "cost.batches_told",
            n=whole(sizes[-1], t.lang),
            gain=significant(gain, t.lang, 2),
            rounds=whole(found[sizes[0]].n, t.lang),
        )
    )


def precisions(found: tuple[Sequence[InPrecision], int, int], opened: Opened, t: Words) -> None:
    """Bytes, speed, loss and text of every precision."""
    rows, n_tokens, n_letters = found
    names, most = precision_names(t), rows[0].weight_bytes
    cells = [
        [
            names[row.precision],
            _bar(row.weight_bytes / most) + escape(data_size(row.weight_bytes, t.lang)),
            measuring.spread(row.tokens_per_s, t),
            f"{decimal(bits(row.loss_nats, n_letters), t.lang, 3)}"
            + ("" if row is rows[0] else f" ({_rise(row, rows[0], t)})"),
            f'<span class="gb-written">{escape(opened.read(row.tokens))}</span>',
        ]
        for row in rows
    ]
    heads = [
        t("cost.column_precision"),
        t("cost.column_bytes"),
        t("cost.column_speed"),
        t("cost.column_loss"),
        t("cost.column_text"),
    ]
    st.html(_table(heads, cells))
    note(
        t(
            "cost.precisions_told",
            n=whole(n_tokens, t.lang),
            letters=whole(n_letters, t.lang),
            rounds=whole(rows[0].tokens_per_s.n, t.lang),
        )
    )
    slower = [
        names[row.precision]
        for row in rows[1:]
        if row.tokens_per_s.median <= rows[0].tokens_per_s.median
    ]
    if slower:
        note(t("cost.not_faster", names=", ".join(slower)))
    emulated = [names[row.precision] for row in rows if not row.native]
    if emulated:
        note(t("cost.no_kernel", names=", ".join(emulated)))


def precision_names(t: Words) -> dict[Precision, str]:
    """What the precisions are called."""
    return {
        "float32": "float32",
        "bfloat16": "bfloat16",
        "int8": t("cost.eight_bits"),
        "int4": t("cost.four_bits"),
    }


def bits(nats: float, n_letters: int) -> float:
    """Loss in bits per letter."""
    return nats / math.log(2.0) / max(1, n_letters)


def _rise(row: InPrecision, whole_one: InPrecision, t: Words) -> str:
    percent = 100.0 * (row.loss_nats / whole_one.loss_nats - 1.0)
    return change(percent, t.lang, 2) + WRITTEN[t.lang].per_cent


def memory(found: Sequence[MemorySpeed], text: TextTimes, opened: Opened, t: Words) -> None:
    """The memory's speed by size, and how near the model comes to it."""
    most = max(one.read.median for one in found)
    rows = [
        [
            escape(data_size(one.n_bytes, t.lang)) + _mark(one, text, t),
            _bar(one.read.median / most),
            measuring.spread(one.read, t, 2, 1 / GIGA),
            measuring.spread(one.copied, t, 2, 1 / GIGA),
        ]
        for one in found
    ]
    heads = [t("cost.column_size"), "", t("cost.column_read"), t("cost.column_copied")]
    st.html(_table(heads, rows))
    config, slowest = opened.config, found[-1].read.high
    table_bytes = 4 * config.n_vocab * config.n_channels
    middle = text.cache_bytes[len(text.cache_bytes) // 2]
    per_token = bytes_per_token(text.weight_bytes, table_bytes, config.tied, middle)
    reached = text.best_rate
    limit = slowest / per_token
    fitting = [one for one in found[1:] if one.n_bytes <= 1.05 * text.weight_bytes]
    own = [found[0], *fitting][-1].read.high  # the largest that is no larger than the model
    note(
        t(
            "cost.roofline",
            size=data_size(per_token, t.lang),
            bandwidth=significant(slowest / GIGA, t.lang, 2),
            limit=significant(limit, t.lang, 2),
            reached=significant(reached, t.lang, 2),
            part=share(reached / limit, t.lang),
        )
    )
    in_cache = own > 1.5 * slowest
    note(
        t("cost.in_cache", speed=significant(own / GIGA, t.lang, 2))
        if in_cache
        else t("cost.not_in_cache")
    )


def _mark(one: MemorySpeed, text: TextTimes, t: Words) -> str:
    near = abs(one.n_bytes - text.weight_bytes) < 0.05 * text.weight_bytes
    return f" <em>{escape(t('cost.like_the_model'))}</em>" if near else ""


def _bar(part: float) -> str:
    return f'<span class="gb-cost-bar"><i style="width:{100 * part:.1f}%"></i></span>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        "<tr>"
        + f'<th scope="row">{row[0]}</th>'
        + "".join(f"<td>{cell}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="gb-cost-table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
