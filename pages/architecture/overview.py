"""What stands below the question on the page “architecture”."""

import streamlit as st

from core.architecture import attention, block, heads, sizes
from pages.architecture import experiments as trying
from pages.architecture import passage, plan
from pages.architecture.bench import on_bench
from pages.architecture.view import chosen_head, chosen_model, look_into
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import model_map
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import millions, whole
from pages.kit.site import PAGES


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(PAGES / "kit/assets/architecture.css")

    # Controls
    owner, sentence, depth = state.owner(), state.sentence(), state.depth()
    bench = on_bench(owner)
    plan.take_up(bench)

    # Compute
    config, error = plan.in_force(bench)
    shown = passage.model_of(bench, owner, config, state.seed())
    tokens = [bench.encoder.end_id, *bench.encoder.encode(sentence)][: config.n_context]
    group = f"sentence_{bench.encoder.n_vocab}"

    # Show: the sentence on its way through the model, then how large it is and what that costs
    with stage(t("architecture.plan"), computed_now(t)):
        model_map(
            config,
            t,
            key="map",
            n_tokens=len(tokens),
            passage=passage.passage_of(shown, tokens, t, chosen_head(config)) if shown else None,
            group=group,
            detailed=depth == "dig",
            named=depth == "dig" or chosen_head(config) is not None,
            play=depth == "watch",
        )
        if shown is None:
            note(t("architecture.too_large"))
        plan.dial_and_cost(bench, owner, config, t)
        plan.use(bench, owner, config, t)
        if depth == "dig":
            plan.knobs(bench, owner, t, error)
        if depth == "dig":
            plan.parts_and_memory(config, t)
        if not bench.is_prepared:
            note(t("architecture.no_encoder"))

    # Show: what its tokens attend to
    with card("look", t("architecture.look"), computed_now(t)):
        looked = chosen_model(bench, owner, config, t)
        if looked:
            look_into(looked, sentence, t)
        else:
            note(t("architecture.too_large"))
        if not bench.trained:
            note(t("architecture.no_model"))

    if experiments(t):
        trying.show(looked, config, sentence, t)

    if under_the_hood(t):
        source(
            t,
            attention.attention_weights,
            words=t("architecture.hood_attention"),
            formula=r"\operatorname{softmax}\left(\frac{Q K^\top}{\sqrt{D}}\right)",
            paper="Vaswani et al. 2017, arXiv:1706.03762",
        )
        source(t, block.Block, words=t("architecture.hood_block"))
        source(t, heads.share_at_distance, words=t("architecture.hood_heads"))
        source(
            t,
            sizes.parameters_by_part,
            sizes.training_memory_bytes,
            words=t("architecture.hood_sizes"),
        )

    passed = bench.design if bench.is_prepared else None
    hand_over(
        t,
        "architecture",
        [
            Figure(
                millions(sizes.n_parameters(passed), t.lang), t("architecture.weights"), bench.whose
            ),
            Figure(whole(passed.n_layers, t.lang), t("architecture.n_layers")),
            Figure(whole(passed.n_heads, t.lang), t("architecture.n_heads")),
            Figure(whole(passed.n_vocab, t.lang), t("architecture.n_vocab")),
        ]
        if passed
        else [],
    )
