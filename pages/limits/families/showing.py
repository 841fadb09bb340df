"""Drawn: what every family comes to, measure by measure; answers to questions; and bars."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from core.limits.families.makers import FAMILIES
from core.limits.families.material import SORTS
from core.limits.families.measuring import Count, Told
from pages.kit.catalogue import Words
from pages.kit.numbers import (
    NO_FIGURE,
    data_size,
    decimal,
    duration,
    millions,
    share,
    whole,
    with_extremes,
)
from pages.limits.families.columns import RULES, named
from pages.limits.shown import table, with_span

Row = Mapping[str, Any]
EXAMPLE: Final = "example"
BITS_DIGITS: Final = 3
ALIKE: Final = 0.05  # of the lower surprise: hardly apart


def done(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of finished models by family; a family without any is not there."""
    found = {
        family: [r for r in rows if r["family"] == family and r["done"]] for family in FAMILIES
    }
    return {family: some for family, some in found.items() if some}


def bits(rows: Sequence[Row]) -> float:
    """Mean surprise of models of one family, in bits per byte."""
    return float(sum(row["bits_per_byte"] for row in rows) / len(rows))


def least_surprised(rows: Sequence[Row]) -> str:
    """Which expectation is fulfilled: the family with the lowest surprise at held-out text, or both
    networks where they are ahead and hardly apart.
    """
    found = {family: bits(some) for family, some in done(rows).items()}
    first, second = sorted(found, key=lambda family: found[family])[:2]
    close = found[second] <= (1.0 + ALIKE) * found[first]
    return "networks" if close and "ngrams" not in (first, second) else first


def bits_written(rows: Sequence[Row], t: Words) -> str:
    """The mean of several seeds with the smallest and largest; one as it is."""
    each = sorted(row["bits_per_byte"] for row in rows)
    middle = decimal(bits(rows), t.lang, BITS_DIGITS)
    if len(each) == 1:
        return middle
    ends = (decimal(one, t.lang, BITS_DIGITS) for one in (each[0], each[-1]))
    return with_extremes(middle, *ends)


def sentence(rows: Sequence[Row], t: Words) -> str:
    """What the three learners come to, in words."""
    found = done(rows)
    return t(
        "families.found",
        ngrams=bits_written(found["ngrams"], t),
        recurrent=bits_written(found["recurrent"], t),
        transformer=bits_written(found["transformer"], t),
    )


def pooled(rows: Sequence[Row], name: str) -> Count | None:
    """Counts of several models together; None where nobody could count."""
    some = [Count(**row[name]) for row in rows if name in row]
    return Count(sum(one.n for one in some), sum(one.n_hits for one in some)) if some else None


def answers(rows: Sequence[Row], sort: str) -> Told:
    """What several models answered to one sort of question."""
    told = Told(0, 0, 0)
    for row in rows:
        told += Told(**row["answers"][sort])
    return told


def _counted(count: Count | None, t: Words) -> str:
    return with_span(count.n_hits, count.n, t) if count and count.n else NO_FIGURE


