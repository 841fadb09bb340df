"""The experiments of step 1: each is measured at the moment somebody asks."""

from functools import partial
from typing import Final

import streamlit as st

from core.data.text.graphemes import token_spans
from core.data.world import WorldSettings
from core.errors import GlassboxError
from core.modality import TEXT
from core.services import services
from pages.data import choosing, funnel
from pages.data.arriving import Arrived, first_told
from pages.kit import preparing, site, state
from pages.kit.catalogue import Words
from pages.kit.components import Consequence, lanes, token_strip
from pages.kit.frame import Measured, card, note, predict, show_error
from pages.kit.numbers import decimal, share, whole

WORD: Final = "Donaudampfschifffahrt"
WORD_VOCABULARY: Final = 2000
SMALL_VOCABULARY, LARGE_VOCABULARY = 1000, 2000
FEW, SOME, MANY = 5, 10, 15  # tokens: the limits between the guesses
HALF, QUARTER = 0.625, 0.875  # shares of the length: half-way between the guesses
PAIR_DUPLICATES: Final = 0.5  # where the world is told without copies, a pair gets so many


def foreign_word(t: Words) -> None:
    """How a long German word looks to an encoder that has read English only."""
    predict(
        "word",
        t,
        question=t("data.word_question", word=WORD),
        options={
            "few": t("data.word_few", n=FEW),
            "some": t("data.word_some", low=FEW + 1, high=SOME),
            "many": t("data.word_many", low=SOME + 1, high=MANY),
            "most": t("data.word_most", n=MANY),
        },
        measure=partial(measure_word, t),
    )


def measure_word(t: Words) -> Measured:
    """Teach two encoders, one on each language, and let both cut the word."""
    spans = {}
    for lang, german_share in (("en", 0.0), ("de", 1.0)):
        texts = first_told(WorldSettings(n_documents=funnel.MOST_TOKENS, german_share=german_share))
        encoder = funnel.first_merges(texts, WORD_VOCABULARY)
        spans[lang] = token_spans(encoder, encoder.encode(WORD))
    n = {lang: sum(len(span.ids) for span in each) for lang, each in spans.items()}

    def show() -> None:
        for lang, read in (("en", t("data.word_read_en")), ("de", t("data.word_read_de"))):
            note(read)
            token_strip(spans[lang], t, key=f"data_word_{lang}", group=f"word_{lang}", small=True)

    limits = ((FEW, "few"), (SOME, "some"), (MANY, "many"))
    outcome = next((name for limit, name in limits if n["en"] <= limit), "most")
    return Measured(outcome, t("data.word_measured", en=n["en"], de=n["de"]), show)


def larger_vocabulary(t: Words, view: funnel.View) -> None:
    """Whether twice the vocabulary makes a text half as long."""
    predict(
        "vocabulary",
        t,
        question=t(
            "data.vocabulary_question",
            small=whole(SMALL_VOCABULARY, t.lang),
            large=whole(LARGE_VOCABULARY, t.lang),
        ),
        options={
            "half": t("data.vocabulary_half"),
            "quarter": t("data.vocabulary_quarter"),
            "little": t("data.vocabulary_little"),
        },
        measure=partial(measure_vocabulary, t, view),
    )


def measure_vocabulary(t: Words, view: funnel.View) -> Measured:
    """Cut the documents on the stage with both encoders, and count."""
    texts = [document.text for document in view.documents]
    n = [
        sum(len(encoder.encode(text)) for text in texts)
        for encoder in (
            funnel.first_merges(view.documents, size)
            for size in (SMALL_VOCABULARY, LARGE_VOCABULARY)
        )
    ]
    ratio = n[1] / max(1, n[0])
    outcome = "half" if ratio < HALF else "quarter" if ratio < QUARTER else "little"
    text = t(
        "data.vocabulary_measured",
        before=whole(n[0], t.lang),
        after=whole(n[1], t.lang),
        share=share(1 - ratio, t.lang),
    )
    return Measured(outcome, text)


def pair(t: Words, arrived: Arrived | None, view: funnel.View | None) -> None:
    """Copies out or in: two lives that differ in this one switch."""
    with card("pair", t("data.pair")):
        note(t("data.pair_text"))
        here = services().store.benches.of(state.owner(), TEXT)
        different = here.difference
        if different and (different.step, different.setting) == ("data", "duplicates"):
            _compare(t)
        nothing_twice = arrived is not None and arrived.world is None and _n_copies(view) == 0
        if nothing_twice:
            note(t("data.pair_none"))
        busy = bool(preparing.under_way(state.owner()))
        st.button(
            t("data.pair_make"),
            key="data_pair",
            disabled=arrived is None or nothing_twice or busy,
            on_click=_make_pair,
            args=(arrived,),
        )


def _n_copies(view: funnel.View | None) -> float:
    return view.counts.get("duplicates", 0) if view else 0


def _make_pair(arrived: Arrived) -> None:
    """Begin both lanes; a world without copies gets some, since else there is nothing to see."""
    if arrived.world is not None and arrived.world.duplicate_share == 0:
        st.session_state["world_duplicates"] = PAIR_DUPLICATES
        world = WorldSettings(**{**arrived.world.__dict__, "duplicate_share": PAIR_DUPLICATES})
        arrived = Arrived(world, None, arrived.sample, arrived.n_documents)
    task = preparing.Task(choosing.order_of(arrived), arrived.corpus)
    try:
        preparing.begin_pair(services(), state.owner(), task)
    except GlassboxError as error:
        st.session_state["_data_error"] = error


def _compare(t: Words) -> None:
    """Both lanes side by side, as far as they are there."""
    owner, store = state.owner(), services().store
    ids = {lane: choosing.on_bench(owner, lane) for lane in ("a", "b")}
    if not (ids["a"] and ids["b"]):
        return
    numbers = {
        lane: store.artifacts.get(owner, each.corpus, "corpus").numbers
        for lane, each in ids.items()
        if each
    }
    rows = []
    for name, label, digits in (
        ("n_kept", t("data.passed_documents"), 0),
        ("n_train_tokens", t("data.passed_tokens"), 0),
        ("bytes_per_token", t("data.bytes_per_token"), 2),
    ):
        a, b = (float(numbers[lane][name]) for lane in ("a", "b"))
        rows.append(
            Consequence(label, a, b, decimal(a, t.lang, digits), decimal(b, t.lang, digits))
        )
    names = (t("data.pair_out"), t("data.pair_in"))
    lanes(rows, t, key="data_lanes", names=names, label=t("data.pair"))
    st.page_link(site.page("training", t), label=t("data.pair_train"), query_params=state.shared())


def failed(t: Words) -> None:
    """Say what went wrong with the last preparing, if anything did."""
    error = preparing.error_of(state.owner()) or st.session_state.pop("_data_error", None)
    if error is not None:
        show_error(error, t)
