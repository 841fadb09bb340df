"""The stage: the whole model beside five that each do without one part."""

from collections.abc import Sequence

import streamlit as st

from core.architecture.sizes import n_parameters
from core.jobs.programs import ABLATION
from core.training.text.ablation import (
    LANES,
    N_CHANNELS,
    N_CONTEXT,
    N_LAYERS,
    WHOLE,
    left_out,
    small_plan,
)
from pages.architecture.parts import lanes as side
from pages.architecture.parts import shipped, verdicts
from pages.architecture.parts.lanes import Comparison, Lane
from pages.kit import runs, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import duration, whole

N_BATCH = 8


def comparison(n_vocab: int) -> Comparison:
    """Six plans that differ in one part each."""
    whole_plan = small_plan(n_vocab)
    plans = {name: left_out(whole_plan, name) for name in LANES}
    return Comparison(ABLATION, plans, LANES[1:], N_BATCH, "parts_steps")


def names_of(t: Words) -> dict[str, str]:
    """What the lanes are called."""
    return {
        WHOLE: t("parts.whole"),
        "attention": t("parts.no_attention"),
        "positions": t("parts.no_positions"),
        "residual": t("parts.no_residual"),
        "norm": t("parts.no_norm"),
        "feedforward": t("parts.no_feedforward"),
    }


def has_run(owner: str, on: runs.Ground) -> bool:
    """Whether the visitor has trained the six, or does so now."""
    return bool(side.of_visitor(owner, comparison(side.n_vocab(owner, on))))


def show(owner: str, on: runs.Ground, t: Words) -> list[Lane]:
    """The guess, the runs, and what came of them."""
    names = names_of(t)
    compared = comparison(side.n_vocab(owner, on))
    seen = side.of_visitor(owner, compared)
    if state.depth() != "watch":
        side.ask(compared, seen, names, t("parts.question_most"), t("parts.start"), t)
    if not seen:
        shipped.show(names, t, is_known=False)
        _plans(compared, names, t)
        return []
    side.curves(seen, names, t)
    if side.going(seen):
        side.progress(compared, names, t)
    else:
        _result(compared, seen, names, t)
        shipped.show(names, t, is_known=True)
        side.again(compared, t)
    return seen


def _plans(compared: Comparison, names: dict[str, str], t: Words) -> None:
    """Before the first run: the six plans, what each lacks, and the parameters it really has."""
    missing = {
        WHOLE: t("parts.missing_whole"),
        "attention": t("parts.missing_attention"),
        "positions": t("parts.missing_positions"),
        "residual": t("parts.missing_residual"),
        "norm": t("parts.missing_norm"),
        "feedforward": t("parts.missing_feedforward"),
    }
    rows = [
        (names[name], [missing[name], whole(n_parameters(config), t.lang)], "")
        for name, config in compared.plans.items()
    ]
    st.html(side.table((t("parts.missing"), t("parts.parameters")), rows, t, is_said=True))
    note(
        t(
            "parts.about",
            layers=N_LAYERS,
            channels=N_CHANNELS,
            context=N_CONTEXT,
            sentence=state.sentence(),
        )
    )


def _result(compared: Comparison, seen: Sequence[Lane], names: dict[str, str], t: Words) -> None:
    found = verdicts.results(seen)
    by_name = {one.name: one for one in found}
    worst = verdicts.costliest(found)
    if worst is not None:
        said = verdicts.sentence_of_parts(found, names, t)
        side.found(compared, names, worst.name, said, t)
    heads = (t("parts.loss"), t("parts.more"), t("parts.order"))
    rows = []
    for lane in seen:
        one = by_name.get(lane.name)
        figures = ["–", "–", "–"]
        if one is not None:
            more = verdicts.signed(one.more, t) if one.more else "–"
            figures = [verdicts.plus_minus(one.loss, t), more, verdicts.plus_minus(one.order, t)]
        rows.append((names[lane.name], figures, lane.text))
    st.html(side.table(heads, rows, t, side.prompt(seen)))
    if found:
        n, seconds = whole(found[0].loss.n, t.lang), sum(lane.run.seconds for lane in seen)
        steps = whole(max(lane.run.step for lane in seen), t.lang)
        how = t("parts.how", n=n, steps=steps, time=duration(seconds, t.lang))
        note(f"{how} {t('parts.how_curves', few=whole(side.N_VALIDATION, t.lang))}")
        note(f"{t('parts.order_about')} {verdicts.sentence_of_order(found, names, t)}")
    side.ends(seen, names, t)
