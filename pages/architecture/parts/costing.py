"""What the plan costs, by part: counted by formula, and again on a real model of it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import streamlit as st

from core.architecture.config import ModelConfig
from core.inference.counting import Costs, Counted, costs_of
from core.lineage import canonical_json, content_id
from core.services import services
from pages.architecture.plan import part_names
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, note, predict
from pages.kit.numbers import data_size, duration, share, whole
from pages.kit.short_work import finished

ARITHMETIC: Final = {
    "attention": ("attention_matrices", "attention_scores"),
    "feedforward": ("feedforward",),
    "unembedding": ("unembedding",),
}
"""The parts that are guessed at, and what each is counted as."""


def show(config: ModelConfig, t: Words) -> None:
    """The question, and the costs by both ways once it is answered."""
    of = content_id(canonical_json(config.to_dict()))[:10]
    options = {
        "attention": t("architecture.part_attention"),
        "feedforward": t("architecture.part_feedforward"),
        "unembedding": t("architecture.part_unembedding"),
    }
    predict(
        f"parts_cost_{of}",
        t,
        question=t("parts.question_cost"),
        options=options,
        measure=lambda: measured(config, options, t),
        about=lambda: note(t("parts.cost_about")),
    )


def measured(config: ModelConfig, options: Mapping[str, str], t: Words) -> Measured:
    """Count on a real model, in a process of its own."""
    bar = st.progress(0.0, text=t("parts.counting"))
    try:
        work = services().engine.short(costs_of, config.to_dict())
        costs = finished(work, lambda done: bar.progress(done, text=t("parts.counting")))
    finally:
        bar.empty()
    flops = {one.name: one.measured for one in costs.flops}
    by_part = {name: sum(flops[each] for each in counted) for name, counted in ARITHMETIC.items()}
    total = sum(by_part.values())
    most = max(by_part, key=lambda name: by_part[name])
    text = t(
        "parts.cost_found",
        part=options[most],
        share=share(by_part[most] / total, t.lang),
        n=whole(costs.n_tokens, t.lang),
        each=whole(total / costs.n_tokens, t.lang),
        time=duration(costs.seconds, t.lang),
    )
    return Measured(most, text, lambda: tables(costs, t))


def tables(costs: Costs, t: Words) -> None:
    """Three tables: formula and measurement side by side, with their deviation."""
    left, right = st.columns(2, gap="large")
    with left:
        st.html(_table(t("parts.parameters"), costs.parameters, part_names(t), t))
    with right:
        st.html(_table(t("parts.flops"), costs.flops, _flops(t), t, costs.n_tokens))
        st.html(_table(t("parts.memory"), costs.memory, _memory(t), t, is_bytes=True))
    note(t("parts.cost_how", n=whole(costs.n_tokens, t.lang)))


def _table(
    title: str,
    rows: Sequence[Counted],
    names: Mapping[str, str],
    t: Words,
    per: int = 1,
    *,
    is_bytes: bool = False,
) -> str:
    def written(n: float) -> str:
        """A figure in the table's unit."""
        return data_size(n, t.lang) if is_bytes else whole(n / per, t.lang)

    heads = ("", t("parts.by_formula"), t("parts.by_run"), t("parts.deviation"))
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(names[one.name])}</th><td>{escape(written(one.formula))}</td>'
        f"<td>{escape(written(one.measured))}</td>"
        f"<td>{escape(share(one.deviation, t.lang, 1))}</td></tr>"
        for one in rows
        if one.formula or one.measured
    )
    return (
        f'<div class="gb-lanes"><table><caption>{escape(title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _flops(t: Words) -> dict[str, str]:
    return {
        "attention_matrices": t("parts.flops_matrices"),
        "attention_scores": t("parts.flops_scores"),
        "feedforward": t("architecture.part_feedforward"),
        "unembedding": t("architecture.part_unembedding"),
    }


def _memory(t: Words) -> dict[str, str]:
    return {
        "weights": t("parts.memory_weights"),
        "cache_token": t("parts.memory_token"),
        "cache": t("parts.memory_cache"),
    }
