"""Wordings: told one way only, can it be asked another way? Shipped, and trained again live."""

from typing import Final

import streamlit as st

from core.house.limits.telling import PART, Telling
from core.jobs.engine import Plan
from core.jobs.programs import WORDINGS
from core.limits.often.telling import Tally
from core.limits.often.wordings import TOLD, Worded, WordingSettings, results
from pages.kit import state
from pages.kit.catalogue import Text, Words
from pages.kit.frame import Measured, card, computed_now, note, predict
from pages.kit.numbers import duration, share, whole
from pages.limits import live
from pages.limits.live import Live, Run, newest
from pages.limits.often import picture
from pages.limits.shown import measured_then, with_span

LIVE: Final = Live("often_wordings", WORDINGS, "asked")
MOST: Final = 0.75  # of the answers with eight wordings: as well
FEW: Final = 0.5  # less than this of them: clearly worse
SURE: Final = 0.5  # from here on a model is sure more often than not
CHANCE: Final = 0.1  # below this it is as unsure as it ought to be


def guessed(shipped: Telling, t: Words) -> None:
    """The guess, the shipped measurement, and after it the live run."""
    predict(
        "often_wordings",
        t,
        question=t("often.guess_wordings", n=whole(TOLD, t.lang)),
        options={
            "same": t("often.wordings_same"),
            "less": t("often.wordings_less"),
            "half": t("often.wordings_half"),
        },
        measure=lambda: _measured(shipped, t),
        about=lambda: _about(t),
    )
    if "often_wordings" in st.session_state.get("_predictions", {}):
        _live(t)


def _about(t: Words) -> None:
    note(t("often.wordings_about", n=whole(TOLD, t.lang)))
    st.html(
        f"<p class='gb-found'>{t('often.portrait_one')}</p>"
        f"<p class='gb-found'>{t('often.portrait_two')}</p>"
    )


def _measured(shipped: Telling, t: Words) -> Measured:
    found = shipped.worded

    def show() -> None:
        st.html(picture.wordings(found, t))
        seeds, time = whole(found.n_models, t.lang), duration(shipped.wording_seconds, t.lang)
        note(t("often.wordings_how", seeds=seeds, time=time))

    return Measured(_outcome(found), _sentence(found, t), show)


def _outcome(found: Worded) -> str:
    share_of = found.asked[1].share / max(1e-9, found.asked[TOLD].share)
    return "same" if share_of >= MOST else "half" if share_of < FEW else "less"


def _sentence(found: Worded, t: Words) -> Text:
    one, many, told = found.asked[1], found.asked[TOLD], found.recited[1]
    return t(
        "often.wordings_found",
        one=with_span(one.n_right, one.n, t),
        many=with_span(many.n_right, many.n, t),
        told=with_span(told.n_right, told.n, t),
        n=whole(TOLD, t.lang),
    )


def _sure(one: Tally) -> str:
    return "much" if one.confidence >= SURE else "chance" if one.confidence < CHANCE else "some"


def _options(t: Words) -> dict[str, str]:
    return {
        "chance": t("often.sure_chance"),
        "some": t("often.sure_some"),
        "much": t("often.sure_much"),
    }


def _live(t: Words) -> None:
    """One model of the visitor's seed: how sure is it of what it cannot be asked?"""
    seen = newest(LIVE)
    with card("often_wordings_live", t("often.wordings_live"), computed_now(t) if seen else None):

        def plan() -> Plan:
            settings = WordingSettings(seed=state.seed())
            return Plan({}, settings.to_dict(), None, t("often.wordings_run"), WORDINGS)

        begin = t("often.wordings_start")
        live.ask(LIVE, seen, t("often.guess_sure"), _options(t), begin, plan, t)
        if seen is not None and not seen.record.is_finished:
            _progress(t)
        elif seen is not None:
            _result(seen, t)


def _progress(t: Words) -> None:
    def told(seen: Run) -> tuple[str, str]:
        settings = WordingSettings.from_dict(seen.record.settings)
        text = t(
            "often.step_of",
            step=whole(seen.record.step, t.lang),
            n=whole(settings.n_steps, t.lang),
        )
        return text, ""

    live.progress(
        LIVE, lambda seen: WordingSettings.from_dict(seen.record.settings).n_steps, told, t
    )


def _result(seen: Run, t: Words) -> None:
    live.failed(seen, t)
    found = results([dict(row) for row in seen.rows])
    if found is not None:
        one = found.asked[1]
        said = t(
            "often.sure_measured",
            sure=share(one.confidence, t.lang),
            right=with_span(one.n_right, one.n, t),
        )
        live.found(LIVE, _options(t), _sure(one), said, t)
        st.html(picture.wording_columns(found, t))
        note(t("often.wordings_took", time=duration(seen.record.seconds, t.lang)))
    live.ended(LIVE, seen, t)


def shown(shipped: Telling, t: Words) -> None:
    """The shipped measurement, under “watch”."""
    with card("often_wordings_shown", t("often.wordings"), measured_then(t, PART)):
        note(_sentence(shipped.worded, t))
        st.html(picture.wording_columns(shipped.worded, t))
