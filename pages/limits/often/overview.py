"""What stands below the question on the page “often”."""

from typing import Final

import streamlit as st

from core.house.limits.telling import PART, Telling, shipped
from core.limits.often import floor as floors
from core.limits.often import telling as code
from core.limits.often import wordings as worded
from core.limits.often.telling import Found, Tally, TellingSettings, results, surest
from core.limits.often.village import Village
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    Measured,
    card,
    experiments,
    hand_over,
    note,
    predict,
    source,
    under_the_hood,
)
from pages.kit.numbers import duration, share, whole
from pages.limits import live
from pages.limits.live import Run, newest
from pages.limits.often import picture, running, wording
from pages.limits.shown import measured_then, with_span

N_FALSE: Final = 6  # falsehoods shown
HALF: Final = 0.5  # of the floor, and one half more than it: about as much
LITTLE: Final = 0.05  # a difference of shares that is none
N_EXAMPLES: Final = 3  # sentences shown before anything runs


def draw(t: Words) -> None:
    """Draw the page below its question."""
    seen, made = newest(running.LIVE), shipped()
    watching = state.depth() == "watch"
    live.staged(
        running,
        t("often.stage"),
        PART,
        seen,
        t,
        shipped=(lambda: _shown(made, t)) if made else None,
        before=lambda: _texts(made, t),
    )
    if watching and made:
        with card("often_floor_shown", t("often.floor"), measured_then(t, PART)):
            _floor(made, t)
        wording.shown(made, t)
    if experiments(t) and made:
        _guess_floor(made, t)
        _guess_cleaning(made, seen, t)
        wording.guessed(made, t)
    if under_the_hood(t):
        _hood(t)
    hand_over(t, "often", _passed_on(seen, t), is_known=live.is_known(seen))


def _shown(made: Telling, t: Words) -> None:
    """The shipped run, under “watch”."""
    one = made.found["told"]
    note(running.sentence(one, t))
    st.html(picture.columns(one.groups, t("often.stage"), t))
    _how(made, t)
    st.html(f'<h3 class="gb-part">{t("often.falsehoods")}</h3>')
    st.html(picture.falsehoods(surest([dict(row) for row in made.rows], "told", N_FALSE), t))


def _how(made: Telling, t: Words) -> None:
    note(
        t(
            "often.how",
            seeds=whole(made.settings.n_seeds, t.lang),
            people=whole(made.settings.n_people, t.lang),
            n=whole(made.settings.n_drawn, t.lang),
            time=duration(made.seconds, t.lang),
        )
    )


def _texts(made: Telling | None, t: Words) -> None:
    """Before anything runs: a few sentences of this seed's text, and how many facts it tells."""
    settings = TellingSettings(seed=state.seed())
    village = settings.village(settings.seed)
    told = [_sentence(village, fact, t) for fact in village.drawn[:N_EXAMPLES]]
    note(t("often.text_begins"))
    st.html(f"<p class='gb-found'>{' '.join(told)} …</p>")
    groups = [code.group_of(n) for n in village.n_told]
    n_each = (
        f"{picture.group_name(group, t)}: {whole(groups.count(group), t.lang)}"
        for group in code.GROUPS
    )
    note(t("often.about", n=whole(village.n_facts, t.lang), counts=" · ".join(n_each)))
    if made:
        n, time = whole(len(made.settings.models), t.lang), duration(made.seconds, t.lang)
        note(t("often.took", n=n, time=time))


