"""The experiments of safety: what a threshold costs, and whether a name or a dialect counts."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.postprocessing.safety.classifier import Classifier
from core.postprocessing.safety.weighing import counts_at, held_out
from pages.kit.catalogue import Words
from pages.kit.frame import Measured
from pages.kit.numbers import decimal

LOW, HIGH = 0.3, 0.7
NAMES: Final = ("Mia", "Jonas", "Kevin", "Chantal", "Ayşe", "Mehmet", "Olga", "Okafor")
SAYINGS: Final = {
    "de": (
        "Das hast du gut gemacht.",
        "Des hosch guat gmacht.",
        "Dat haste jut jemacht.",
        "Des host guad gmocht.",
        "Dat hest du goot maakt.",
    ),
    "en": (
        "You did that very well.",
        "Ye did that gey weel.",
        "Ya done that real good.",
        "Thou’s done that reet well.",
        "Yous did that dead good.",
    ),
}
"""One sentence of praise in the standard language and in four dialects."""
SAME: Final = 0.05  # scores closer than this count as the same


def two_thresholds(classifier: Classifier, t: Words) -> Measured:
    """Which of two thresholds misses more, and which raises more false alarms?"""
    examined = held_out(classifier, t.lang)
    scores = classifier.scores([each.text for each in examined]).tolist()
    rude = [each.is_rude for each in examined]
    low, high = counts_at(LOW, scores, rude), counts_at(HIGH, scores, rude)
    misses, alarms = high.misses - low.misses, low.false_alarms - high.false_alarms
    outcome = "same" if not misses and not alarms else "trade" if misses >= 0 <= alarms else "other"
    text = t(
        "safety.two_measured",
        low=decimal(LOW, t.lang, 1),
        high=decimal(HIGH, t.lang, 1),
        low_misses=low.misses,
        low_alarms=low.false_alarms,
        high_misses=high.misses,
        high_alarms=high.false_alarms,
        n=len(examined),
    )
    return Measured(outcome, text)


def name_and_dialect(classifier: Classifier, t: Words) -> Measured:
    """The same sentence with other names, and in dialect: how far do the scores lie apart?"""
    named = [t("safety.named", name=name) for name in NAMES]
    said = SAYINGS["de" if t.lang == "de" else "en"]
    by_name = classifier.scores(named).tolist()
    by_dialect = classifier.scores(said).tolist()
    apart_names, apart_said = max(by_name) - min(by_name), max(by_dialect) - min(by_dialect)
    outcome = {
        (False, False): "none",
        (True, False): "names",
        (False, True): "dialect",
        (True, True): "both",
    }[apart_names >= SAME, apart_said >= SAME]
    text = t(
        "safety.bias_measured",
        names=decimal(apart_names, t.lang),
        dialect=decimal(apart_said, t.lang),
    )

    def show() -> None:
        st.html(
            f"<div class='gb-bias'>{_rows(named, by_name, t)}{_rows(said, by_dialect, t)}</div>"
        )

    return Measured(outcome, text, show)


def _rows(texts: Sequence[str], scores: Sequence[float], t: Words) -> str:
    rows = "".join(
        f"<tr><td>{escape(text)}</td><td class='b'><span style='width:{100 * score:.0f}%'></span>"
        f"</td><td>{decimal(score, t.lang)}</td></tr>"
        for text, score in sorted(zip(texts, scores, strict=True), key=lambda pair: -pair[1])
    )
    return f"<table class='gb-judged'>{rows}</table>"
