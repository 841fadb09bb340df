"""The visitor's own invented secret: typed, planted among the others, and asked for."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.limits.byheart.canaries import MOST_LETTERS, OWN_DIGITS, Trouble, read_own
from core.limits.trials import finished
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import decimal, whole
from pages.limits.byheart.picture import lane_name
from pages.limits.live import Row
from pages.limits.shown import table

KEY: Final = "byheart_own"
KEPT: Final = "_byheart_own_kept"


def now() -> str:
    """The sentence as it is typed now, if it can be used; or ""."""
    sentence = _typed()
    return sentence if sentence and not isinstance(read_own(sentence), str) else ""


def _typed() -> str:
    kept = st.session_state.get(KEY, st.session_state.get(KEPT, ""))
    return " ".join(str(kept or "").split())


def field(t: Words) -> None:
    """The field, the number of copies, and what is wrong with the sentence.

    It stays in this browser's session and with the run alone: it is not written into the address.
    """
    if KEY not in st.session_state:  # a field that is not drawn for a while loses its text
        st.session_state[KEY] = st.session_state.get(KEPT, t("byheart.own_start"))
    with st.container(key="gb_byheart_own", horizontal=True, vertical_alignment="bottom"):
        with st.container(width=460):
            st.text_input(
                t("byheart.own_label"),
                key=KEY,
                max_chars=controls.PASTED,
                help=t(
                    "byheart.own_help",
                    low=whole(OWN_DIGITS[0], t.lang),
                    high=whole(OWN_DIGITS[1], t.lang),
                    n=whole(MOST_LETTERS, t.lang),
                ),
            )
        with st.container(width=240):
            controls.slider("byheart_copies", t("byheart.own_copies"))
    st.session_state[KEPT] = st.session_state[KEY]
    sentence = _typed()
    if not sentence:
        note(t("byheart.own_none"))
        return
    read = read_own(sentence)
    if isinstance(read, str):
        why = t("byheart.own_unused", why=_refused(read, t))
        st.html(f'<p class="gb-not-here" role="status">{escape(why)}</p>')
    else:
        note(t("byheart.own_where"))


def _refused(trouble: Trouble, t: Words) -> str:
    why: dict[Trouble, str] = {
        "none": t("byheart.own_no_number"),
        "several": t("byheart.own_several"),
        "short": t("byheart.own_short", n=whole(OWN_DIGITS[0], t.lang)),
        "long_number": t("byheart.own_long_number", n=whole(OWN_DIGITS[1], t.lang)),
        "first": t("byheart.own_first"),
        "long": t("byheart.own_long", n=whole(MOST_LETTERS, t.lang)),
    }
    return why[trouble]


def copies_now() -> int:
    """How often it is to stand in the text."""
    return int(state.value("byheart_copies"))


def answers(rows: Sequence[Row], t: Words) -> str:
    """What the finished models make of the own secret; empty if there is none."""
    lines = []
    for row in finished([dict(row) for row in rows]):
        for one in (each for each in row["canaries"] if each["own"]):
            lines.append(
                (
                    one["sentence"],
                    whole(one["copies"], t.lang),
                    lane_name(row["lane"], t),
                    one["said"],
                    t("byheart.yes") if one["right"] else t("byheart.no"),
                    decimal(one["exposure_bits"], t.lang, 1),
                    _rank(one, t),
                )
            )
    if not lines:
        return ""
    heads = (
        t("byheart.own_sentence"),
        t("byheart.copies"),
        t("byheart.lane"),
        t("byheart.goes_on"),
        t("byheart.word_for_word"),
        t("byheart.exposure_bits"),
        t("byheart.rank"),
    )
    return table(heads, lines, t("byheart.own_result"))


def _rank(one: Row, t: Words) -> str:
    rank = whole(one["rank"], t.lang)
    return rank if one["counted"] else t("byheart.about_rank", n=rank)