def tabulated(
    rows: Sequence[Row],
    ruled: Mapping[str, Count],
    n_rules: int,
    example: Row | None,
    t: Words,
) -> str:
    """Measures down, families across.

    Args:
        rows: of a run, or shipped.
        ruled: what the judge says of the rules' answers, by name of the measure.
        n_rules: how many there are.
        example: the example model; None to leave it out.
    """
    found: dict[str, Sequence[Row]] = dict(done(rows))
    if example is not None:
        found[EXAMPLE] = [example]
    heads = (t("families.measure"), named(RULES, t), *(named(family, t) for family in found))

    def line(name: str, rule: str, cell: Any) -> tuple[str, ...]:
        """One measure across all families."""
        return name, rule, *(cell(family, some) for family, some in found.items())

    def counted(name: str) -> Any:
        """A share with its interval."""
        return lambda _family, some: _counted(pooled(some, name), t)

    def mean(name: str, write: Any) -> Any:
        """The mean over seeds, written."""
        return lambda _family, some: (
            write(sum(row[name] for row in some) / len(some), t.lang)
            if all(name in row for row in some)
            else NO_FIGURE
        )

    why = {
        "ngrams": t("families.why_ngrams"),
        **dict.fromkeys(FAMILIES[1:], t("families.why_none")),
    }
    lines = [
        line(t("families.bits"), t("families.undefined"), lambda _, some: bits_written(some, t)),
        line(
            t("families.grammatical"),
            _counted(ruled.get("grammatical"), t),
            counted("grammatical"),
        ),
        line(t("families.true"), _counted(ruled.get("true"), t), counted("true")),
        line(t("families.verbatim"), _counted(ruled.get("verbatim"), t), counted("verbatim")),
        line(
            t("families.why"),
            t("families.why_rules"),
            lambda family, _: why.get(family, t("families.why_none")),
        ),
        line(
            t("families.kept"),
            t("families.n_rules", n=whole(n_rules, t.lang)),
            mean("n_parameters", millions),
        ),
        line(t("families.memory"), NO_FIGURE, mean("n_bytes", data_size)),
        line(t("families.training"), t("families.by_hand"), mean("training_s", duration)),
        line(t("families.per_sentence"), NO_FIGURE, mean("sentence_s", duration)),
    ]
    return f"<div class='gb-measures'>{table(heads, lines, t('families.measures'))}</div>"


def questions(rows: Sequence[Row], ruled: Mapping[str, Told], example: Row | None, t: Words) -> str:
    """Answers to told facts in plain and in other words, and to what no text tells."""
    found: dict[str, Mapping[str, Told]] = {RULES: ruled}
    found |= {
        family: {sort: answers(some, sort) for sort in SORTS} for family, some in done(rows).items()
    }
    if example is not None:
        found[EXAMPLE] = {sort: answers([example], sort) for sort in SORTS}
    heads = (
        t("families.family"),
        t("families.plain_right"),
        t("families.plain_wrong"),
        t("families.reworded_right"),
        t("families.reworded_wrong"),
        t("families.untold_wrong"),
        t("families.n_questions"),
    )
    lines = [
        (
            named(family, t),
            with_span(told["plain"].n_right, told["plain"].n, t),
            with_span(told["plain"].n_wrong, told["plain"].n, t),
            with_span(told["reworded"].n_right, told["reworded"].n, t),
            with_span(told["reworded"].n_wrong, told["reworded"].n, t),
            with_span(told["untold"].n_wrong, told["untold"].n, t),
            whole(told["plain"].n, t.lang),
        )
        for family, told in found.items()
        if told["plain"].n
    ]
    return table(heads, lines, t("families.answered")) if lines else ""


def bars(found: Mapping[str, Mapping[str, Any]], t: Words) -> str:
    """The same question a hundred times: one bar for each different answer.

    Args:
        found: by family, as core.limits.families.measuring.spread gives it.
    """
    return f"<div class='gb-asked'>{''.join(_asked(*each, t) for each in found.items())}</div>"


def _asked(family: str, one: Mapping[str, Any], t: Words) -> str:
    shown = sum(each["n"] for each in one["answers"])
    lines = [
        (each["text"] or t("families.nothing_said"), each["n"], each["right"])
        for each in one["answers"]
    ]
    if one["n"] > shown:
        n_others = one["n_different"] - len(one["answers"])
        lines.append((t("families.others", n=whole(n_others, t.lang)), one["n"] - shown, None))
    kinds = {True: "right", False: "wrong", None: "none"}
    signs = {True: t("families.sign_right"), False: t("families.sign_wrong"), None: ""}
    drawn = "".join(
        f"<li><span class='bar {kinds[right]}' style='width:{100 * n / one['n']:.0f}%'></span>"
        f"<b>{share(n / one['n'], t.lang)}</b> <span>{escape(text)} "
        f"<em>{escape(signs[right])}</em></span></li>"
        for text, n, right in lines
    )
    return f"<section><h3>{escape(named(family, t))}</h3><ol>{drawn}</ol></section>"
