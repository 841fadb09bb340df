"""What stands below the question on the page “preferring” for pictures."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from core.alignment.pictures.preferring import PicturePreference, rule_followed
from core.alignment.pictures.reward import FEWEST, Taught, climb, learned, seen_by
from core.alignment.pictures.rules import Left
from core.alignment.preferring.reward import bradley_terry_loss
from core.inference.pictures.model import PictureModel
from pages.alignment.pictures import choosing, ground
from pages.alignment.preferring.pictures import learned as shown
from pages.alignment.preferring.pictures import trials
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    card,
    computed_now,
    experiments,
    hand_over,
    note,
    show_error,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import data_size, share, whole
from pages.kit.static import ASSETS
from pages.training import running


def draw(t: Words) -> None:
    """Draw the page below its question."""
    for sheet in ("training.css", "preferring.css"):
        st.html(ASSETS / sheet)
    owner = state.owner()
    on = ground.at_hand(owner)
    row: list[Figure] = []
    if on is None:
        note(t("alignment_pictures.none"))
        st.page_link(site.page("training", t), label=t("alignment_pictures.to_training"))
    else:
        row = draw_all(on, ground.model_of(owner, on), t)
    if under_the_hood(t):
        hood(t)
    hand_over(t, "preferring", row)


def draw_all(on: ground.Ground, model: PictureModel, t: Words) -> list[Figure]:
    """Choosing and what is learned from it; returns what is passed on."""
    left, right = st.columns([1.1, 1], gap="small")
    with left, stage(t("alignment_pictures.stage"), computed_now(t)):
        left_open = choosing.kind_now(t)
        said = choosing.choose(on, left_open, t)
        if state.depth() != "watch":
            let_rule_choose(on, left_open, t)
    counting = said.counting(FEWEST)
    found = shown.learn(on.model.id, model, counting)
    how = None if found is None else computed_now(t)
    with right, card("reward", t("preferring_pictures.learned"), how):
        if found is None:
            n = whole(len(counting), t.lang)
            note(t("preferring_pictures.too_few", n=n, fewest=whole(FEWEST, t.lang)))
            note(t("preferring_pictures.about"))
        else:
            shown.exam(found, counting, t)
            take_home(found, len(counting), t)
    if found is None:
        return []
    what_it_likes(on, model, found, left_open, t)
    if experiments(t):
        rule = rule_followed(counting)
        name = choosing.rule_names(t)[rule]
        key = f"{on.model.id[:8]}_{left_open}_{len(counting)}"
        trials.best_of_many(key, model, found.reward, left_open, rule, name, t)
    return passed_on(found, counting, t)


def let_rule_choose(on: ground.Ground, left_open: str, t: Words) -> None:
    """For those who do not want to click thirty times."""
    rule = choosing.rule_control(left_open, t)
    label = t("alignment_pictures.let_judge", n=choosing.GOAL)
    if st.button(label, key="picture_let_judge"):
        running.attempt(choosing.let_judge, on, rule, t)
        st.rerun()
    if (error := st.session_state.pop(running.ERROR, None)) is not None:
        show_error(error, t)


def what_it_likes(
    on: ground.Ground, model: PictureModel, found: Taught, left_open: str, t: Words
) -> None:
    """Pictures it never saw by their reward; the best of sixteen; and how a reward is hacked."""
    left = cast(Left, left_open)
    with card("wall", t("preferring_pictures.wall"), computed_now(t)):
        with st.spinner(t("preferring_pictures.drawing")):
            seen = shown.unseen(
                on.model.id, model, left, t.lang, first=0, n=shown.N_WALL, each=1
            )  # fmt: skip
        shown.wall(model, found.reward, seen, t)
    one, other = st.columns([1.2, 1], gap="small")
    with one, card("best", t("preferring_pictures.best"), computed_now(t)):
        place = shown.N_WALL + int(st.session_state.get("_best_caption", 0))
        with st.spinner(t("preferring_pictures.drawing")):
            sixteen = shown.unseen(
                on.model.id, model, left, t.lang, first=place, n=1, each=shown.N_BEST
            )
        shown.best_of(model, found.reward, sixteen, t)
        label = t("preferring_pictures.other_caption")
        st.button(label, key="best_next", type="tertiary", on_click=_next_caption)
    with other, card("hacked", t("preferring_pictures.hacked"), computed_now(t)):
        shown.hacked(model, found.reward, seen, t)


def _next_caption() -> None:
    st.session_state["_best_caption"] = (int(st.session_state.get("_best_caption", 0)) + 1) % 40


def take_home(found: Taught, n: int, t: Words) -> None:
    """The reward model as a file."""
    data = found.reward.to_bytes({"n_pairs": n})
    st.download_button(
        t("preferring_pictures.download", size=data_size(len(data), t.lang)),
        data,
        file_name="reward.safetensors",
        mime="application/octet-stream",
        key="reward_download",
        on_click="ignore",
    )


def passed_on(found: Taught, said: Sequence[PicturePreference], t: Words) -> list[Figure]:
    """What the next step gets to know."""
    last = found.accuracies[-1]
    return [
        Figure(whole(len(said), t.lang), t("preferring_pictures.n_choices"), "yours"),
        Figure(share(last.share, t.lang), t("preferring_pictures.right_of_unseen"), "yours"),
    ]


def hood(t: Words) -> None:
    """Formula, paper, and the functions that ran."""
    source(
        t,
        seen_by,
        bradley_terry_loss,
        learned,
        formula=r"r(x) = w \cdot \varphi(x), \quad L = -\ln \sigma\big(r(x^w) - r(x^l)\big)",
        paper="Kirstain et al. 2023, Pick-a-Pic: An Open Dataset of User Preferences for "
        "Text-to-Image Generation, arXiv:2305.01569",
        words=t("preferring_pictures.hood_reward"),
    )
    source(
        t,
        climb,
        formula=r"x \leftarrow x + \epsilon\, \mathrm{sign}\, \nabla_{\!x}\, r(x)",
        paper="Goodfellow et al. 2014, Explaining and Harnessing Adversarial Examples, "
        "arXiv:1412.6572",
        words=t("preferring_pictures.hood_climb"),
    )
