"""The live run: small models read a text with planted secrets, the visitor's own among them."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from core.house.limits.memorising import shipped
from core.jobs.engine import Plan
from core.jobs.programs import MEMORISING
from core.languages import LANGS
from core.limits.byheart.memorising import (
    Found,
    Lane,
    MemorisingSettings,
    copies_needed,
    results,
)
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import decimal, duration, whole
from pages.limits import live
from pages.limits.byheart import own, picture
from pages.limits.live import Live, Run

LIVE: Final = Live("byheart", MEMORISING, "asked")
LANES_BESIDE: Final[Mapping[str, tuple[Lane, ...]]] = {
    "nothing": ("told",),
    "exact": ("told", "exact"),
    "near": ("told", "near"),
    "small": ("told", "small"),
    "large": ("told", "large"),
}
FEW: Final = 4  # copies at most: a few
SOME: Final = 16  # copies at most: some


def settings_of(seen: Run) -> MemorisingSettings:
    """What a run was asked to do."""
    return MemorisingSettings.from_dict(seen.record.settings)


def settings_now(t: Words) -> MemorisingSettings:
    """What a run that begins now is asked to do."""
    sentence = own.now()
    return MemorisingSettings(
        lanes=LANES_BESIDE[state.value("byheart_beside")],
        lang=t.lang,
        n_steps_each=state.value("byheart_steps"),
        own=sentence,
        own_copies=own.copies_now() if sentence else 0,
        seed=state.seed(),
    )


def options(t: Words) -> dict[str, str]:
    """How many copies it may take."""
    return {
        "one": t("byheart.guess_one"),
        "few": t("byheart.guess_few"),
        "some": t("byheart.guess_some"),
        "many": t("byheart.guess_many"),
        "never": t("byheart.guess_never"),
    }


def outcome_of(found: Found) -> str:
    """Which expectation a measurement fulfils."""
    n = copies_needed(found)
    if n is None:
        return "never"
    return "one" if n == 1 else "few" if n <= FEW else "some" if n <= SOME else "many"


def ask(seen: Run | None, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        return Plan({}, settings_now(t).to_dict(), None, t("byheart.run_name"), MEMORISING)

    def more() -> None:
        if state.depth() == "dig":
            with st.container(width=220):
                controls.slider("byheart_steps", t("byheart.steps"))
            names = {
                "nothing": t("byheart.beside_nothing"),
                "exact": picture.lane_name("exact", t),
                "near": picture.lane_name("near", t),
                "small": picture.lane_name("small", t),
                "large": picture.lane_name("large", t),
            }
            controls.choice("byheart_beside", t("byheart.beside"), names.__getitem__)
        own.field(t)

    settings = settings_now(t)
    begin = t("byheart.start", n=whole(len(settings.models), t.lang))
    made = shipped()
    then = made.settings.n_steps * len(LANGS) if made else 1  # updates, both languages
    takes_s = made.seconds * settings.n_steps / then if made else None
    question = t("byheart.question_copies")
    live.ask(LIVE, seen, question, options(t), begin, plan, t, more, takes_s)


def progress(t: Words) -> None:
    """While it runs: how many models are finished, and how many secrets the newest tells."""

    def told(seen: Run) -> tuple[str, str]:
        n_done = sum(bool(row["done"]) for row in seen.rows)
        n = whole(len(settings_of(seen).models), t.lang)
        text = t("byheart.progress", done=whole(n_done, t.lang), n=n)
        if not seen.rows:
            return text, ""
        last = seen.rows[-1]
        n_told = sum(bool(one["right"]) for one in last["canaries"])
        k, of = whole(n_told, t.lang), whole(len(last["canaries"]), t.lang)
        steps = whole(last["steps"], t.lang)
        return text, f"<p class='gb-found'>{t('byheart.so_far', k=k, n=of, steps=steps)}</p>"

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def result(seen: Run, t: Words) -> None:
    """What came of it, beside the guess where one was made in this session."""
    live.failed(seen, t)
    rows, settings = [dict(row) for row in seen.rows], settings_of(seen)
    found = results(rows)
    if "told" in found:
        one = found["told"]
        live.found(LIVE, options(t), outcome_of(one), sentence(one, t), t)
        picture.curve(one, t, f"byheart_run_{seen.record.id[:8]}")
        if asked := own.answers(rows, t):
            st.html(f'<h3 class="gb-part">{t("byheart.own_result")}</h3>{asked}')
        note(how(one, settings, seen.record.seconds, t))
        st.html(picture.by_copies(one, t))
        last = [row for row in rows if row["done"] and row["lane"] == "told"][-1]
        st.html(f'<h3 class="gb-part">{t("byheart.quoted")}</h3>')
        st.html(picture.quoted(last["writing"]["quoted"], t))
        if len(found) > 1:
            st.html(f'<h3 class="gb-part">{t("byheart.yours")}</h3>')
            st.html(picture.treatments(found, t))
            st.html(picture.sizes(found, t))
    live.ended(LIVE, seen, t)


def sentence(one: Found, t: Words) -> str:
    """From how many copies on secrets come out, in words."""
    n = copies_needed(one)
    often = picture.share_of(one.told_of("exact", picture.OFTEN), t)
    once = picture.share_of(one.told["exact", 1], t)
    if n is None:
        return t("byheart.found_never", once=once, often=often)
    return t("byheart.found", n=whole(n, t.lang), once=once, often=often)


def how(one: Found, settings: MemorisingSettings, seconds: float, t: Words) -> str:
    """How it was measured."""
    return t(
        "byheart.how",
        seeds=whole(one.n_models, t.lang),
        each=whole(settings.n_each, t.lang),
        n=whole(one.n_sentences, t.lang),
        passes=decimal(settings.n_steps_each * settings.n_batch / one.n_sentences, t.lang, 1),
        time=duration(seconds, t.lang),
    )
