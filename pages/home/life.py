"""One life in one switch: the shipped pair with duplicates in and out, and how to run one's own."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Final

import streamlit as st

from core.data.documents import Corpus
from core.data.world import PROMPTS, Copies, WorldSettings
from core.errors import GlassboxError
from core.house import HouseArtifact, PairLane, duplicates_pair
from core.jobs.preparing import Order
from core.services import services
from pages.home import shipped
from pages.home.hero import readable
from pages.kit import preparing, runs, site, state
from pages.kit.catalogue import Words
from pages.kit.components import Consequence, lanes
from pages.kit.frame import card, note, show_error
from pages.kit.numbers import MINUS, decimal, share, whole

PROMPT: Final = PROMPTS["en"][0]  # the pair has read English only
SIZE: Final = "s"
N_VOCAB: Final = 1000
N_DOCUMENTS: Final = 800
WANTED: Final = runs.Wanted(n_steps=600, n_batch=16)


def life(t: Words) -> None:
    """What one switch in step 1 changes at the other end, measured; and the way to run it."""
    pair = duplicates_pair()
    watching = state.depth() == "watch"
    with card("life", t("home.life"), shipped.measured_then(t)):
        note(t("home.life_text"))
        if watching:
            measured(t, pair)
            return
        left, right = st.columns([1.5, 1], gap="medium")
        with right:
            switch(t, pair)
            run_it(t)
        with left:
            measured(t, pair)


def measured(t: Words, pair: Mapping[str, PairLane]) -> None:
    """Both lives side by side."""
    names = (t("home.lane_out"), t("home.lane_in"))
    lanes(rows(t, pair), t, key="home_lanes", names=names, label=t("home.life"))


def switch(t: Words, pair: Mapping[str, PairLane]) -> None:
    """The switch, and what the model of that life writes, what it has copied marked."""
    out = st.toggle(t("home.switch"), value=True, key="home_switch")
    lane = pair["b" if out else "a"]
    text = readable(lane.checkpoint.continuations["en"][PROMPT])
    run = copied(lane, PROMPT + text)
    before, found, after = (PROMPT + text).partition(run) if run else (PROMPT + text, "", "")
    n = whole(len(run.split()), t.lang)
    st.html(
        f'<p class="gb-sample" lang="en">{escape(before)}<mark>{escape(found)}</mark>'
        f'{escape(after)}</p><p class="gb-soft" role="status">{escape(t("home.copied", n=n))}</p>'
    )


def copied(lane: PairLane, text: str) -> str:
    """The longest run of words that stands so in what the lane's model has read."""
    corpus = next(artifact for artifact in lane.artifacts if artifact.kind == "corpus")
    return _run(corpus.id, corpus, " ".join(text.split()))


@st.cache_data(max_entries=8, show_spinner=False)
def _run(id_: str, _corpus: HouseArtifact, text: str) -> str:
    return _copies(id_, _corpus).longest_copied_run(text)


@st.cache_resource(max_entries=2, show_spinner=False)
def _copies(id_: str, _corpus: HouseArtifact) -> Copies:
    return Copies({document.text for document in Corpus.from_bytes(_corpus.read())})


def rows(t: Words, pair: Mapping[str, PairLane]) -> list[Consequence]:
    """The measurements, without duplicates first, in the order of the steps."""
    out, kept = pair["b"].compared, pair["a"].compared
    n_drawn = whole(float(out["n_texts_drawn"]), t.lang)
    n_held_out = whole(float(out["n_texts_held_out"]), t.lang)
    n_secrets = whole(float(kept["n_secrets_read"]), t.lang)
    wanted = (
        ("n_documents_kept", "data", t("home.row_read"), "", 0),
        (
            "held_out_bits_per_byte",
            "training",
            t("home.row_bits"),
            t("home.row_bits_note", n=n_held_out),
            2,
        ),
        (
            "mean_copied_words",
            "inference",
            t("home.row_copied"),
            t("home.row_copied_note"),
            1,
        ),
        ("copied_text_share", "inference", t("home.row_whole"), t("home.of_drawn", n=n_drawn), -1),
        (
            "secret_text_share",
            "postprocessing",
            t("home.row_secret"),
            t("home.row_secret_note", n=n_secrets),
            -1,
        ),
    )
    return [
        _consequence(t, float(out[name]), float(kept[name]), label, about, digits, site.href(step))
        for name, step, label, about, digits in wanted
    ]


def _consequence(
    t: Words, a: float, b: float, label: str, about: str, digits: int, href: str
) -> Consequence:
    """One row; `digits` of decimals, or -1 for a share of 1."""

    def shown(value: float) -> str:
        return share(value, t.lang, 1) if digits < 0 else decimal(value, t.lang, digits)

    change = ("+" if b > a else MINUS if b < a else "") + shown(abs(b - a))
    return Consequence(label, a, b, shown(a), shown(b), change, about, href=href)


def run_it(t: Words) -> None:
    """The same life at a smaller size, twice, on this machine: prepared here, trained in step 3."""
    owner = state.owner()
    if preparing.under_way(owner):
        preparing.progress(t, owner)
        return
    error = st.session_state.pop("_home_error", None)
    if st.session_state.pop("_home_pair", False):
        error = preparing.error_of(owner) or _train(t, owner)
    if error is not None:
        show_error(error, t)
    if services().engine.under_way(owner):
        note(t("home.busy"))
        st.page_link(
            site.page("training", t), label=t("home.to_training"), query_params=state.shared()
        )
        return
    with st.container(key="gb_run", horizontal=True, vertical_alignment="center"):
        st.button(t("home.run"), key="home_run", on_click=_begin)
        n_steps, n_texts = whole(WANTED.n_steps, t.lang), whole(N_DOCUMENTS, t.lang)
        note(t("home.run_text", steps=n_steps, texts=n_texts))


def _order() -> Order:
    """The pair's own recipe for step 1, with fewer texts."""
    artifacts = duplicates_pair()["a"].artifacts
    corpus = next(artifact for artifact in artifacts if artifact.kind == "corpus")
    world = WorldSettings(**corpus.settings["world"])
    return Order(world=replace(world, n_documents=N_DOCUMENTS), n_vocab=N_VOCAB)


def _begin() -> None:
    try:
        preparing.begin_pair(services(), state.owner(), preparing.Task(_order()))
        st.session_state["_home_pair"] = True
    except GlassboxError as error:
        st.session_state["_home_error"] = error


def _train(t: Words, owner: str) -> GlassboxError | None:
    """Both lanes are prepared: start their training and go there; None if they were stopped."""
    grounds = [runs.ground(owner, lane) for lane in services().store.bench(owner).lanes]
    if not services().store.bench(owner).is_pair or None in grounds:
        return None
    names = (t("home.lane_out"), t("home.lane_in"))
    wanted = replace(WANTED, sentence=PROMPT)
    try:
        plans = [
            runs.plan(owner, ground, wanted, name, SIZE)
            for ground, name in zip(grounds, names, strict=True)
            if ground is not None
        ]
        services().engine.experiment(owner, plans)
    except GlassboxError as error:
        return error
    site.go("training", t)
