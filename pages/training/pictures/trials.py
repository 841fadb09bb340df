"""The experiment: fifty pages instead of thousands. Does the model draw, or does it copy?

A real run, as every trial here, outside all lanes: it leaves the visitor's model and bench alone.
"""

import time
from dataclasses import replace
from random import Random
from typing import Final

import streamlit as st

from core.data.pictures.collecting.archive import order_bytes
from core.data.pictures.collecting.corpus import Corpus, draw_corpus
from core.data.pictures.collecting.sampling import draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.errors import EngineError
from core.house.pictures.recipe import LIVE
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.model import PictureModel
from core.jobs.engine import Plan
from core.jobs.failures import rebuilt
from core.jobs.programs import DENOISING
from core.services import services
from core.training.pictures.copying import Compared, compared_with_pages
from core.training.pictures.judging import Wish, draw_all, wishes
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import share, whole
from pages.training.pictures import showing
from pages.training.pictures.ground import ground
from pages.training.trials import newest_step

N_PAGES: Final = 50
N_STEPS: Final = 600
N_ASKED: Final = 24
ASKED_SEED: Final = 99
N_SHOWN: Final = 8
POLL_S: Final = 0.5
MOSTLY: Final = 0.5
BOOK: Final = replace(LIVE.book, n_pictures=N_PAGES)


def few_pages(t: Words) -> None:
    """The experiment with its question."""
    predict(
        "few_pages",
        t,
        question=t("training_pictures.few", n=N_PAGES),
        options={
            "draws": t("training_pictures.few_draws"),
            "copies": t("training_pictures.few_copies"),
            "neither": t("training_pictures.few_neither"),
        },
        measure=lambda: measured(t),
    )


def measured(t: Words) -> Measured:
    """Train on fifty pages, ask for new ones, and look each up among the fifty."""
    pages = draw_corpus(BOOK)
    model = trained(t, "few_pages", BOOK, N_STEPS, t("training_pictures.trial_runs"))
    found = compared_with_pages(draw_all(model, new_wishes(pages), DrawSettings()), pages.pictures)
    n_right = sum(one.drawn.agreement.whole for one in found)
    n_copies = sum(one.is_copy for one in found)
    text = t(
        "training_pictures.few_measured",
        n=whole(N_ASKED, t.lang),
        right=whole(n_right, t.lang),
        copies=whole(n_copies, t.lang),
        share=share(n_copies / N_ASKED, t.lang),
        steps=whole(N_STEPS, t.lang),
    )
    return Measured(outcome(n_right, n_copies), text, lambda: _beside(t, found, pages))


def outcome(n_right: int, n_copies: int) -> str:
    """Which option came true."""
    if n_right >= MOSTLY * N_ASKED:
        return "draws"
    return "copies" if n_copies >= n_right and n_copies else "neither"


def new_wishes(pages: Corpus) -> list[Wish]:
    """Captions of scenes that are on none of the pages."""
    known = {entry.scene.unowned() for entry in pages.entries if entry.scene}

    def new_scene(settings: object, random: Random):  # type: ignore[no-untyped-def]
        while (scene := draw_scene(BOOK, random)).unowned() in known:
            pass
        return scene

    return wishes(new_scene, BOOK, N_ASKED, ASKED_SEED)


def trained(t: Words, key: str, book: PictureSettings, n_steps: int, about: str) -> PictureModel:
    """Run a trial while a bar moves; it ends early if the visitor leaves or presses stop.

    Args:
        key: of the trial, unique on the page.
        book: what it learns from.
        n_steps: how long.
        about: what the bar says.

    Raises:
        EngineError: it was stopped.
        GlassboxError: it failed.
    """
    engine, owner = services().engine, state.owner()
    on = ground(owner, "small")
    inputs = {**on.inputs, "corpus": order_bytes(book)}
    never = 10_000_000
    settings = LIVE.training.changed(
        n_steps=n_steps, n_judged=0, look_every=never, evaluate_every=never, seed=state.seed()
    )
    plan = Plan(inputs, settings.to_dict(), None, t("training.trial_name"), DENOISING)
    (run,) = engine.experiment(owner, [plan])
    try:
        with st.container(key=f"gb_watched_{key}", horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, text=about)
            st.button(t("training.trial_stop"), key=f"stop_{key}")  # its rerun ends this one
        while not (record := engine.run(owner, run)).is_finished:
            at = newest_step(owner, run)
            said = t("training_pictures.trial_at", about=about, n=whole(at, t.lang),
                     of=whole(n_steps, t.lang))  # fmt: skip
            bar.progress(min(1.0, at / n_steps), text=said)
            time.sleep(POLL_S)
    finally:
        for each in engine.under_way(owner):
            if each.id == run:
                engine.stop(owner, run)
    if record.error:
        raise rebuilt(record.error)
    if record.status == "stopped" or record.result is None:
        raise EngineError("the trial was stopped", status=record.status)
    store = services().store
    return PictureModel.from_bytes(
        store.artifacts.read(owner, record.result), store.artifacts.read(owner, on.encoder.id)
    )


def _beside(t: Words, found: list[Compared], pages: Corpus) -> None:
    """Some of the pictures, each with what was asked for and its nearest page."""
    shown = sorted(found, key=lambda one: (not one.is_copy, one.distance))[:N_SHOWN]
    parts.beside_source(
        [
            parts.BesideSource(
                one.drawn.wish.caption,
                showing.png(one.drawn.picture),
                showing.png(pages.pictures[one.nearest]),
                pages.entries[one.nearest].caption,
                one.is_copy,
                one.drawn.agreement.whole,
            )
            for one in shown
        ],
        t,
        key="few_pages_beside",
    )
