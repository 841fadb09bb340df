"""Confidence against truth, drawn: how often what agrees so much is right, and the worst cases."""

from collections.abc import Sequence
from html import escape
from typing import Final

from core.house.limits.seeds import Seeded
from core.limits.confident.calibration import Bin, expected_calibration_error
from core.limits.confident.knowing import GROUPS, N_DRAWS, OFTEN, Case, calibration
from pages.kit.catalogue import Words
from pages.kit.numbers import share, share_span, whole
from pages.limits.shown import table, with_span

MIN_HEIGHT: Final = 3  # per cent of a strip: fewer could not be seen


def strips(cases: Sequence[Case], t: Words) -> str:
    """For each sort of fact a strip: columns from no agreement to full agreement, right and wrong
    answers stacked, and beside it what they come to.
    """
    names = {
        "often": t("confident.often", n=whole(OFTEN, t.lang)),
        "seldom": t("confident.seldom", n=whole(OFTEN, t.lang)),
        "never": t("confident.never"),
    }
    drawn = "".join(
        _strip(names[group], [case for case in cases if case.group == group], t)
        for group in GROUPS
        if any(case.group == group for case in cases)
    )
    legend = "".join(
        f"<span class='{kind}'><i></i>{escape(text)}</span>"
        for kind, text in (
            ("right", t("confident.right")),
            ("wrong", t("confident.wrong")),
            ("none", t("confident.none")),
        )
    )
    axis = (
        f"<p class='axis'><span>{escape(t('confident.axis_none'))}</span>"
        f"<span>{escape(t('confident.axis_all', n=N_DRAWS))}</span></p>"
    )
    return f"<div class='gb-strips'><p class='legend'>{legend}</p>{drawn}{axis}</div>"


def _strip(name: str, cases: Sequence[Case], t: Words) -> str:
    """One sort of fact."""
    columns = [[case for case in cases if case.n_favourite == k] for k in range(N_DRAWS + 1)]
    top = max(len(column) for column in columns)
    drawn = "".join(_column(k, column, top, t) for k, column in enumerate(columns))
    stated = [case for case in cases if case.claimed]
    n_right = sum(case.favourite_right for case in stated)
    mean = sum(case.confidence for case in cases) / len(cases)
    said = t(
        "confident.strip",
        sure=share(mean, t.lang),
        right=with_span(n_right, len(stated), t),
        stated=whole(len(stated), t.lang),
        n=whole(len(cases), t.lang),
    )
    return (
        f"<section><h3>{escape(name)}</h3><div class='columns' role='img' "
        f"aria-label='{escape(name)}: {escape(said)}'>{drawn}</div><p>{escape(said)}</p></section>"
    )


def _column(k: int, cases: Sequence[Case], top: int, t: Words) -> str:
    """All questions with so many agreeing answers."""
    n_right = sum(case.favourite_right for case in cases)
    n_wrong = len(cases) - n_right
    kinds = (("wrong", n_wrong), ("right", n_right)) if k else (("none", len(cases)),)
    parts = "".join(
        f"<i class='{kind}' style='height:{max(MIN_HEIGHT, 100 * n / top):.1f}%'></i>"
        for kind, n in kinds
        if n
    )
    title = t("confident.column", k=k, of=N_DRAWS, right=n_right, wrong=n_wrong)
    return f"<span title='{escape(title)}'>{parts}</span>" if cases else "<span></span>"


def diagram(cases: Sequence[Case], t: Words) -> str:
    """The reliability diagram: confidence to the right, the share that is right upwards."""
    bins = calibration(cases)
    filled = [each for each in bins if each.n]
    if not filled:
        return f"<p class='gb-soft'>{escape(t('confident.nothing_stated'))}</p>"
    points = "".join(_point(each, t) for each in filled)
    error = expected_calibration_error(bins)
    n = sum(each.n for each in bins)
    alt = "; ".join(_said(each, t) for each in filled)
    caption = t("confident.ece", share=share(error, t.lang), n=whole(n, t.lang))
    return (
        f"<figure class='gb-reliability'><div role='img' aria-label='{escape(alt)}'>"
        f"{points}<b>{escape(t('confident.axis_right'))}</b></div>"
        f"<p class='axis'><span>0</span><span>{escape(t('confident.axis_sure'))}</span>"
        f"<span>{share(1.0, t.lang)}</span></p><figcaption>{escape(caption)}</figcaption></figure>"
    )


def _point(one: Bin, t: Words) -> str:
    low, high = one.interval
    x = 100 * one.confidence
    return (
        f"<span class='span' style='left:{x:.1f}%;bottom:{100 * low:.1f}%;"
        f"height:{100 * (high - low):.1f}%'></span>"
        f"<i style='left:{x:.1f}%;bottom:{100 * one.right:.1f}%' title='{escape(_said(one, t))}'>"
        f"</i>"
    )


def _said(one: Bin, t: Words) -> str:
    return t(
        "confident.bin",
        sure=share(one.confidence, t.lang),
        right=share(one.right, t.lang),
        span=share_span(*one.interval, t.lang),
        n=whole(one.n, t.lang),
    )


def falsehoods(cases: Sequence[Case], t: Words) -> str:
    """Questions with the false answers that were agreed on, and what the texts say instead."""
    rows = "".join(
        f"<li><p class='q'>{escape(case.question)}</p><p class='a'>{escape(case.favourite)}</p>"
        f"<p class='v'>{escape(_agreed(case, t))} · {escape(in_texts(case, t))}</p></li>"
        for case in cases
    )
    return f"<ol class='gb-falsehoods'>{rows}</ol>"


def _agreed(case: Case, t: Words) -> str:
    return t(
        "confident.agreed",
        k=case.n_favourite,
        n=case.n,
        p=share(case.probability, t.lang, 0 if case.probability >= 0.01 else 2),
    )


def in_texts(case: Case, t: Words) -> str:
    """What the texts tell about it, and what is so."""
    if case.n_told:
        return t("confident.texts_tell", n=whole(case.n_told, t.lang), truth=case.truth)
    if case.truth:
        return t("confident.texts_silent", truth=case.truth)
    return t("confident.no_truth")


def others(found: Sequence[Seeded], t: Words) -> str:
    """Of each smaller model how much its answers agree, and whether they are right."""
    heads = (
        t("confident.town"),
        t("confident.sure_told"),
        t("confident.right_told"),
        t("confident.sure_untold"),
        t("confident.claimed_untold"),
    )
    rows = [
        (
            whole(number, t.lang),
            share(one.told.confidence, t.lang),
            with_span(one.told.n_right, one.told.n, t),
            share(one.untold.confidence, t.lang),
            with_span(one.untold.n_claimed, one.untold.n, t),
        )
        for number, one in enumerate(found, start=1)
    ]
    return table(heads, rows, t("confident.others"))
