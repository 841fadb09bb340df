"""Generative against discriminative: the same sentences as points, three borders, new examples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from random import Random
from typing import Final

import numpy as np
import streamlit as st

from core.data.text.documents import Corpus
from core.house import house_artifacts
from core.limits.families.borders import (
    Branch,
    Clouds,
    Errors,
    Line,
    Points,
    Real,
    Tree,
    by_tree,
    features,
    grown,
    learning_curve,
    points_of,
)
from core.once import once
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, card, computed_now, note, predict
from pages.kit.numbers import change, decimal, interval, share, whole
from pages.limits.shown import table

SORTS: Final = ("en", "de")  # 0 and 1
N_EACH: Final = 300  # sentences of either language
LOW, HIGH = (2.0, 0.0), (7.0, 100.0)  # of both features, as far as drawn
N_ACROSS, N_DOWN = 60, 30  # places at which a border is looked for
N_NEW: Final = 12  # examples that are made
CURVE_SEED, POINTS_SEED = 0, 1
UNLIKE: Final = 0.01  # fewer drawn points than this lie further out: like neither
PER_HUNDRED: Final = 100.0


@dataclass(frozen=True)
class Fitted:
    """Three models of the same points."""

    points: Points
    tree: Tree
    line: Line
    clouds: Clouds


@once(1)
def all_points() -> Points:
    """Sentences of the small town in both languages."""
    corpus = next(each for each in house_artifacts() if each.kind == "corpus")
    documents = Corpus.from_bytes(corpus.read()).documents
    return points_of(documents, SORTS, N_EACH, POINTS_SEED)


@once(1)
def curve() -> list[Errors]:
    """Errors against the number of sentences, over many draws."""
    return learning_curve(all_points(), CURVE_SEED)


def fitted(n: int, seed: int) -> Fitted:
    """What is learned from n sentences, as many of either language."""
    points, random = all_points(), Random(seed)
    places = [
        place
        for sort in (0, 1)
        for place in random.sample(np.flatnonzero(points.sort == sort).tolist(), n // 2)
    ]
    some = points.some(places)
    return Fitted(some, grown(some), Line.fitted(some), Clouds.fitted(some))


def compared(t: Words) -> None:
    """Guess first, then three panels, the visitor's sentence in them, and the errors."""
    predict(
        "families_new",
        t,
        question=t("families.guess_new"),
        options={
            "line": t("families.new_line"),
            "clouds": t("families.new_clouds"),
            "alike": t("families.new_alike"),
        },
        measure=lambda: _few(t),
    )
    if "families_new" not in st.session_state.get("_predictions", {}):
        return
    with card("families_borders", t("families.borders"), computed_now(t)):
        n = int(controls.slider("families_points", t("families.n_points")))
        found = fitted(n, state.seed())
        own = features(state.sentence())
        st.html(panels(found, own, t))
        st.html(table(*what_each_says(found, own, t), t("families.says")))
        note(t("families.points_about", n=whole(len(all_points()), t.lang)))
        st.html(table(*errors(t), t("families.errors")))


def _few(t: Words) -> Measured:
    """Who errs less with the fewest sentences, and with the most."""
    few, many = curve()[0], curve()[-1]

    def less(one: Errors) -> str:
        """How much less the line errs, in percentage points with the interval."""
        middle, half = (PER_HUNDRED * each for each in one.line_less)
        span = interval(middle - half, middle + half, t.lang)
        return f"{change(middle, t.lang, 1)} {span}"

    middle, half = few.line_less
    outcome = "line" if middle > half else "clouds" if -middle > half else "alike"
    text = t(
        "families.new_measured",
        few=whole(few.n, t.lang),
        line=share(few.line, t.lang),
        clouds=share(few.clouds, t.lang),
        less=less(few),
        many=whole(many.n, t.lang),
        line_many=share(many.line, t.lang),
        clouds_many=share(many.clouds, t.lang),
        less_many=less(many),
    )
    return Measured(outcome, text)


