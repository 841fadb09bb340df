"""What stands below the question on the page “marking”."""

import streamlit as st

from core.inference.watermark import favour_green
from core.postprocessing.marking.marking import chance_of
from core.postprocessing.marking.provenance import verify
from core.services import services
from pages.kit import models, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import experiments, hand_over, note, predict, source, under_the_hood
from pages.kit.static import ASSETS
from pages.postprocessing.marking.alarms import edited, false_alarms
from pages.postprocessing.marking.detector import figures, marking, pasted
from pages.postprocessing.sending.origin import origin


def draw(t: Words) -> None:
    """Draw the page below its question."""
    # Controls, compute and show of the stage
    found = models.on_hand(services(), state.owner())
    # The watermark needs a long text: a base model writes on, one that answers soon stops.
    teller = next((one for one in found if one.kind == "checkpoint"), None)
    if teller is None:
        note(t("marking.none"))
        st.page_link(site.page("training", t), label=t("marking.to_training"))
    else:
        st.html(ASSETS / "marking.css")
        marking(teller, t)
        if state.depth() != "watch":
            pasted(teller, t)
        origin(teller, t)

    if teller is not None and experiments(t):
        predict(
            f"marking_edit_{teller.id[:8]}_{t.lang}",
            t,
            question=t("marking.edit_question"),
            options={"found": t("marking.edit_found"), "lost": t("marking.edit_lost")},
            measure=lambda: edited(teller, t),
        )
        false_alarms(teller, t)

    if under_the_hood(t):
        source(
            t,
            favour_green,
            words=t("marking.hood_green"),
            formula=r"z'_i = z_i + \delta\,[\,i \in G(k, x_{t-1})\,]",
            paper="Kirchenbauer et al. 2023, A Watermark for Large Language Models, "
            "arXiv:2301.10226",
        )
        source(
            t,
            chance_of,
            words=t("marking.hood_chance"),
            formula=r"p = \sum_{j \ge g} \binom{n}{j} \gamma^j (1-\gamma)^{n-j}, \quad "
            r"z = \frac{g - \gamma n}{\sqrt{n \gamma (1-\gamma)}}",
            paper="Fernandez et al. 2023, Three Bricks to Consolidate Watermarks, arXiv:2308.00113",
        )
        source(
            t,
            verify,
            words=t("marking.hood_verify"),
            paper="Krawczyk et al. 1997, HMAC: Keyed-Hashing for Message Authentication, RFC 2104",
        )

    hand_over(t, "marking", [] if teller is None else figures(teller, t))
