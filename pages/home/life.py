"""What one switch changes: the shipped pair, trained with and without duplicates, measured."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from core.errors import GlassboxError
from core.house import PairLane, duplicates_pair
from core.pipeline import STEPS
from pages.home import shipped
from pages.home.copying import copied, written
from pages.home.own import run_it
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.components import Consequence, lanes
from pages.kit.frame import card, computed_now, note, show_error
from pages.kit.numbers import MINUS, decimal, share, whole


def life(t: Words) -> None:
    """What one switch in step 1 changes at the other end, and a button to run it yourself."""
    pair = duplicates_pair()
    watching = state.depth() == "watch"
    with card("life", t("home.life"), shipped.measured_then(t)):
        note(t("home.life_text"))
        if watching:
            measured(t, pair)
            return
        left, right = st.columns([1.5, 1], gap="medium")
        with right:
            switch(t, pair)
            run_it(t)
        with left:
            measured(t, pair)


def measured(t: Words, pair: Mapping[str, PairLane]) -> None:
    """Both models side by side."""
    names = (t("home.lane_out"), t("home.lane_in"))
    lanes(rows(t, pair), t, key="home_lanes", names=names, label=t("home.life"))
    leaks = {lane: float(pair[lane].compared["secret_text_share"]) for lane in pair}
    if leaks["b"] >= leaks["a"]:
        note(t("home.secret_stays"))


def switch(t: Words, pair: Mapping[str, PairLane]) -> None:
    """The switch, and what the chosen model writes, with the copied part marked."""
    out = st.toggle(t("home.switch"), value=True, key="home_switch")
    lane = pair["b" if out else "a"]
    roll = int(st.session_state.get("_home_roll", 0))
    try:
        text = written(lane, roll)
    except GlassboxError as error:
        show_error(error, t)
        return
    run = copied(lane, text)
    before, found, after = text.partition(run) if run else (text, "", "")
    n, of = (whole(len(words.split()), t.lang) for words in (run, text))
    said = t("home.copied", n=n, of=of)
    st.html(
        f'<p class="gb-sample" lang="en">{escape(before)}<mark>{escape(found)}</mark>'
        f'{escape(after)}</p><p class="gb-soft" role="status">{escape(said)}</p>'
    )
    with st.container(key="gb_roll", horizontal=True, vertical_alignment="center"):
        st.button(t("home.both_again"), key="home_roll", type="tertiary", on_click=_roll)
        st.html((computed_now(t) if roll else shipped.measured_then(t)).html, width="content")


def _roll() -> None:
    st.session_state["_home_roll"] = int(st.session_state.get("_home_roll", 0)) + 1


def rows(t: Words, pair: Mapping[str, PairLane]) -> list[Consequence]:
    """The measurements in the order of the steps, the model without duplicates first."""
    out, kept = pair["b"].compared, pair["a"].compared
    n_drawn = whole(float(out["n_texts_drawn"]), t.lang)
    n_held_out = whole(float(out["n_texts_held_out"]), t.lang)
    n_secrets = whole(float(kept["n_secrets_read"]), t.lang)
    wanted = (
        ("n_documents_kept", "data", t("home.row_read"), "", 0),
        (
            "held_out_bits_per_byte",
            "training",
            t("home.row_bits"),
            t("home.row_bits_note", n=n_held_out),
            2,
        ),
        (
            "mean_copied_words",
            "inference",
            t("home.row_copied"),
            t("home.row_copied_note", n=n_drawn),
            1,
        ),
        ("copied_text_share", "inference", t("home.row_whole"), t("home.of_drawn", n=n_drawn), -1),
        (
            "secret_text_share",
            "postprocessing",
            t("home.row_secret"),
            t("home.row_secret_note", n=n_secrets, all=n_drawn),
            -1,
        ),
    )
    found = [
        (step, _consequence(t, float(out[name]), float(kept[name]), label, about, digits, step))
        for name, step, label, about, digits in wanted
    ]
    found += later_rows(t, pair)
    return [row for _, row in sorted(found, key=lambda one: STEPS.index(one[0]))]


def later_rows(t: Words, pair: Mapping[str, PairLane]) -> list[tuple[str, Consequence]]:
    """What was measured after training: the rules that answers keep, and the filters' findings."""
    out, kept = pair["b"], pair["a"]
    if not out.examined or not kept.examined:
        return []
    found = []
    for rule, label in (("truthful", t("home.row_truthful")), ("polite", t("home.row_polite"))):
        rates = [lane.examined["rates"]["tuned"][rule] for lane in (out, kept)]
        a, b = (rate["n_kept"] / rate["n"] for rate in rates)
        about = t("home.row_tuned_note", n=whole(rates[0]["n"], t.lang))
        found.append(("alignment", _consequence(t, a, b, label, about, -1, "alignment")))
    hits = [lane.texts_filtered for lane in (out, kept)]
    about = t("home.row_hits_note", n=whole(hits[0]["n_texts"], t.lang))
    a, b = (100 * one["n_findings"] / one["n_texts"] for one in hits)
    row = _consequence(t, a, b, t("home.row_hits"), about, 1, "postprocessing")
    return [*found, ("postprocessing", row)]


def _consequence(
    t: Words, a: float, b: float, label: str, about: str, digits: int, step: str
) -> Consequence:
    """One row; `digits` of decimals, or -1 for a share of 1."""

    def shown(value: float) -> str:
        return share(value, t.lang, 1) if digits < 0 else decimal(value, t.lang, digits)

    change = difference(a, b, digits, t)
    return Consequence(label, a, b, shown(a), shown(b), change, about, href=site.href(step))


def difference(a: float, b: float, digits: int, t: Words) -> str:
    """How far lane two is from lane one, with `digits` decimals, or -1 for a share of 1."""
    places = 3 if digits < 0 else digits
    apart = abs(round(b, places) - round(a, places))  # of the numbers shown, so that it adds up
    sign = "+" if b > a else MINUS if b < a else ""
    points = t("home.points", n=decimal(100 * apart, t.lang, 1))
    return sign + (points if digits < 0 else decimal(apart, t.lang, digits))
