"""The experiment: fifty pages instead of thousands. What can the model draw, and what by heart?

A real run, as every trial here, outside all lanes: it leaves the visitor's model and bench alone.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import streamlit as st

from core.data.pictures.collecting.archive import order_bytes
from core.data.pictures.collecting.corpus import Corpus, draw_corpus
from core.data.pictures.collecting.sampling import draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.errors import EngineError
from core.house.pictures.chain import house_denoiser, house_pictures
from core.house.pictures.recipe import LIVE
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.model import PictureModel
from core.jobs.engine import Plan
from core.jobs.failures import rebuilt
from core.jobs.programs import DENOISING
from core.services import services
from core.training.pictures.copying import Compared, captions_of, compared_with_pages
from core.training.pictures.judging import Wish, draw_all, wishes
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Joined, Text, Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import decimal, whole
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
AS_LEARNED: Final = DrawSettings(guidance=1.0)  # more would exaggerate what was learned


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


@dataclass(frozen=True)
class Asked:
    """What a model draws to captions of pages, and how much of it is right and by heart."""

    compared: Sequence[Compared]

    @property
    def n_right(self) -> int:
        """Drawings that show what the caption says."""
        return sum(one.drawn.agreement.whole for one in self.compared)

    @property
    def n_copies(self) -> int:
        """Drawings that are the page itself."""
        return sum(one.is_copy for one in self.compared)


def measured(t: Words) -> Measured:
    """Train on fifty pages, ask for them and for new ones, and ask the example model the same."""
    pages = draw_corpus(BOOK)
    asked = captions_of(pages, N_ASKED, ASKED_SEED)
    model = trained(t, "few_pages", BOOK, N_STEPS, t("training_pictures.trial_runs"))
    own = Asked(compared_with_pages(draw_all(model, asked, AS_LEARNED), pages))
    new = draw_all(model, new_wishes(pages), AS_LEARNED)
    n_new = sum(one.agreement.whole for one in new)
    house = house_pictures()
    others = None
    if house is not None:
        drawn = draw_all(house_denoiser(), asked, AS_LEARNED)
        others = Asked(compared_with_pages(drawn, pages))
    n = whole(N_ASKED, t.lang)
    text: Text | Joined = t(
        "training_pictures.few_measured",
        n=n,
        right=whole(own.n_right, t.lang),
        copies=whole(own.n_copies, t.lang),
        new=whole(n_new, t.lang),
        steps=whole(N_STEPS, t.lang),
        lucky=decimal(sum(one.chance for one in own.compared), t.lang, 1),
    )
    if house is not None and others is not None:
        example = t(
            "training_pictures.few_example",
            n=n,
            pages=whole(house.book.n_pictures, t.lang),
            right=whole(others.n_right, t.lang),
            copies=whole(others.n_copies, t.lang),
        )
        text = Joined((text, example))
    return Measured(outcome(n_new, own.n_copies), text, lambda: _beside(t, own, others, pages))


def outcome(n_new: int, n_copies: int) -> str:
    """Which option came true: of N_ASKED new captions so many right, of its own so many copied."""
    if n_new >= MOSTLY * N_ASKED:
        return "draws"
    return "copies" if n_copies >= MOSTLY * N_ASKED else "neither"


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


def _beside(t: Words, own: Asked, others: Asked | None, pages: Corpus) -> None:
    """Some of the pictures, each between its page and what the example model makes of it."""
    order = sorted(range(len(own.compared)), key=lambda k: own.compared[k].n_closer)[:N_SHOWN]
    parts.beside_source(
        [
            parts.BesideSource(
                own.compared[k].drawn.wish.caption,
                showing.png(own.compared[k].drawn.picture),
                showing.png(pages.pictures[own.compared[k].page]),
                showing.png(others.compared[k].drawn.picture) if others else None,
                own.compared[k].is_copy,
                own.compared[k].drawn.agreement.whole,
            )
            for k in order
        ],
        t,
        key="few_pages_beside",
    )