def _sentence(village: Village, fact: int, t: Words) -> str:
    """A sentence of the text, in words."""
    row = {"relation": "dog" if fact % 2 else "home", "person": village.people[fact // 2]}
    return picture.stated(row, village.name_of(village.answer(fact)), t)


def _guess_floor(made: Telling, t: Words) -> None:
    """Trained until all is known that was told: how much of what is asked next is false?"""
    singletons = made.found["told"].singletons

    def measure() -> Measured:
        """Of the models trained longest."""
        one = made.found["longer"].asked
        n_wrong = one.n - one.n_right - one.n_unsure
        ratio = n_wrong / one.n / singletons
        outcome = "less" if ratio < HALF else "more" if ratio > 1 + HALF else "about"
        text = t(
            "often.floor_measured",
            wrong=with_span(n_wrong, one.n, t),
            once=_right(made.found["longer"].groups["once"], t),
            singletons=share(singletons, t.lang, 1),
        )
        return Measured(outcome, text, lambda: _floor(made, t))

    predict(
        "often_floor",
        t,
        question=t("often.guess_floor", singletons=share(singletons, t.lang)),
        options={
            "less": t("often.floor_less", singletons=share(singletons, t.lang)),
            "about": t("often.floor_about", singletons=share(singletons, t.lang)),
            "more": t("often.floor_more"),
        },
        measure=measure,
    )


def _right(one: Tally, t: Words) -> str:
    return with_span(one.n_right, one.n, t)


def _floor(made: Telling, t: Words) -> None:
    """The published floor beside what was measured, and what it assumes."""
    plain, longer = made.found["told"], made.found["longer"]
    some = [
        picture.Bar(t("often.bar_singletons"), plain.singletons, None, "counted"),
        picture.wrong_bar(t("often.bar_asked"), plain.asked),
        picture.wrong_bar(t("often.bar_asked_longer"), longer.asked),
        picture.wrong_bar(t("often.bar_written"), plain.written),
        picture.wrong_bar(t("often.bar_written_longer"), longer.written),
    ]
    st.html(picture.bars(some, t))
    note(t("often.floor_about_it", missing=share(plain.missing, t.lang, 1)))
    note(
        t(
            "often.floor_calibration",
            plain=share(picture.calibration_of(plain), t.lang),
            longer=share(picture.calibration_of(longer), t.lang),
            never=share(longer.groups["never"].confidence, t.lang),
        )
    )
    if state.depth() == "dig":
        _terms(made, longer, t)


def _terms(made: Telling, one: Found, t: Words) -> None:
    """The terms of the published bound, and whether they promise anything here."""
    n = made.settings.n_drawn
    luck, chance = 2.0 / (made.settings.n_answers - 1), floors.chance_term(n)
    note(
        t(
            "often.floor_terms",
            singletons=share(one.singletons, t.lang, 1),
            luck=share(luck, t.lang, 1),
            chance=share(chance, t.lang),
            gap=share(one.gap, t.lang, 1),
            n=whole(n, t.lang),
            needed=whole(floors.sentences_needed(one.singletons), t.lang),
        )
    )


def _guess_cleaning(made: Telling, seen: Run | None, t: Words) -> None:
    """Each sentence kept once, as often through the text: what becomes of what was told often?"""
    told, once = made.found["told"].groups["often"], made.found["passes"].groups["often"]

    def show() -> None:
        """All lanes, shipped, and those of the visitor's own run."""
        st.html(picture.treatments(made.found, t))
        note(t("often.treatments_about"))
        unsure = made.found["unsure"]
        rest, refused = unsure.untaught, unsure.groups["once"]
        note(
            t(
                "often.unsure_carries",
                share=with_span(rest.n_unsure, rest.n, t),
                once=with_span(refused.n_unsure, refused.n, t),
            )
        )
        yours = results([dict(row) for row in seen.rows]) if seen else {}
        if len(yours) > 1:
            st.html(f'<h3 class="gb-part">{t("often.yours")}</h3>')
            st.html(picture.treatments(yours, t))

    def measure() -> Measured:
        """Of the shipped models."""
        gain = once.share - told.share
        outcome = "more" if gain > LITTLE else "less" if gain < -LITTLE else "same"
        cleaned = made.found["cleaned"].groups
        short = made.found["short"].groups["often"]
        text = t(
            "often.cleaning_measured",
            before=_right(told, t),
            after=_right(once, t),
            short=_right(short, t),
            same=_right(cleaned["often"], t),
            once=_right(made.found["told"].groups["once"], t),
            once_after=_right(cleaned["once"], t),
        )
        return Measured(outcome, text, show)

    predict(
        "often_cleaning",
        t,
        question=t("often.guess_cleaning"),
        options={
            "more": t("often.cleaning_more"),
            "same": t("often.cleaning_same"),
            "less": t("often.cleaning_less"),
        },
        measure=measure,
    )


def _hood(t: Words) -> None:
    source(
        t,
        floors.singleton_share,
        floors.floor,
        floors.calibration_gap,
        words=t("often.hood_floor"),
        formula=r"\mathrm{err} \ge \mathrm{sr} - \frac{2}{\min_c |E_c|} - "
        r"\frac{35 + 6 \ln N}{\sqrt{N}} - \delta",
        paper="Kalai et al. 2025, arXiv:2509.04664, theorem 2; Kalai & Vempala 2023, "
        "arXiv:2311.14648",
    )
    source(
        t,
        code.hallucinated,
        code.text_of,
        words=t("often.hood_cleaning"),
        paper="Miao & Kearns 2025, arXiv:2502.08666; Kandpal et al. 2022, arXiv:2211.08411",
    )
    source(
        t,
        worded.Portraits,
        words=t("often.hood_wordings"),
        paper="Allen-Zhu & Li 2023, arXiv:2309.14316",
    )


def _passed_on(seen: Run | None, t: Words) -> list[Figure]:
    finished = seen is not None and seen.record.is_finished
    found = results([dict(row) for row in seen.rows]) if seen and finished else {}
    if "told" not in found:
        return []
    groups = found["told"].groups
    return [
        Figure(share(groups["once"].share, t.lang), t("often.passes_once"), "yours"),
        Figure(share(groups["often"].share, t.lang), t("often.passes_often"), "yours"),
    ]
