"""The central picture: one column for each family, the same beginning continued in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Any, Final

from core.limits.families.makers import FAMILIES
from core.limits.families.rules import Rule
from pages.kit.catalogue import Words

RULES: Final = "rules"
COLUMNS: Final = (RULES, *FAMILIES)
LONG_RUN: Final = 5  # words in a row from the text: worth marking


@dataclass(frozen=True)
class Column:
    """What one family makes of the beginning.

    Args:
        family: one of COLUMNS.
        prompt: the beginning.
        text: what was written on; None: nothing was made yet.
        marks: ungrammatical and untrue: spans of prompt and text.
        run: the longest run of words that stands in the corpus.
        below: remarks below it.
    """

    family: str
    prompt: str = ""
    text: str | None = None
    marks: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)
    run: str = ""
    below: Sequence[str] = ()


def named(family: str, t: Words) -> str:
    """A family's name."""
    return {
        "rules": t("families.rules"),
        "ngrams": t("families.ngrams"),
        "recurrent": t("families.recurrent"),
        "transformer": t("families.transformer"),
        "example": t("families.example"),
    }[family]


def _how(family: str, t: Words) -> str:
    return {
        "rules": t("families.how_rules"),
        "ngrams": t("families.how_ngrams"),
        "recurrent": t("families.how_recurrent"),
        "transformer": t("families.how_transformer"),
    }[family]


def of_row(row: Mapping[str, Any], below: Sequence[str] = ()) -> Column:
    """A row of a run, or of what is shipped, as a column."""
    marks = {name: row[name] for name in ("ungrammatical", "untrue") if name in row}
    return Column(row["family"], row["prompt"], row["text"], marks, row.get("run", ""), below)


def of_rules(prompt: str, rule: Rule | None, t: Words) -> Column:
    """What the rules make of a beginning: the answer of the first that fits, or nothing."""
    if rule is None:
        return Column(RULES, prompt, "", below=(t("families.silent"),))
    said = t("families.by_rule", line=rule.line)
    return Column(RULES, prompt, f" → {rule.answer}", below=(said,))


def drawn(columns: Sequence[Column], t: Words) -> str:
    """All columns side by side, with what the marks mean."""
    cells = "".join(_cell(column, t) for column in columns)
    shown = any(column.text and column.family != RULES for column in columns)
    legend = ""
    if shown:
        legend = (
            "<p class='legend'>"
            f"<span><mark class='ungrammatical'>{escape(t('families.mark_grammar'))}</mark></span>"
            f"<span><mark class='untrue'>{escape(t('families.mark_false'))}</mark></span>"
            f"<span><mark class='copied'>{escape(t('families.mark_copied'))}</mark></span></p>"
        )
    return f"<div class='gb-families'><div class='columns'>{cells}</div>{legend}</div>"


def _cell(column: Column, t: Words) -> str:
    below = "".join(f"<p class='below'>{escape(line)}</p>" for line in column.below)
    if column.text is None:
        body = f"<p class='text waits'>{escape(t('families.not_yet'))}</p>"
    else:
        body = f"<p class='text'>{marked(column, t)}</p>"
    return (
        f"<section><h3>{escape(named(column.family, t))}</h3>"
        f"<p class='how'>{escape(_how(column.family, t))}</p>{body}{below}</section>"
    )


def marked(column: Column, t: Words) -> str:
    """Beginning and continuation, with the verdict on each sentence in the text itself."""
    whole = column.prompt + (column.text or "")
    spans = [("given", 0, len(column.prompt))]
    spans += [(name, start, end) for name, some in column.marks.items() for start, end in some]
    if len(column.run.split()) >= LONG_RUN and (at := whole.find(column.run)) >= 0:
        spans.append(("copied", at, at + len(column.run)))
    said = {"ungrammatical": t("families.is_ungrammatical"), "untrue": t("families.is_false")}
    verdicts = {end: said[name] for name, _, end in spans if name in said}
    cuts = sorted({0, len(whole), *(place for _, *ends in spans for place in ends)})
    found = []
    for start, end in pairwise(cuts):
        names = sorted(name for name, first, last in spans if first <= start and end <= last)
        text = escape(whole[start:end]).replace("\n", "<br>")
        found.append(f"<mark class='{' '.join(names)}'>{text}</mark>" if names else text)
        if end in verdicts:
            found.append(f"<small>{escape(verdicts[end])}</small>")
    return "".join(found)
