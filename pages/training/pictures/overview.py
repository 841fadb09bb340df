"""What stands below the question on the training page for pictures."""

import numpy as np
import streamlit as st

from core.errors import GlassboxError
from core.house.pictures.chain import house_corpus, house_denoiser, house_pictures
from core.house.pictures.looks import house_looks
from core.inference.pictures.model import PictureModel
from core.jobs.programs import DENOISING
from core.services import services
from core.store import RunRecord
from core.training.loop import Trainer
from core.training.pictures.denoising import Denoising
from core.training.pictures.objective import squared_error
from core.training.pictures.slow_motion import SlowMoment, slow_motion
from pages.home.shipped import day
from pages.kit import components as parts
from pages.kit import runs, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Badge,
    card,
    computed_now,
    experiments,
    first_action,
    hand_over,
    note,
    precomputed,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import decimal, share, whole
from pages.kit.static import ASSETS
from pages.training import running as run_buttons
from pages.training import showing as endings
from pages.training.pictures import apples, pairing, running, showing, trials

TIMES = tuple(n / 10 for n in range(1, 10))  # shares of noise that can be chosen
N_PAGES = 12  # of the book, of which one is looked at in slow motion


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "training.css")
    owner = state.owner()
    records = runs.latest(owner, DENOISING)
    if len(records) > 1:
        shown: list[showing.Shown] = [showing.of_run(owner, run) for run in records]
        draw_pair(t, records, shown)
    else:
        one = showing.of_run(owner, records[0]) if records else showing.of_house(t.lang)
        shown = [one] if one is not None else []
        draw_stage(t, records, one)
    if state.depth() == "dig":
        with card("knobs", t("training.knobs")):
            running.knobs(t)
    up_close(t, owner, records)
    if experiments(t):
        left, right = st.columns(2, gap="medium")
        with left:
            trials.few_pages(t)
        with right:
            apples.apples(t)
    if under_the_hood(t):
        source(
            t,
            squared_error,
            Trainer.advance,
            Denoising.gradient_of,
            slow_motion,
            formula=r"L = \left\lVert v_\theta(z_t, t, c) - (\varepsilon - x) \right\rVert^2,"
            r"\quad z_t = (1 - t)\,x + t\,\varepsilon",
            paper="Lipman et al. 2022, Flow Matching for Generative Modeling",
            words=t("training_pictures.hood"),
        )
    hand_over(t, "training", showing.passed_on(shown[0] if shown else None, t))


def draw_stage(t: Words, records: list[RunRecord], shown: showing.Shown | None) -> None:
    """The visitor's own run, live or as it ended; before it, the example model's way."""
    going = [run for run in records if not run.is_finished]
    left, right = st.columns([1, 1.1], gap="small")
    with right, stage(t("training_pictures.stage"), _recorded(t, shown)):
        if not records:
            first_action(t, "training_pictures")
        if state.depth() != "watch":
            running.run_controls(t, records)
        if shown is not None:
            showing.numbers([shown], t, run_buttons.waiting(t, going))
            showing.skills(shown, t)
            note(t("training_pictures.judged"))
            showing.loss([shown], t)
        if records:
            told = runs.told(state.owner(), records[0])
            endings.ending([endings.Seen(records[0], told, records[0].name)], t)
    with left, card("writes", t("training_pictures.sixteen"), _drawn_when(t, shown)):
        if shown is None:
            note(t("training_pictures.nothing_yet"))
        else:
            showing.pictures(shown, t)
            if shown.run is None and (found := house_pictures()) is not None:
                n = whole(len(found.steps), t.lang)
                note(t("training_pictures.house_way", n=n))


def _drawn_when(t: Words, shown: showing.Shown | None) -> Badge:
    """Of the sixteen pictures: a run draws its own now, the example's were drawn beforehand."""
    looks = house_looks()
    if shown is None or shown.run is not None or looks is None:
        return computed_now(t)
    return precomputed(t, looks.made["command"], day(looks.made["date"], t.lang))


def draw_pair(t: Words, records: list[RunRecord], shown: list[showing.Shown]) -> None:
    """Two lanes side by side: the same captions from the same noise, what each can do and when."""
    going = [run for run in records if not run.is_finished]
    with stage(t("training_pictures.stage_pair")):
        if state.depth() != "watch":
            running.run_controls(t, records)
        showing.numbers(shown, t, run_buttons.waiting(t, going))
        for column, each in zip(st.columns(2, gap="large"), shown, strict=True):
            with column:
                note(each.run.name if each.run else "")
                showing.pictures(each, t)
                showing.skills(each, t)
        note(t("training_pictures.judged"))
        if going:
            showing.loss(shown, t)
        else:
            showing.compared(shown, t)
            told = (runs.told(state.owner(), run) for run in records)
            seen = [
                endings.Seen(run, one, run.name) for run, one in zip(records, told, strict=True)
            ]
            endings.ending(seen, t)
    made = pairing.difference()
    if made is not None and made.step == "data":
        note(t("training_pictures.pair_goes_on"))
        label = t("training_pictures.to_step_6")
        st.page_link(site.page("postprocessing", t), label=label, query_params=state.shared())


def _recorded(t: Words, shown: showing.Shown | None) -> Badge | None:
    """How the example model's shares were measured; one's own run says so by itself."""
    found = house_pictures()
    if found is None or shown is None or shown.run is not None:
        return None
    return precomputed(t, found.made["command"], day(found.made["date"], t.lang))


def up_close(t: Words, owner: str, records: list[RunRecord]) -> None:
    """One step of training in slow motion, by the newest model there is."""
    model_id = next((run.result for run in records if run.result), None)
    if model_id is None and house_pictures() is None:
        return
    pages = house_corpus(N_PAGES)
    at = next(
        n for n, entry in enumerate(pages.entries) if entry.lang == t.lang and entry.caption_fits
    )
    moments = _moments(owner, model_id, at)
    with card("slow", t("training_pictures.slow"), computed_now(t)):
        note(t("training_pictures.slow_text"))
        parts.slow_motion(
            showing.png(pages.pictures[at]),
            [
                parts.Moment(
                    share(each.time, t.lang),
                    showing.png(each.noisy),
                    showing.png(each.guess),
                    showing.png(_as_picture(each)),
                    decimal(each.loss, t.lang, 4),
                    decimal(each.loss_after, t.lang, 4),
                )
                for each in moments
            ],
            t,
            key="training_slow",
            caption=pages.entries[at].caption,
        )


def _as_picture(moment: SlowMoment) -> np.ndarray:
    """The error as grey levels, so that 64 levels of difference are as dark as can be."""
    light = 255.0 * (1.0 - np.clip(moment.error / 64.0, 0.0, 1.0))
    return np.repeat(light[..., None], 3, axis=2).astype(np.uint8)


@st.cache_data(max_entries=32, show_spinner=False)
def _moments(owner: str, model_id: str | None, at: int) -> list[SlowMoment]:
    pages = house_corpus(N_PAGES)
    model = _model(owner, model_id) if model_id else house_denoiser()
    return slow_motion(model, pages.pictures[at], pages.entries[at].caption, TIMES)


def _model(owner: str, model_id: str) -> PictureModel:
    store = services().store
    try:
        encoder = store.artifacts.nearest(owner, model_id, "encoder")
        return PictureModel.from_bytes(
            store.artifacts.read(owner, model_id), store.artifacts.read(owner, encoder.id)
        )
    except GlassboxError:  # it has been forgotten meanwhile
        return house_denoiser()
