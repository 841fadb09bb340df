"""What stands below the question on the page “parts”."""

from collections.abc import Sequence

import streamlit as st

from core.architecture import positions, sizes
from core.inference import counting
from core.training.text import ablation
from pages.architecture import plan
from pages.architecture.bench import on_bench
from pages.architecture.parts import ablating, costing, encodings, verdicts
from pages.architecture.parts.lanes import Lane
from pages.kit import runs, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import change, decimal


def draw(t: Words) -> None:
    """Draw the page below its question."""
    owner = state.owner()
    on = runs.ground(owner)
    seen: list[Lane] = []
    has_run = on is not None and ablating.has_run(owner, on)
    with stage(t("parts.stage"), computed_now(t) if has_run else None):
        if on is None:
            note(t("training.no_data"))
            st.page_link(
                site.page("data", t), label=t("training.to_data"), query_params=state.shared()
            )
        else:
            first_action(t, "parts")
            seen = ablating.show(owner, on, t)
    if experiments(t):
        if on is not None:
            with card("parts_encodings", t("parts.encodings"), computed_now(t)):
                encodings.show(owner, on, t)
        bench = on_bench(owner)
        plan.take_up(bench)
        config, _ = plan.in_force(bench)
        costing.show(config, t)
    if under_the_hood(t):
        source(t, ablation.left_out, ablation.AblationProgram, words=t("parts.hood_ablation"))
        source(
            t,
            positions.sinusoid_table,
            words=t("parts.hood_sinusoidal"),
            formula=r"PE_{t,2i} = \sin\frac{t}{10000^{2i/C}}, \quad"
            r"PE_{t,2i+1} = \cos\frac{t}{10000^{2i/C}}",
            paper="Vaswani et al. 2017, arXiv:1706.03762",
        )
        source(
            t,
            positions.alibi_slopes,
            positions.distance_penalty,
            words=t("parts.hood_alibi"),
            formula=r"\operatorname{softmax}\left(\frac{q_i k_j}{\sqrt{D}} - m_h (i - j)\right)",
            paper="Press et al. 2021, arXiv:2108.12409",
        )
        source(
            t,
            ablation.order_costs,
            words=t("parts.hood_order"),
            paper="Kazemnejad et al. 2023, arXiv:2305.19466",
        )
        source(
            t,
            sizes.flops_by_part,
            counting.flops_found,
            words=t("parts.hood_flops"),
            paper="Kaplan et al. 2020, arXiv:2001.08361",
        )
    hand_over(t, "parts", _passed_on(seen, t))


def _passed_on(seen: Sequence[Lane], t: Words) -> list[Figure]:
    found = verdicts.results(seen)
    worst = verdicts.costliest(found)
    if worst is None or worst.more is None:
        return []
    return [
        Figure(decimal(found[0].loss.value, t.lang), t("parts.passes_whole"), "yours"),
        Figure(change(worst.more.value, t.lang), ablating.names_of(t)[worst.name]),
    ]
