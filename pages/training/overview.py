"""What stands below the question on the page “training”."""

import streamlit as st

from core.house import checkpoints_over_time
from core.training.loop import Trainer
from core.training.optimizers import Muon
from core.training.schedule import rate_share
from core.training.text.next_token import NextToken
from pages.kit import runs, state
from pages.kit.catalogue import Words
from pages.kit.frame import experiments, hand_over, source, under_the_hood
from pages.kit.static import ASSETS
from pages.training import stage, trials


def draw(t: Words) -> None:
    """Draw the page below its question."""
    st.html(ASSETS / "training.css")

    owner = state.owner()

    # Controls
    ground = runs.ground(owner)
    latest, has_house = runs.latest(owner), bool(checkpoints_over_time())
    goes_on = any(not run.is_finished for run in latest)
    watching = state.depth() == "watch" and has_house and not goes_on
    both = bool(latest) and has_house and not watching
    shown = state.value("run_shown") if both else "yours" if latest and not watching else "house"

    # Show
    draw = stage.of_runs if shown == "yours" else stage.of_house
    seen = draw(t, owner, ground, both)
    if state.depth() == "dig":
        stage.knobs(t, owner, ground)
    if ground and experiments(t):
        trials.trials(t, ground)
    if under_the_hood(t):
        source(
            t,
            Trainer.advance,
            NextToken.gradient,
            rate_share,
            Muon,
            formula=r"L = -\frac{1}{T}\sum_{t=1}^{T} \ln p(x_t \mid x_{<t})",
            paper="Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks",
            words=t("training.hood"),
        )
    hand_over(t, "training", stage.passed_on(seen, t))
