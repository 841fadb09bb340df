"""The live run: small models that are told facts never to often, beside one change."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from core.house.limits.telling import shipped
from core.jobs.engine import Plan
from core.jobs.programs import TELLING
from core.limits.often.telling import CLEANING, Found, Lane, Tally, TellingSettings, results, surest
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import duration, whole
from pages.limits import live
from pages.limits.live import Live, Run
from pages.limits.often import own, picture
from pages.limits.shown import with_span

LIVE: Final = Live("often", TELLING, "asked")
MOST: Final = 0.8  # right at least so often: nearly all
FEW: Final = 0.2  # at most so often: hardly any
N_FALSE: Final = 4  # falsehoods shown

LANES_BESIDE: Final[Mapping[str, tuple[Lane, ...]]] = {
    "cleaning": CLEANING,
    "longer": ("told", "longer"),
    "larger": ("told", "larger"),
    "more": ("told", "more"),
    "unsure": ("told", "unsure"),
}


def settings_of(seen: Run) -> TellingSettings:
    """What a run was asked to do."""
    return TellingSettings.from_dict(seen.record.settings)


def settings_now() -> TellingSettings:
    """What a run that begins now is asked to do."""
    return TellingSettings(
        lanes=LANES_BESIDE[state.value("often_beside")],
        n_steps_each=state.value("often_steps"),
        own=tuple(str(one) for one in own.facts_now()),
        seed=state.seed(),
    )


def options(t: Words) -> dict[str, str]:
    """What may become of facts that are told once."""
    return {
        "all": t("often.guess_all"),
        "some": t("often.guess_some"),
        "none": t("often.guess_none"),
    }


def outcome_of(one: Tally) -> str:
    """Which expectation a measurement fulfils."""
    return "all" if one.share >= MOST else "none" if one.share <= FEW else "some"


def ask(seen: Run | None, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        return Plan({}, settings_now().to_dict(), None, t("often.run_name"), TELLING)

    def more() -> None:
        if state.depth() == "dig":
            with st.container(width=240):
                controls.slider("often_steps", t("often.steps"))
            names = {
                "cleaning": t("often.beside_cleaning"),
                "longer": t("often.beside_longer"),
                "larger": t("often.beside_larger"),
                "more": t("often.beside_more"),
                "unsure": t("often.beside_unsure"),
            }
            controls.choice("often_beside", t("often.beside"), names.__getitem__)
        own.field(t)

    lanes = LANES_BESIDE[state.value("often_beside")]
    begin = t("often.start", n=whole(len(lanes) * TellingSettings().n_seeds, t.lang))
    settings = settings_now()
    passes = settings.n_steps_each * settings.n_batch / settings.n_drawn
    question = t("often.question_once", passes=whole(passes, t.lang))
    made = shipped()
    takes_s = made.seconds * settings.n_steps / made.settings.n_steps if made else None
    live.ask(LIVE, seen, question, options(t), begin, plan, t, more, takes_s)


def progress(t: Words) -> None:
    """While it runs: how many models are finished, and how the newest answers."""

    def told(seen: Run) -> tuple[str, str]:
        n_done = sum(bool(row["done"]) for row in seen.rows)
        n = whole(len(settings_of(seen).models), t.lang)
        text = t("often.progress", done=whole(n_done, t.lang), n=n)
        last = next((row for row in reversed(seen.rows) if row["lane"] == "told"), None)
        if last is None:
            return text, ""
        groups = {name: Tally(**one) for name, one in last["groups"].items()}
        return text, picture.columns(groups, t("often.stage"), t)

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def result(seen: Run, t: Words) -> None:
    """What came of it, beside the guess where one was made in this session."""
    live.failed(seen, t)
    found, settings = results([dict(row) for row in seen.rows]), settings_of(seen)
    if "told" in found:
        one = found["told"]
        outcome = outcome_of(one.groups["once"])
        live.found(LIVE, options(t), outcome, sentence(one, t), t)
        st.html(picture.columns(one.groups, t("often.stage"), t))
        note(
            t(
                "often.how",
                seeds=whole(one.n_models, t.lang),
                people=whole(settings.n_people, t.lang),
                n=whole(settings.n_drawn, t.lang),
                time=duration(seen.record.seconds, t.lang),
            )
        )
        if asked := own.answers(seen.rows, [lane for lane in found], t):
            st.html(f'<h3 class="gb-part">{t("often.own_result")}</h3>{asked}')
        false = surest([dict(row) for row in seen.rows], "told", N_FALSE)
        if false:
            st.html(f'<h3 class="gb-part">{t("often.falsehoods")}</h3>')
            st.html(picture.falsehoods(false, t))
    live.ended(LIVE, seen, t)


def sentence(one: Found, t: Words) -> str:
    """What came of facts told once and never."""
    once, never = one.groups["once"], one.groups["never"]
    return t(
        "often.found",
        once=with_span(once.n_right, once.n, t),
        often=with_span(one.groups["often"].n_right, one.groups["often"].n, t),
        never=with_span(never.n_right, never.n, t),
    )
