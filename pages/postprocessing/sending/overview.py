"""What stands below the question on the page “sending”."""

import streamlit as st

from core.api.webhook import admitted, check_public
from core.postprocessing.chaining import sealed
from core.postprocessing.holding import HoldBack
from core.postprocessing.sending.audit import verify
from core.services import services
from pages.kit import models, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    experiments,
    hand_over,
    note,
    predict,
    source,
    under_the_hood,
)
from pages.kit.static import ASSETS
from pages.postprocessing.sending import call, envelope, mailbox, webhook


def draw(t: Words) -> None:
    """Draw the page below its question."""
    # Controls, compute and show of the stage
    st.html(ASSETS / "sending.css")
    found = models.on_hand(services(), state.owner())
    latest = envelope.shown_one()
    if not found:
        note(t("inference.none"))
        st.page_link(site.page("training", t), label=t("inference.to_training"))
        model = None
    else:
        model = found[0]
        plays = state.depth() == "watch"  # whoever only watches presses nothing

        def below(arrived: str | None) -> envelope.Said | None:
            shown = envelope.shown_one(arrived)
            envelope.beside(shown, t)
            return shown

        latest = call.draw(
            model, t, plays, latest, below, lambda shown: envelope.masked_away(shown, t)
        )
        if latest is not None:
            envelope.keep_answer(latest, model)
            envelope.show(latest, t)
            if state.depth() != "watch":
                webhook.webhook(latest, t)

    if model and experiments(t):
        about = f"{model.id[:8]}_{t.lang}"
        predict(
            f"objecting_{about}",
            t,
            question=t("sending.objecting_question"),
            options={
                "all": t("sending.objecting_all"),
                "some": t("sending.objecting_some"),
                "masked": t("sending.objecting_masked"),
                "nothing": t("sending.objecting_nothing"),
            },
            measure=lambda: mailbox.objecting(model, t),
        )
        mailbox.mailbox(model, t)

    if under_the_hood(t):
        source(
            t,
            sealed,
            verify,
            words=t("sending.hood_chain"),
            formula=r"h_n = \mathrm{SHA256}(e_n \,\|\, h_{n-1}), \qquad h_{-1} = 0",
            paper="Haber, Stornetta 1991, How to Time-Stamp a Digital Document",
        )
        source(t, HoldBack.push, words=t("sending.hood_holding"))
        source(t, admitted, check_public, words=t("sending.hood_webhook"))

    hand_over(t, "sending", envelope.usage_figures(t) if latest else ())
