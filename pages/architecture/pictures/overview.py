"""What stands below the question on the page “architecture”, for pictures."""

from functools import partial

import streamlit as st

from core.architecture.pictures import (
    DenoiserConfig,
    attention,
    blocks,
    n_parameters,
    word_maps,
)
from core.architecture.pictures.denoiser import Denoiser
from core.architecture.pictures.sizes import multiplications_by_part, parameters_by_part
from core.errors import TooLong
from core.inference.pictures import watching
from pages.architecture.pictures import looking, plan, trials
from pages.architecture.pictures.bench import (
    Bench,
    Looked,
    house_model,
    on_bench,
    own_model,
    untrained,
)
from pages.architecture.pictures.looking import Seen
from pages.architecture.switching import switched
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import effects_wanted
from pages.kit.components import word_maps as maps
from pages.kit.components.denoiser_plan import denoiser_plan
from pages.kit.frame import (
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
from pages.kit.numbers import millions, significant, whole
from pages.kit.recheck import open_recheck, recheckable
from pages.kit.site import PAGES


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(PAGES / "kit/assets/architecture.css")
    st.html(PAGES / "kit/assets/architecture_pictures.css")

    # Controls
    owner, caption, seed = state.owner(), state.caption(), state.seed()
    bench = on_bench(owner)
    config, error = plan.in_force(bench)

    # Compute and show: where the words act
    with stage(t("architecture_pictures.stage"), computed_now(t)):
        first_action(t, "architecture_pictures")
        looked = chosen_model(bench, owner, config, t)
        shown = None
        try:
            shown = looking.seen(looked, caption, seed)
        except TooLong as too_long:
            show_error(too_long, t)
        if shown:
            look_into(looked, shown, caption, t)

    # Show: how the model is built
    with card("denoiser", t("architecture_pictures.plan"), computed_now(t)):
        first = shown.moments[len(shown.moments) // 3] if shown else None
        denoiser_plan(
            config,
            t,
            key="denoiser_plan",
            caption=caption,
            noisy=first.noisy if first else None,
            guess=first.guess if first else None,
            play=state.depth() == "watch",
        )
        if state.depth() != "watch":
            plan.knobs(bench, owner, config, t)
            plan.refused(error, t)

    if shown and experiments(t):
        trials.show(looked, shown, config, caption, t)

    if under_the_hood(t):
        _hood(t)

    passed = bench.design or bench.house
    hand_over(
        t,
        "architecture",
        [
            Figure(
                millions(n_parameters(passed), t.lang),
                t("architecture.weights"),
                bench.whose,
            ),
            Figure(whole(passed.n_blocks, t.lang), t("architecture_pictures.n_blocks")),
            Figure(whole(passed.n_patches, t.lang), t("architecture_pictures.n_patches")),
            Figure(whole(passed.n_words, t.lang), t("architecture_pictures.n_words")),
        ],
    )


def chosen_model(bench: Bench, owner: str, config: DenoiserConfig, t: Words) -> Looked:
    """The switch between the models at hand, and the model it selects."""
    own = own_model(owner, bench.own) if bench.own else None
    house = house_model()
    on_hand = {name: each for name, each in (("trained", own), ("house", house)) if each}
    of = {"trained": t("architecture.of_yours"), "house": t("architecture.of_house")}
    names = {name: of[name] for name in on_hand}
    wanted = switched({**names, "design": t("architecture_pictures.of_design")}, t)
    if wanted in on_hand:
        return on_hand[wanted]
    return untrained(config, bench.encoder, state.seed())


def look_into(looked: Looked, shown: Seen, caption: str, t: Words) -> None:
    """The words of the caption on the picture being drawn; a click recomputes a weight."""
    if looked.whose is None:
        note(t("architecture_pictures.untrained", seed=state.seed()))
    known = looked.model.encoder.known(caption)
    unread = [word for word, is_known in zip(shown.watched.words, known, strict=True)
              if not is_known]  # fmt: skip
    if unread:
        words = ", ".join(dict.fromkeys(unread))
        note(t("architecture_pictures.unread", words=words))
    key = f"maps_{looked.key[:12]}"
    wanted = state.value("layer"), state.value("head")
    n_layers, n_heads = shown.weights.shape[1:3]
    is_known = 1 <= wanted[0] <= n_layers and 1 <= wanted[1] <= n_heads
    moment, layer, head = shown.start
    if is_known:
        layer, head = wanted[0] - 1, wanted[1] - 1
    cell = maps(
        shown.weights,
        shown.moments,
        shown.watched.words,
        t,
        key=key,
        known=known,
        n_steps=len(shown.moments),
        moment=moment,
        layer=layer,
        head=head,
        word=shown.word,
        effects=looking.effects(looked, caption, state.seed()) if effects_wanted(key) else None,
        play=state.depth() == "watch",
    )
    if cell:
        open_recheck(t, *looking.recheck_weight(looked, shown, cell, t))
    if state.depth() != "watch" and looked.model.objective == "velocity":
        _recheck_a_step(looked, shown, t)


def _recheck_a_step(looked: Looked, shown: Seen, t: Words) -> None:
    """Two numbers of the drawing itself, to be computed again: velocity, and the step."""
    at = looking.spot(shown)
    colour, row, column = at.place
    colours = {
        "red": t("architecture_pictures.red"),
        "green": t("architecture_pictures.green"),
        "blue": t("architecture_pictures.blue"),
    }
    named = {
        "colour": colours[looking.COLOURS[colour]],
        "row": row + 1,
        "column": column + 1,
        "step": at.moment + 1,
    }
    with st.container(key="gb_denoiser_rechecks", horizontal=True, gap="medium"):
        recheckable(
            "velocity",
            t,
            value=significant(at.velocity, t.lang, 4),
            label=t("architecture_pictures.velocity_at", **named),
            compute=partial(looking.recheck_step, looked, shown, at, True, t),
        )
        recheckable(
            "step",
            t,
            value=significant(at.after, t.lang, 4),
            label=t("architecture_pictures.after_at"),
            compute=partial(looking.recheck_step, looked, shown, at, False, t),
        )


def _hood(t: Words) -> None:
    source(
        t,
        attention.CrossAttention,
        words=t("architecture_pictures.hood_cross"),
        formula=r"\operatorname{softmax}\left(\frac{Q_\text{patch} K_\text{word}^\top}{\sqrt{D}}"
        r"\right) V_\text{word}",
        paper="Rombach et al. 2021, arXiv:2112.10752",
    )
    source(
        t,
        word_maps.told_bits,
        words=t("architecture_pictures.hood_telling"),
        formula=r"I = \frac{1}{N} \sum_{n, w} a_{nw} \log_2 \frac{a_{nw}}{\bar a_w}",
        paper="Shannon 1948, A Mathematical Theory of Communication",
    )
    source(t, watching.hidden_word_changes, words=t("architecture_pictures.hood_hidden"))
    source(
        t,
        blocks.PictureBlock,
        words=t("architecture_pictures.hood_block"),
        paper="Peebles & Xie 2022, arXiv:2212.09748",
    )
    source(t, Denoiser.answer, words=t("architecture_pictures.hood_denoiser"))
    source(
        t,
        parameters_by_part,
        multiplications_by_part,
        words=t("architecture_pictures.hood_sizes"),
    )
