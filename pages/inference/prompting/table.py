"""The bench as a table: a column for each prompt, a row for each question, every answer inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from core.alignment.text.scoring import Score, Share, Task, in_language, polite, right
from pages.inference.prompting.strip import tokens_html
from pages.kit.catalogue import Words
from pages.kit.models import Model
from pages.kit.numbers import NO_FIGURE, share, share_span, whole

SIGNS: Final = {"right": "✓", "wrong": "✗", "none": "–"}


@dataclass(frozen=True)
class Cell:
    """One answer and what is said of it."""

    answer: str
    score: Score


@dataclass(frozen=True)
class Column:
    """One prompt.

    Args:
        title: what it is called.
        tokens: with the first question, as the model reads it.
        scores: of all answers so far.
    """

    title: str
    tokens: Sequence[int]
    scores: Sequence[Score]


def bench_html(
    model: Model,
    columns: Sequence[Column],
    asked: Sequence[Task],
    cells: Mapping[tuple[int, int], Sequence[Cell]],
    n_seeds: int,
    t: Words,
) -> str:
    """The whole table."""
    head = "".join(_head(column, model, t) for column in columns)
    measures = (
        (t("prompting.measure_right"), right),
        (t("prompting.measure_language"), in_language),
        (t("prompting.measure_polite"), polite),
    )
    counted = "".join(
        f'<tr class="counted"><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{share_html(measure(column.scores), t)}</td>" for column in columns)
        + "</tr>"
        for name, measure in measures
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(task.question)}</th>'
        + "".join(_cell(cells.get((p, q), ()), n_seeds, t) for p in range(len(columns)))
        + "</tr>"
        for q, task in enumerate(asked)
    )
    corner = escape(t("prompting.with_first"))
    name = escape(t("prompting.table"))
    return (
        f'<div class="gb-bench" role="region" aria-label="{name}" tabindex="0"><table><thead><tr>'
        f'<th scope="col">{corner}</th>{head}</tr></thead>'
        f"<tbody>{counted}{rows}</tbody></table></div>"
    )


def _head(column: Column, model: Model, t: Words) -> str:
    n_context = model.config.n_context
    n = t("prompting.n_tokens", n=whole(len(column.tokens), t.lang), of=whole(n_context, t.lang))
    read = tokens_html(model.encoder, column.tokens, n_context, t)
    return f'<th scope="col"><b>{escape(column.title)}</b>{read}<i>{escape(n)}</i></th>'


def share_html(found: Share, t: Words) -> str:
    """A share with its interval as a bar, and in numbers with how many draws it comes from."""
    if not found.n:
        return NO_FIGURE
    low, high = found.span
    said = t("prompting.span", span=share_span(low, high, t.lang), n=whole(found.n, t.lang))
    return (
        f"<strong>{escape(share(found.value, t.lang))}</strong>"
        f'<span class="span" aria-hidden="true"><i style="left:{100 * low:.1f}%;'
        f'right:{100 - 100 * high:.1f}%"></i><b style="left:{100 * found.value:.1f}%"></b></span>'
        f"<small>{escape(said)}</small>"
    )


def _cell(cells: Sequence[Cell], n_seeds: int, t: Words) -> str:
    if not cells:
        return f"<td>{NO_FIGURE}</td>"
    signs = "".join(
        f'<b class="{cell.score.verdict}">{SIGNS[cell.score.verdict]}</b>' for cell in cells
    )
    n_right = sum(cell.score.verdict == "right" for cell in cells)
    said = t("prompting.cell", n=whole(n_right, t.lang), of=whole(len(cells), t.lang))
    answers = "".join(
        f'<li><b class="{cell.score.verdict}">{SIGNS[cell.score.verdict]}</b> '
        f"{escape(cell.answer or NO_FIGURE)}</li>"
        for cell in cells
    )
    waiting = "·" * (n_seeds - len(cells))
    return (
        f'<td><details><summary aria-label="{escape(said)}">{signs}{waiting}</summary>'
        f"<ul>{answers}</ul></details></td>"
    )
