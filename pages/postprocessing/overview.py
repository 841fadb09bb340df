"""What stands below the question on the page “postprocessing”."""

import streamlit as st

from core.errors import EmptyInput, GlassboxError
from core.postprocessing.holding import open_from
from core.postprocessing.privacy.automaton import Automaton, Scan
from core.postprocessing.privacy.checksums import iban_holds, luhn_holds, tax_check_digit
from core.postprocessing.stages import run_stages
from core.services import services
from pages.kit import models, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    computed_now,
    experiments,
    hand_over,
    note,
    predict,
    show_error,
    source,
    stage,
    under_the_hood,
)
from pages.kit.static import ASSETS
from pages.postprocessing import counts, filter_row, given, ordering, quoting, trials
from pages.postprocessing.handing import handed_over, keep


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "postprocessing.css")
    found = models.on_hand(services(), state.owner())
    model = found[0] if found else None

    # Controls, compute and show of the stage
    text, answer = given.Given(""), None
    with stage(t("postprocessing.stage"), computed_now(t)):
        with st.container(horizontal=True, key="gb_line_controls", vertical_alignment="center"):
            source_name = given.source(model, t)
            if state.depth() != "watch":
                ordering.action(t)
        try:
            text = given.given(source_name, model, t)
            checked = not filter_row.waits()
            if text.is_letter:
                with st.container(key="gb_invented"):
                    for about in quoting.about_letter(model, t, checked=checked):
                        note(about)
            if text.text:
                answer = filter_row.draw(text, model, t)
                if model:
                    keep(answer, text, model, t)
        except EmptyInput:
            note(t("postprocessing.own_hint"))
        except GlassboxError as error:
            show_error(error, t)

    if state.depth() != "watch":
        counts.show(t)

    if experiments(t):
        predict(
            f"cards_{state.seed()}_{t.lang}",
            t,
            question=t("postprocessing.cards_question", n=trials.N_NUMBERS),
            options={
                "few": t("postprocessing.cards_few"),
                "half": t("postprocessing.cards_half"),
                "all": t("postprocessing.cards_all"),
            },
            measure=lambda: trials.real_cards(state.seed(), t),
            about=lambda: trials.show_numbers(state.seed()),
        )
        if text.text:
            predict(
                f"order_{hash(text.text)}_{t.lang}",
                t,
                question=t("postprocessing.order_question"),
                options={
                    "same": t("postprocessing.order_same"),
                    "other": t("postprocessing.order_other"),
                },
                measure=lambda: trials.order(
                    text.text, ordering.line(), filter_row.context(text, model, t), t
                ),
            )

    if under_the_hood(t):
        source(
            t,
            iban_holds,
            words=t("postprocessing.hood_iban"),
            formula=r"\mathrm{number}(\mathrm{rest} \,\|\, \mathrm{country} \,\|\, "
            r"\mathrm{check}) \bmod 97 = 1",
            paper="ISO 13616-1:2020; ISO/IEC 7064:2003",
        )
        source(
            t,
            luhn_holds,
            words=t("postprocessing.hood_luhn"),
            formula=r"\sum_{i\ \mathrm{even}} d_i + \sum_{i\ \mathrm{odd}} "
            r"\left(2 d_i - 9\,[d_i > 4]\right) \equiv 0 \pmod{10}",
            paper="Luhn 1960, Computer for Verifying Numbers, US patent 2950048",
        )
        source(t, tax_check_digit, words=t("postprocessing.hood_tax"), paper="ISO/IEC 7064:2003")
        source(t, open_from, words=t("postprocessing.hood_holding"))
        source(
            t,
            Automaton._moved,
            Scan.read,
            words=t("postprocessing.hood_automaton"),
            paper="Thompson 1968, Regular Expression Search Algorithm, CACM 11(6)",
        )
        source(t, run_stages, words=t("postprocessing.hood_stages"))

    hand_over(t, "postprocessing", handed_over(answer, t))
