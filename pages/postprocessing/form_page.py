"""What stands below the question on the page “form”."""

import streamlit as st

from core.inference.constraint import Constraint, way_out
from core.inference.watermark import favour_green
from core.postprocessing.marking import chance_of
from core.postprocessing.mending import mend
from core.postprocessing.provenance import verify
from core.services import services
from pages.kit import models, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    experiments,
    hand_over,
    note,
    predict,
    source,
    under_the_hood,
)
from pages.kit.numbers import share, whole
from pages.kit.static import ASSETS
from pages.postprocessing import fifty as draws
from pages.postprocessing import shape
from pages.postprocessing.alarms import edited, false_alarms
from pages.postprocessing.marks import beside, marking
from pages.postprocessing.origin import origin
from pages.postprocessing.truth import can_be_judged, how_many_true


def draw(t: Words) -> None:
    """Draw the page below its question."""
    # Controls, compute and show of the stage
    found = models.on_hand(services(), state.owner())
    fifty = None
    if not found:
        note(t("form.none"))
        st.page_link(site.page("training", t), label=t("form.to_training"))
    else:
        st.html(ASSETS / "form.css")
        model = found[0]
        # The watermark needs a long text: a base model writes on, one that answers soon stops.
        teller = next(one for one in found if one.kind == "checkpoint")
        left, right = st.columns([7, 5], gap="medium")
        with left:
            fifty = shape.draw(model, t)
        with right:
            marking(teller, t)
        shape.detail(model, fifty, t)
        beside(teller, t)
        origin(teller, t)

    if found and experiments(t):
        about = f"{model.id[:8]}_{t.lang}"
        if fifty is not None and can_be_judged(model, fifty, t):
            predict(
                f"form_true_{about}",
                t,
                question=t("form.true_question"),
                options={
                    "all": t("form.true_all"),
                    "most": t("form.true_most"),
                    "few": t("form.true_few"),
                    "none": t("form.true_none"),
                },
                measure=lambda: how_many_true(model, fifty, t),
            )
        predict(
            f"form_edit_{about}",
            t,
            question=t("form.edit_question"),
            options={"found": t("form.edit_found"), "lost": t("form.edit_lost")},
            measure=lambda: edited(teller, t),
        )
        false_alarms(teller, t)

    if under_the_hood(t):
        source(
            t,
            Constraint,
            words=t("form.hood_constraint"),
            formula=r"p'_i \propto p_i \cdot [\,x_{<t}\, i \text{ can still become valid}\,]",
            paper="Willard and Louf 2023, Efficient Guided Generation for Large Language Models, "
            "arXiv:2307.09702",
        )
        source(t, way_out, words=t("form.hood_way_out"))
        source(t, mend, words=t("form.hood_mend"))
        source(
            t,
            favour_green,
            words=t("form.hood_green"),
            formula=r"z'_i = z_i + \delta\,[\,i \in G(k, x_{t-1})\,]",
            paper="Kirchenbauer et al. 2023, A Watermark for Large Language Models, "
            "arXiv:2301.10226",
        )
        source(
            t,
            chance_of,
            words=t("form.hood_chance"),
            formula=r"p = \sum_{j \ge g} \binom{n}{j} \gamma^j (1-\gamma)^{n-j}, \quad "
            r"z = \frac{g - \gamma n}{\sqrt{n \gamma (1-\gamma)}}",
            paper="Fernandez et al. 2023, Three Bricks to Consolidate Watermarks, arXiv:2308.00113",
        )
        source(
            t,
            verify,
            words=t("form.hood_verify"),
            paper="Krawczyk et al. 1997, HMAC: Keyed-Hashing for Message Authentication, RFC 2104",
        )

    row = []
    if fifty is not None and fifty.is_whole:
        for name, reads in draws.readings(model, fifty):
            n = sum(read is not None and read.is_valid for read in reads)
            label = {
                "free": t("form.valid_free"),
                "mended": t("form.valid_mended"),
                "held": t("form.valid_held"),
            }[name]
            row.append(Figure(share(n / draws.N_DRAWS, t.lang), label))
        row.append(Figure(whole(draws.N_DRAWS, t.lang), t("form.n_draws")))
    hand_over(t, "form", row)
