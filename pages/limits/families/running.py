"""The live run: n-grams counted, then a recurrent network and a transformer of the same budget."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import streamlit as st

from core.errors import GlassboxError
from core.jobs.engine import Plan
from core.jobs.programs import FAMILIES as PROGRAM
from core.limits.families.makers import Family, Maker, maker_of
from core.limits.families.measuring import continued
from core.limits.families.program import FamiliesSettings, networks
from core.limits.families.rules import Rule, answered_by
from core.pieces import outcome_of
from core.services import services
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import decimal, duration, whole
from pages.limits import live
from pages.limits.families.columns import COLUMNS, Column, drawn, named, of_row, of_rules
from pages.limits.families.materials import Source, material_of, table_of
from pages.limits.families.showing import BITS_DIGITS, done, least_surprised, sentence
from pages.limits.live import Live, Run

LIVE: Final = Live("families", PROGRAM, "family")


def settings_of(seen: Run) -> FamiliesSettings:
    """What a run was asked to do."""
    return FamiliesSettings.from_dict(seen.record.settings)


def options(t: Words) -> dict[str, str]:
    """Who may be least surprised by new text."""
    return {
        "ngrams": t("families.guess_ngrams"),
        "recurrent": t("families.guess_recurrent"),
        "transformer": t("families.guess_transformer"),
        "networks": t("families.guess_networks"),
    }


def ask(seen: Run | None, source: Source, question: str, t: Words) -> None:
    """The guess and the button that begins; while it runs, the one that ends it."""

    def plan() -> Plan:
        settings = FamiliesSettings(
            lang=t.lang,
            prompt=state.sentence(),
            question=question,
            n_steps_each=state.value("families_steps"),
            seed=state.seed(),
            world=asdict(source.world) if source.world else None,
        )
        inputs = {"corpus": source.corpus, "encoder": source.encoder}
        return Plan(inputs, settings.to_dict(), None, t("families.run_name"), PROGRAM)

    def steps() -> None:
        if state.depth() == "dig":
            with st.container(width=280):
                controls.slider("families_steps", t("families.steps"))

    live.ask(
        LIVE, seen, t("families.question_bits"), options(t), t("families.start"), plan, t, steps
    )


def progress(rules: Sequence[Rule], t: Words) -> None:
    """While it runs: how far, and what each writes so far."""

    def told(seen: Run) -> tuple[str, str]:
        settings = settings_of(seen)
        at = min(seen.record.step // settings.n_steps_each, len(settings.models) - 1)
        text = t(
            "families.progress",
            family=named(settings.models[at][0], t),
            step=whole(seen.record.step - at * settings.n_steps_each, t.lang),
            n=whole(settings.n_steps_each, t.lang),
        )
        return text, so_far(seen, rules, t)

    live.progress(LIVE, lambda seen: settings_of(seen).n_steps, told, t)


def so_far(seen: Run, rules: Sequence[Rule], t: Words) -> str:
    """The newest row of each family as a column."""
    newest = {row["family"]: row for row in seen.rows}
    prompt = settings_of(seen).prompt
    columns = [of_rules(prompt, answered_by(rules, prompt), t)]
    for family in COLUMNS[1:]:
        row = newest.get(family)
        columns.append(of_row(row, _below(row, t)) if row else Column(family))
    return drawn(columns, t)


def _below(row: live.Row, t: Words) -> list[str]:
    bits = decimal(row["bits_per_byte"], t.lang, BITS_DIGITS)
    said: list[str] = [t("families.bits_now", bits=bits)]
    if row["training_s"] >= 0:
        read = whole(row["n_tokens"], t.lang)
        said.append(t("families.learned_in", tokens=read, time=duration(row["training_s"], t.lang)))
    return said


def result(seen: Run, source: Source, rules: Sequence[Rule], t: Words) -> None:
    """What came of it: the columns, and the sentence beside the guess."""
    live.failed(seen, t)
    if len(done(seen.rows)) == len(COLUMNS) - 1:
        live.found(LIVE, options(t), least_surprised(seen.rows), sentence(seen.rows, t), t)
    prompt = state.sentence()
    if prompt == settings_of(seen).prompt or not _readable(seen, source, t):
        st.html(so_far(seen, rules, t))
    else:
        try:
            st.html(drawn(written_now(seen, source, prompt, rules, t), t))
            note(t("families.written_now"))
        except GlassboxError as error:
            show_error(error, t)
            st.html(so_far(seen, rules, t))
    live.ended(LIVE, seen, t)


def _readable(seen: Run, source: Source, t: Words) -> bool:
    """Whether the run's networks can go on with the text that the page is about now."""
    same = settings_of(seen).lang == t.lang and seen.record.result is not None
    return same and bool(seen.rows) and seen.record.inputs.get("corpus") == source.corpus


def written_now(
    seen: Run, source: Source, prompt: str, rules: Sequence[Rule], t: Words
) -> list[Column]:
    """Another beginning continued by what the run has made."""
    assert seen.record.result is not None
    trained = services().store.artifacts.opened(state.owner(), seen.record.result, networks)
    material = material_of(source, t.lang)
    makers: dict[Family, Maker] = {"ngrams": table_of(source, t.lang)}
    makers |= {family: maker_of(network) for family, network in trained.items()}
    newest = {row["family"]: row for row in seen.rows}
    columns = [of_rules(prompt, answered_by(rules, prompt), t)]
    for family in COLUMNS[1:]:
        maker = next((one for name, one in makers.items() if name == family), None)
        if maker is None or family not in newest:
            columns.append(Column(family))
            continue
        row = newest[family]
        text = outcome_of(continued(maker, material, prompt, state.seed()))
        columns.append(of_row({**row, **text}, _below(row, t)))
    return columns
