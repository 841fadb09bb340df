"""What aligning did to a model whose run is not at hand, as a picture: bars before and after.

Invariant: of the example model the same shares are shown as on the step's overview.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from core.alignment.comparing import Rate
from core.alignment.text.rules import OF_A_GOOD_ANSWER
from core.house import examined, house_artifacts
from core.lineage import Artifact
from core.services import services
from pages.alignment import names
from pages.kit import state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import Figure
from pages.kit.numbers import share, share_span, significant, whole


@dataclass(frozen=True)
class Moved:
    """A share of the answers before and after.

    Args:
        name: what keeps being counted: a rule, or "grammatical".
        before, after: shares of 1.
        low, high: the interval of the share after; both None where it is not known.
    """

    name: str
    before: float
    after: float
    low: float | None = None
    high: float | None = None


def shares_of(aligned: Artifact) -> tuple[list[Moved], int]:
    """What is known of an aligned model, and of how many questions each share is."""
    shipped = any((one.kind, one.id) == ("aligned", aligned.id) for one in house_artifacts())
    rates: Mapping[str, Any] = examined().get("rates", {}) if shipped else {}
    if "tuned" in rates and "aligned" in rates:
        moved = []
        for rule in names.ORDER:
            before, after = (Rate(**rates[kind][rule]) for kind in ("tuned", "aligned"))
            moved.append(Moved(rule, before.share, after.share, *after.interval))
        return moved, int(Rate(**rates["aligned"]["polite"]).n)
    numbers = aligned.numbers
    keys = {rule: f"rate_{rule}" for rule in names.ORDER} | {"grammatical": "grammatical_share"}
    moved = [
        Moved(name, float(numbers[f"{key}_before"]), float(numbers[key]))
        for name, key in keys.items()
        if key in numbers and f"{key}_before" in numbers
    ]
    return moved, int(numbers.get("n_judged", 0))


def picture(aligned: Artifact, t: Words) -> bool:
    """The bars, and how far the model has moved; False where nothing was noted.

    The largest change comes first, so that what fell stands beside what rose.
    """
    moved, n = shares_of(aligned)
    if not moved:
        return False
    most_first = sorted(moved, key=lambda one: -abs(one.after - one.before))
    rows = "".join(_row(one, t) for one in most_first)
    ranges = any(one.low is not None for one in moved)
    why = f"<span class='reach'>{escape(t('aligning.range_note'))}</span>" if ranges else ""
    of = t("aligning.of_answers", n=whole(n, t.lang)) if n else ""
    kl = aligned.numbers.get("kl") if state.depth() == "dig" else None
    far = t("aligning.moved_by", kl=significant(float(kl), t.lang, 2)) if kl is not None else ""
    st.html(
        f'<figure class="gb-moved"><figcaption>{rich(t("aligning.recorded"))}'
        f"<span class='before'>{escape(t('aligning.before'))}</span>"
        f"<span class='after'>{escape(t('aligning.after'))}</span>{why}</figcaption>{rows}"
        f'<p class="gb-soft">{escape(of)} {escape(_not_sought(aligned, t))} {rich(far)}</p>'
        "</figure>"
    )
    return True


def _not_sought(aligned: Artifact, t: Words) -> str:
    """Which of the rules played no part in the reward, and why; empty if all of them did."""
    if aligned.settings.get("reward") != "goodness":
        return ""
    left_out = [names.rule(rule, t) for rule in names.ORDER if rule not in OF_A_GOOD_ANSWER]
    return t("aligning.not_sought", rule=", ".join(left_out))


def _row(one: Moved, t: Words) -> str:
    """One share: a bar before, a bar after with its interval, and the numbers."""
    name = t("aligning.grammatical") if one.name == "grammatical" else names.rule(one.name, t)
    before, after = share(one.before, t.lang), share(one.after, t.lang)
    reach = span = ""
    if one.low is not None and one.high is not None:
        span = f" ({share_span(one.low, one.high, t.lang)})"
        reach = f"<u style='left:{100 * one.low:.1f}%;width:{100 * (one.high - one.low):.1f}%'></u>"
    fell = one.after < one.before and (one.high is None or one.high < one.before)
    sank = f"<small>▼ {escape(t('aligning.fell'))}</small>" if fell else ""
    return (
        f"<div class='row {one.name}'><h3>{escape(name)}{sank}</h3><div class='bars'>"
        f"<i class='before' style='width:{100 * one.before:.1f}%'></i>"
        f"<i class='after' style='width:{100 * one.after:.1f}%'></i>{reach}</div>"
        f"<p><span>{before}</span> → <b>{after}</b><small>{escape(span)}</small></p></div>"
    )


def passed_on(aligned: Artifact, t: Words) -> list[Figure]:
    """How often the answers are polite before and after, and how far the model has moved."""
    moved, _ = shares_of(aligned)
    row = []
    own = services().store.artifacts.owns(state.owner(), aligned.id)
    for one in moved[:1]:
        label = t("aligning.rate_label", rule=names.rule(one.name, t))
        value = f"{share(one.before, t.lang)} → {share(one.after, t.lang)}"
        row.append(Figure(value, label, "yours" if own else "house"))
        if one.low is not None and one.high is not None:
            span = share_span(one.low, one.high, t.lang)
            row.append(Figure(span, t("aligning.interval")))
    if row and "kl" in aligned.numbers:
        kl = significant(float(aligned.numbers["kl"]), t.lang, 2)
        row.append(Figure(kl, t("aligning.kl_label")))
    return row
