"""Step 3, training: how it learns from mistakes."""

import streamlit as st

from core.house import checkpoints_over_time
from core.training.loop import Trainer
from core.training.optimizers import Muon
from core.training.schedule import rate_share
from pages.kit import controls, runs, state
from pages.kit.frame import experiments, hand_over, open_page, source, under_the_hood
from pages.kit.static import ASSETS
from pages.training import stage, trials

t = open_page("training")
st.html(ASSETS / "training.css")
owner = state.owner()

# Controls
ground = runs.ground(owner)
has_run, has_house = bool(runs.latest(owner)), bool(checkpoints_over_time())
shown = "yours" if has_run else "house"
if has_run and has_house:
    names = {"yours": t("training.yours"), "house": t("training.house")}
    shown = controls.choice("run_shown", t("training.whose"), names.__getitem__, show_label=False)

# Show
seen = stage.of_runs(t, owner, ground) if shown == "yours" else stage.of_house(t, ground)
if state.depth() == "dig":
    stage.knobs(t, owner, ground)
if ground and experiments(t):
    trials.trials(t, ground)
if under_the_hood(t):
    source(
        t,
        Trainer.advance,
        rate_share,
        Muon,
        formula=r"L = -\frac{1}{T}\sum_{t=1}^{T} \ln p(x_t \mid x_{<t})",
        paper="Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks",
        words=t("training.hood"),
    )
hand_over(t, "training", stage.passed_on(seen, t))