def panels(found: Fitted, own: tuple[float, float] | None, t: Words) -> str:
    """Tree, line and clouds side by side."""
    new = {sort: found.clouds.drawn(sort, N_NEW // 2, state.seed()) for sort in (0, 1)}
    drawn = (
        _panel(t("families.tree"), lambda at: by_tree(found.tree, at), found.points, {}, own, t),
        _panel(t("families.line_border"), found.line.probability, found.points, {}, own, t),
        _panel(t("families.clouds"), found.clouds.probability, found.points, new, own, t),
    )
    legend = "".join(
        f"<span><i class='{kind}'></i>{escape(text)}</span>"
        for kind, text in (
            ("en", t("families.point_en")),
            ("de", t("families.point_de")),
            ("new", t("families.point_new")),
            ("own", t("families.point_own")),
        )
    )
    return f"<div class='gb-panels'><div>{''.join(drawn)}</div><p class='legend'>{legend}</p></div>"


def _panel(
    name: str,
    probability: Callable[[Real], Real],
    points: Points,
    new: dict[int, Real],
    own: tuple[float, float] | None,
    t: Words,
) -> str:
    """The two sides of a border as bands, and the points on them."""
    across = np.linspace(LOW[0], HIGH[0], N_ACROSS)
    bands = []
    for y in np.linspace(HIGH[1], LOW[1], N_DOWN):
        sides = probability(np.column_stack([across, np.full(N_ACROSS, y)])) >= 0.5
        bands.append(
            f"<div style='background:linear-gradient(90deg,{_stops(sides.tolist())})'></div>"
        )
    dots = [_dot(at, SORTS[sort]) for at, sort in zip(points.at, points.sort, strict=True)]
    dots += [_dot(at, f"new {SORTS[sort]}") for sort, some in new.items() for at in some]
    if own is not None:
        dots.append(_dot(own, "own"))
    label = t("families.panel", name=name, n=whole(len(points), t.lang))
    return (
        f"<figure><figcaption>{escape(name)}</figcaption>"
        f"<div class='field' role='img' aria-label='{escape(label)}'>"
        f"<div class='bands'>{''.join(bands)}</div>{''.join(dots)}</div>"
        f"<p class='axis'><span>{escape(t('families.axis_length'))}</span></p></figure>"
    )


def _stops(sides: Sequence[bool]) -> str:
    """The stops of a gradient with sharp edges: one colour for each side."""
    stops, at = [], 0
    for side, some in groupby(sides):
        n = len(list(some))
        colour = "var(--gb-side-de)" if side else "var(--gb-side-en)"
        low, high = PER_HUNDRED * at / N_ACROSS, PER_HUNDRED * (at + n) / N_ACROSS
        stops.append(f"{colour} {low:.0f}% {high:.0f}%")
        at += n
    return ",".join(stops)


def _dot(at: Sequence[float] | Real, kind: str) -> str:
    x, y = (
        min(99.0, max(1.0, PER_HUNDRED * (value - low) / (high - low)))
        for value, low, high in zip(at, LOW, HIGH, strict=True)
    )
    return f"<i class='{kind}' style='left:{x:.1f}%;bottom:{y:.1f}%'></i>"


def what_each_says(
    found: Fitted, own: tuple[float, float] | None, t: Words
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """What every model can say of the visitor's sentence, and what only one of them can."""
    heads = (t("families.model"), t("families.says_which"), t("families.says_new"),
             t("families.says_strange"), t("families.says_why"))  # fmt: skip
    at = np.array([own if own is not None else (0.0, 0.0)])
    cannot = t("families.cannot")

    def which(p: float) -> str:
        """German or English, and how sure."""
        if own is None:
            return t("families.no_letters")
        sure = share(max(p, 1.0 - p), t.lang)
        return t("families.is_german", p=sure) if p >= 0.5 else t("families.is_english", p=sure)

    new = found.clouds.drawn(1, 1, state.seed())[0]
    fits = found.clouds.fits(own) if own is not None else 0.0
    if own is None:
        strange = t("families.no_letters")
    elif fits < UNLIKE:
        strange = t("families.strange", share=share(fits, t.lang, 1))
    else:
        strange = t("families.usual", share=share(fits, t.lang, 1))
    made = t(
        "families.new_example",
        letters=decimal(float(new[0]), t.lang, 1),
        capitals=whole(max(0.0, float(new[1])), t.lang),
    )
    rows = (
        (t("families.tree"), which(float(by_tree(found.tree, at)[0])), cannot, cannot,
         asked_by(found.tree, t)),
        (t("families.line_border"), which(float(found.line.probability(at)[0])), cannot, cannot,
         t("families.why_line")),
        (t("families.clouds"), which(float(found.clouds.probability(at)[0])), made, strange,
         t("families.why_clouds")),
    )  # fmt: skip
    return heads, rows


def asked_by(tree: Tree, t: Words) -> str:
    """The first question of the tree."""
    if not isinstance(tree, Branch):
        return t("families.tree_alone")
    if tree.feature == 0:
        return t("families.tree_letters", below=decimal(tree.below, t.lang, 1))
    return t("families.tree_capitals", below=decimal(tree.below, t.lang, 0))


def errors(t: Words) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Wrong answers on held-back sentences against the number learned from."""
    heads = (
        t("families.learned_from"),
        t("families.tree"),
        t("families.line_border"),
        t("families.clouds"),
    )
    rows = [
        (
            t("families.sentences", n=whole(one.n, t.lang)),
            share(one.tree, t.lang, 1),
            share(one.line, t.lang, 1),
            share(one.clouds, t.lang, 1),
        )
        for one in curve()
    ]
    return heads, rows
