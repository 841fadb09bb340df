"""What stands below the question on the page “preferring”."""

import streamlit as st

from core.alignment.preferring.preferences import position_bias
from core.alignment.preferring.reward import bradley_terry_loss, word_influence
from core.intervals import share_interval
from core.modality import TEXT
from core.services import services
from pages.alignment.preferring import choosing, judging, learned, reward, tally, trials
from pages.kit import models, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    computed_now,
    experiments,
    hand_over,
    note,
    source,
    stage,
    under_the_hood,
)
from pages.kit.static import ASSETS


def draw(t: Words) -> None:
    """Draw the page below its question."""
    owner = state.owner()
    benches = services().store.benches.with_house(owner, TEXT)  # read once: it takes milliseconds
    found = models.on_hand(services(), owner, ("checkpoint", "tuned"), benches)
    if not found:
        note(t("preferring.none"))
        st.page_link(site.page("training", t), label=t("preferring.to_training"))
        model = None
    else:
        st.html(ASSETS / "preferring.css")
        stage_side, reward_side = st.columns([1.75, 1], gap="small")
        # Controls, compute and show of the stage
        with stage_side, stage(t("preferring.stage"), computed_now(t)):
            model = choosing.chosen(found, t)
            cast = choosing.choose(model, t)
        lying = benches[0].get(model.lane, {})
        with reward_side:
            reward.learning(model, cast, lying, t)

    if model:
        left, right = (st.container(), None) if state.depth() == "watch" else st.columns(2)
        with left:
            tally.summary(model, cast, lying, t)
        if right is not None:
            with right:
                judging.rules(model, cast, t)
        learned.learned(model, lying, t)

    if model and experiments(t):
        trials.trials(model, cast, t)

    if under_the_hood(t):
        source(
            t,
            bradley_terry_loss,
            words=t("preferring.hood_bt"),
            formula=r"p(a \succ b) = \frac{1}{1 + e^{-(r_a - r_b)}}, \quad L = -\log p",
            paper="Bradley and Terry 1952, Rank Analysis of Incomplete Block Designs; "
            "Christiano et al. 2017, Deep Reinforcement Learning from Human Preferences, "
            "arXiv:1706.03741",
        )
        source(
            t,
            word_influence,
            words=t("preferring.hood_influence"),
            formula=r"\Delta_w = r(q, a) - r(q, a \setminus w)",
            paper="Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks, "
            "arXiv:1311.2901",
        )
        source(
            t,
            position_bias,
            words=t("preferring.hood_bias"),
            formula=r"p = 2 \sum_{k \ge k_0} \binom{n}{k} 2^{-n}",
            paper="Conover 1999, Practical Nonparametric Statistics",
        )
        source(
            t,
            share_interval,
            words=t("preferring.hood_interval"),
            formula=r"\frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} "
            r"+ \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}",
            paper="Wilson 1927, Probable Inference, the Law of Succession, and "
            "Statistical Inference",
        )

    hand_over(t, "preferring", tally.handed_over(model, lying, t) if model else ())
