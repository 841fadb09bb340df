"""What stands below the question on the page “cost”."""

from collections.abc import Callable

import streamlit as st

from core.errors import GlassboxError
from core.inference import decoder, quantization, timing
from core.inference.cache import Cache
from core.inference.timing import TextTimes
from pages.inference.cost import measuring, tables, timeline, trials
from pages.inference.cost.opened import Opened, chosen
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Badge,
    Figure,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    show_error,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import data_size, significant, whole
from pages.kit.prediction import guessed


def draw(t: Words) -> None:
    """Draw the page below its question."""
    with stage(t("cost.stage"), computed_now(t) if measuring.has_timed() else None):
        opened = chosen(t)
        if opened is None:
            st.page_link(site.page("training", t), label=t("inference.to_training"))
        else:
            first_action(t, "cost")
            _text(opened, t)
    if opened is not None:
        text: TextTimes | None = measuring.kept("text", opened)
        if text is not None:
            with card("cost_cache", t("cost.cache"), computed_now(t)):
                timeline.cache(text, opened, t)
        if state.depth() != "watch":
            _cards(opened, t)
        if experiments(t):
            trials.show(opened, t)
    if under_the_hood(t):
        _hood(t)
    measured = opened is not None and measuring.kept("text", opened) is not None
    is_known = state.depth() == "watch" or measured or guessed("cost_")
    hand_over(t, "cost", _passed_on(opened, t), is_known=is_known)


def _text(opened: Opened, t: Words) -> None:
    """The button and, live and afterwards, the timeline."""
    label = t("cost.measure_again" if measuring.kept("text", opened) else "cost.measure")
    asked = st.button(label, key="cost_measure", type="primary")
    note(
        t(
            "cost.about",
            text=state.sentence(),
            prompt=whole(len(opened.tokens), t.lang),
            n=whole(opened.n_tokens, t.lang),
        )
    )
    if asked:
        live = st.empty()
        _tried(
            t,
            lambda: measuring.text(
                opened, t, lambda progress: live.html(timeline.growing(opened, t, progress))
            ),
        )
    found = measuring.kept("text", opened)
    if found is not None:
        timeline.show(found, opened, t)


def _cards(opened: Opened, t: Words) -> None:
    """Batches, precisions, the memory: each is measured when asked for."""
    with card("cost_batches", t("cost.batches"), _badge("batches", opened, t)):
        note(t("cost.batches_about"))
        if st.button(t("cost.batches_measure"), key="cost_batches"):
            _tried(t, lambda: measuring.batches(opened, t))
        if (found := measuring.kept("batches", opened)) is not None:
            tables.batches(found, t)
    with card("cost_precisions", t("cost.precisions"), _badge("precisions", opened, t)):
        note(t("cost.precisions_about"))
        if st.button(t("cost.precisions_measure"), key="cost_precisions"):
            _tried(t, lambda: measuring.precisions(opened, t))
        if (rows := measuring.kept("precisions", opened)) is not None:
            tables.precisions(rows, opened, t)
    with card("cost_memory", t("cost.memory"), _badge("memory", opened, t)):
        note(t("cost.memory_about"))
        if st.button(t("cost.memory_measure"), key="cost_memory"):
            _tried(t, lambda: _memory(opened, t))
        text, speeds = measuring.kept("text", opened), measuring.kept("memory", opened)
        if text is not None and speeds is not None:
            tables.memory(speeds, text, opened, t)


def _memory(opened: Opened, t: Words) -> None:
    """The memory, and the model's own speed if it has not been measured."""
    text = measuring.kept("text", opened) or measuring.text(opened, t)
    measuring.memory(opened, text.weight_bytes, t)


def _badge(what: str, opened: Opened, t: Words) -> Badge | None:
    """Nothing is called computed before it is."""
    return None if measuring.kept(what, opened) is None else computed_now(t)


def _tried(t: Words, measure: Callable[[], object]) -> None:
    """Measure; then the whole page is drawn anew, since several parts of it know of the result."""
    try:
        measure()
    except GlassboxError as error:
        show_error(error, t)
    else:
        st.rerun()


def _hood(t: Words) -> None:
    source(t, timing.time_text, words=t("cost.hood_text"))
    source(
        t,
        Cache,
        words=t("cost.hood_cache"),
        formula=r"\text{bytes} = 2 \cdot L \cdot H_{kv} \cdot D \cdot T \cdot 4",
        paper="Pope et al. 2022, arXiv:2211.05102",
    )
    source(
        t,
        quantization.quantize,
        words=t("cost.hood_quantize"),
        formula=r"q_i = \operatorname{round}\!\left(\frac{127}{\max_j |w_j|}\, w_i\right)",
        paper="Dettmers et al. 2022, arXiv:2208.07339",
    )
    source(
        t,
        timing.bytes_per_token,
        words=t("cost.hood_roofline"),
        formula=r"\text{tokens/s} \le \frac{\text{bytes/s}}{\text{bytes per token}}",
        paper="Williams et al. 2009, doi:10.1145/1498765.1498785",
    )
    source(t, decoder.Decoder, words=t("cost.hood_decoder"))


def _passed_on(opened: Opened | None, t: Words) -> list[Figure]:
    found: TextTimes | None = None if opened is None else measuring.kept("text", opened)
    if found is None:
        return []
    rate = measuring.per_second([s for one in found.decode_s for s in one])
    return [
        Figure(significant(rate.median, t.lang, 3), t("cost.decode_rate")),
        Figure(data_size(found.cache_bytes[-1], t.lang), t("cost.passes_cache")),
        Figure(data_size(found.weight_bytes, t.lang), t("cost.passes_weights")),
    ]
