"""What stands below the question on the page “tuning” for pictures."""

from collections.abc import Sequence

import streamlit as st

from core.alignment.pictures.tuning.adapters import LearnedRows
from core.alignment.pictures.tuning.styles import Style
from core.alignment.tuning.lora import AdaptedLinear, in_attention
from core.architecture.pictures.weights import denoiser_skeleton, with_more_words
from core.data.pictures.collecting.corpus import Corpus
from core.inference.pictures.model import PictureModel
from core.jobs.engine import Plan
from core.jobs.programs import PICTURE_TUNING
from core.services import services
from core.store import RunRecord
from pages.alignment.pictures import ground, measured_curves
from pages.alignment.pictures.running import pause_and_stop
from pages.alignment.pictures.showing import Seen, numbers, see
from pages.alignment.tuning import adapter
from pages.alignment.tuning.pictures import putting_on, showing, teaching, trials
from pages.kit import runs, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
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
from pages.kit.numbers import data_size, whole
from pages.kit.static import ASSETS
from pages.training import running


def draw(t: Words) -> None:
    """Draw the page below its question."""
    for sheet in ("tuning.css", "training.css", "data_pictures.css"):
        st.html(ASSETS / sheet)
    owner = state.owner()
    on = ground.at_hand(owner, ("checkpoint",))
    seen = None
    if on is None:
        note(t("tuning_pictures.none"))
        st.page_link(site.page("training", t), label=t("tuning.to_training"))
    else:
        model = ground.model_of(owner, on)
        records = runs.latest(owner, PICTURE_TUNING)
        going = [run for run in records if not run.is_finished]
        seen = see(records[0]) if records else None
        examples = draw_stage(on, model, going, seen, t)
        measured_curves.ranks(t)
        if examples is not None and experiments(t):
            trials.trials(on, model, examples, t)
    if under_the_hood(t):
        hood(t)
    hand_over(t, "tuning", putting_on.passed_on(t) or showing.passed_on(seen, t))


def draw_stage(
    on: ground.Ground,
    model: PictureModel,
    going: Sequence[RunRecord],
    seen: Seen | None,
    t: Words,
) -> Corpus | None:
    """The examples and the run that learns from them; beside them the pictures before and now, what
    was learned and forgotten, and what of the model learns.
    """
    left, right = st.columns([1, 1.1], gap="small")
    with left, stage(t("tuning_pictures.stage"), computed_now(t)):
        if seen is None:
            first_action(t, "tuning_pictures")
        if state.depth() != "watch" and not going:
            teaching.choose_subject(t)
        examples = teaching.examples_now(model, t)
        if state.depth() != "watch":
            run_controls(on, model, examples, going, t)
        if seen is not None:
            numbers(seen, t, running.waiting(t, going))
            showing.loss(seen, t)
            showing.ending(seen, t)
    if seen is None:
        with right:
            what_learns(on, model, seen, t)
            note(t("tuning_pictures.will_show"))
        return examples
    with right, card("before_now", t("tuning_pictures.before_now"), computed_now(t)):
        showing.pictures(seen, t)
    with right, card("forgot", t("tuning_pictures.exam"), computed_now(t)):
        showing.exam(seen, t)
    with right:
        what_learns(on, model, seen, t)
    return examples


def run_controls(
    on: ground.Ground,
    model: PictureModel,
    examples: Corpus | None,
    going: Sequence[RunRecord],
    t: Words,
) -> None:
    """Choose how it learns and begin, or pause and stop."""

    def make(_: Words) -> list[Plan]:
        assert examples is not None
        one = teaching.plan(on, model, examples, t)
        kept = str(one.inputs["examples"])
        services().store.benches.put(state.owner(), "a", kept, "examples")
        return [one]

    def begin(t: Words, replaced: bool = False) -> None:
        running.begin(t, replaced, make)

    with st.container(key="gb_tune_run", horizontal=True, vertical_alignment="bottom"):
        if going:
            pause_and_stop(going[0], t, "picture_tune")
        else:
            teaching.choose_way(model, t)
            label, key = t("tuning.start"), "picture_tune_start"
            if st.button(label, key=key, type="primary", disabled=examples is None):
                running.attempt(begin, t)
                st.rerun()
    if examples is not None and not going:
        note(t("tuning_pictures.will_happen", n=whole(len(examples.entries), t.lang)))
    running.confirmation(t, begin)
    if (error := st.session_state.pop(running.ERROR, None)) is not None:
        show_error(error, t)


def what_learns(on: ground.Ground, model: PictureModel, seen: Seen | None, t: Words) -> None:
    """What learns, drawn to scale; what a run has learned as a file to take home, and back."""
    with card("adapter", t("tuning.adapter")):
        rank = teaching.rank_now(model)
        about = t("tuning_pictures.scale_note") if rank else t("tuning.whole_note")
        adapter.drawn(denoiser_skeleton(model.denoiser.config), rank, t, about, in_attention)
        take_home(seen, t)
        putting_on.draw(on, model, seen, t)


def take_home(seen: Seen | None, t: Words) -> None:
    """The adapters of the newest run as a file."""
    data = showing.adapter_of(seen)
    if data is None:
        return
    st.download_button(
        t("tuning_pictures.download", size=data_size(len(data), t.lang)),
        data,
        file_name="adapter.safetensors",
        mime="application/octet-stream",
        key="adapter_download",
        on_click="ignore",
    )
    note(t("tuning_pictures.download_note"))


def hood(t: Words) -> None:
    """Formulas, papers, and the functions that ran."""
    source(
        t,
        AdaptedLinear,
        words=t("tuning.hood_lora"),
        formula=r"W' = W + \frac{\alpha}{r} B A, \quad B \in \mathbb{R}^{d \times r}, "
        r"A \in \mathbb{R}^{r \times k}",
        paper="Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, "
        "arXiv:2106.09685",
    )
    source(
        t,
        with_more_words,
        LearnedRows,
        words=t("tuning_pictures.hood_word"),
        paper="Gal et al. 2022, An Image is Worth One Word: Personalizing Text-to-Image Generation "
        "using Textual Inversion, arXiv:2208.01618",
    )
    source(
        t,
        Style,
        words=t("tuning_pictures.hood_book"),
        paper="Ruiz et al. 2022, DreamBooth: Fine Tuning Text-to-Image Diffusion Models for "
        "Subject-Driven Generation, arXiv:2208.12242",
    )
