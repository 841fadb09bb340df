"""What stands below the question on the page “families”."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.house.limits.families import PART, Families, families
from core.limits.families import borders, makers, ngrams, recurrent, rules
from core.limits.families.measuring import N_ASKED
from core.limits.families.rules import Rule, answered_by
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    Measured,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    predict,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import data_size, decimal, duration, whole
from pages.limits import live
from pages.limits.families import drawing, ruling, running, showing
from pages.limits.families.columns import COLUMNS, Column, drawn, of_row, of_rules
from pages.limits.families.materials import Source, material_of, source_now
from pages.limits.live import Run, newest
from pages.limits.shown import measured_then, with_span


def draw(t: Words) -> None:
    """Draw the page below its question."""
    seen, shipped, found = newest(running.LIVE), families(t.lang), source_now()
    watching = state.depth() == "watch"
    program = ruling.rules_now(t).rules
    shows_shipped = watching and seen is None and shipped is not None
    badge = measured_then(t, PART) if shows_shipped else computed_now(t) if seen else None
    with stage(t("families.stage"), badge):
        if not watching:
            first_action(t, "families")
            if found is not None:
                running.ask(seen, found, _question(shipped), t)
        if seen is not None and not seen.record.is_finished:
            running.progress(program, t)
        elif seen is not None and found is not None:
            running.result(seen, found, program, t)
        elif shows_shipped and shipped is not None:
            _shown(shipped, t)
        else:
            prompt = state.sentence()
            begun = [of_rules(prompt, answered_by(program, prompt), t)]
            st.html(drawn([*begun, *(Column(each) for each in COLUMNS[1:])], t))
        if seen is None and shipped:
            note(_about(shipped, found, t))
    rows = _rows(seen, shipped if watching else None)
    if rows and found is not None:
        _measures(rows, program, shipped, found, seen, t)
    if experiments(t):
        _facts(shipped, t)
        _rules(found, t)
        _hundred(seen, shipped, program, t)
        drawing.compared(t)
    if under_the_hood(t):
        _hood(t)
    hand_over(t, "families", _passed_on(seen, t), is_known=live.is_known(seen))


def _question(shipped: Families | None) -> str:
    """What is asked a hundred times."""
    return shipped.settings.question if shipped else ""


def _rows(seen: Run | None, shipped: Families | None) -> Sequence[Mapping[str, Any]]:
    """The rows of a finished run, or those that are shipped; nothing before all are measured."""
    if seen is not None:
        rows = seen.rows if seen.record.is_finished else ()
        return rows if len(showing.done(rows)) == len(COLUMNS) - 1 else ()
    return shipped.rows if shipped else ()


def _shown(shipped: Families, t: Words) -> None:
    """The shipped run, under “watch”."""
    note(showing.sentence(shipped.rows, t))
    prompt = shipped.settings.prompt
    columns = [of_rules(prompt, None, t)]
    columns += [
        of_row(some[0], [t("families.bits_now", bits=showing.bits_written(some, t))])
        for some in showing.done(shipped.rows).values()
    ]
    st.html(drawn(columns, t))


def _about(shipped: Families, found: Source | None, t: Words) -> str:
    """What all read, and how long the shipped measurement took."""
    if found is not None and found.whose == "yours":
        return t("families.about_own")
    settings = shipped.settings
    trained = [row["training_s"] for row in shipped.rows if row["family"] != "ngrams"]
    return t(
        "families.about",
        n=whole(settings.n_documents, t.lang),
        size=data_size(shipped.n_train_bytes, t.lang),
        steps=whole(settings.n_steps_each, t.lang),
        time=duration(sum(trained) / max(1, len(trained)), t.lang),
    )


def _measures(
    rows: Sequence[Mapping[str, Any]],
    program: Sequence[Rule],
    shipped: Families | None,
    found: Source,
    seen: Run | None,
    t: Words,
) -> None:
    """All measures of all families, and the example model beside them."""
    badge = measured_then(t, PART) if seen is None else computed_now(t)
    with card("families_measures", t("families.measures"), badge):
        material = material_of(found, t.lang)
        example = shipped.example if shipped and found.whose == "house" else None
        judged = ruling.judged(program, material)
        st.html(showing.tabulated(rows, judged, len(program), example, t))
        note(t("families.measures_about"))


def _facts(shipped: Families | None, t: Words) -> None:
    """Who answers more truly: the rules that know half of it, or the model that read all of it?"""
    if shipped is None or not shipped.rules["plain"].n:
        return

    def measure() -> Measured:
        """What was measured, shipped."""
        ours = shipped.rules["plain"]
        theirs = showing.answers([shipped.example], "plain")
        untold = showing.answers([shipped.example], "untold")
        gap = ours.n_right - theirs.n_right
        outcome = "alike" if abs(gap) <= 0.1 * ours.n else "rules" if gap > 0 else "model"
        text = t(
            "families.facts_measured",
            rules=with_span(ours.n_right, ours.n, t),
            model=with_span(theirs.n_right, theirs.n, t),
            rules_wrong=whole(ours.n_wrong + shipped.rules["untold"].n_wrong, t.lang),
            model_wrong=with_span(untold.n_wrong, untold.n, t),
            rules_reworded=with_span(
                shipped.rules["reworded"].n_right, shipped.rules["reworded"].n, t
            ),
        )

        def table() -> None:
            """All families, all sorts of questions."""
            st.html(showing.questions(shipped.rows, shipped.rules, shipped.example, t))
            note(t("families.facts_about"))

        return Measured(outcome, text, table)

    predict(
        "families_facts",
        t,
        question=t("families.guess_facts"),
        options={
            "rules": t("families.facts_rules"),
            "model": t("families.facts_model"),
            "alike": t("families.facts_alike"),
        },
        measure=measure,
    )


def _rules(found: Source | None, t: Words) -> None:
    """The rules, to be changed."""
    with card("families_rules", t("families.rules_title"), computed_now(t)):
        ruling.editor(material_of(found, t.lang) if found else None, t)


def _hundred(seen: Run | None, shipped: Families | None, program: Sequence[Rule], t: Words) -> None:
    """The same question a hundred times: one answer, or a distribution."""
    if shipped is None or "families_facts" not in st.session_state.get("_predictions", {}):
        return
    question = _question(shipped)
    with card("families_hundred", t("families.hundred", n=N_ASKED), measured_then(t, PART)):
        note(t("families.hundred_asked", question=question))
        rule = answered_by(program, question)
        always = [{"text": rule.answer if rule else "", "n": N_ASKED, "right": None}]
        found: dict[str, Mapping[str, Any]] = {
            "rules": {"n": N_ASKED, "n_different": 1, "answers": always}
        }
        found |= {family: some[0]["asked"] for family, some in showing.done(shipped.rows).items()}
        found[showing.EXAMPLE] = shipped.example["asked"]
        st.html(showing.bars(found, t))
        note(t("families.hundred_about"))


def _hood(t: Words) -> None:
    source(
        t,
        rules.answered_by,
        words=t("families.hood_rules"),
        paper="Newell & Simon 1972; Weizenbaum 1966",
    )
    source(
        t,
        ngrams.NGrams.probs,
        words=t("families.hood_ngrams"),
        formula=r"p(w \mid h) = \frac{\max(c(hw) - D, 0)}{c(h)} + "
        r"\frac{D \, N_{1+}(h\,\cdot)}{c(h)} \; p(w \mid h')",
        paper="Shannon 1948; Kneser & Ney 1995; Chen & Goodman 1998",
    )
    source(
        t,
        recurrent.GRU,
        words=t("families.hood_recurrent"),
        formula=r"h_t = (1 - z_t) \odot \tilde h_t + z_t \odot h_{t-1}",
        paper="Elman 1990; Cho et al. 2014, arXiv:1406.1078",
    )
    source(
        t,
        makers.Attending,
        words=t("families.hood_transformer"),
        paper="Vaswani et al. 2017, arXiv:1706.03762",
    )
    source(
        t,
        borders.Line,
        borders.Clouds,
        words=t("families.hood_borders"),
        paper="Ng & Jordan 2002, NIPS 14",
    )


def _passed_on(seen: Run | None, t: Words) -> list[Figure]:
    found = showing.done(seen.rows) if seen is not None and seen.record.is_finished else {}
    if len(found) < len(COLUMNS) - 1:
        return []
    labels = {
        "ngrams": t("families.passes_ngrams"),
        "recurrent": t("families.passes_recurrent"),
        "transformer": t("families.passes_transformer"),
    }
    return [
        Figure(decimal(showing.bits(some), t.lang, showing.BITS_DIGITS), labels[family], "yours")
        for family, some in found.items()
    ]
