"""Step 3, training: how it learns from mistakes."""

import streamlit as st

from pages.kit import state
from pages.kit.frame import experiments, hand_over, open_page, source, under_the_hood
from pages.kit.static import ASSETS

t = open_page("training")
st.html(ASSETS / "training.css")

# After the heading: nobody waits for it while torch is imported.
from core.house import checkpoints_over_time  # noqa: E402
from core.training.loop import Trainer  # noqa: E402
from core.training.optimizers import Muon  # noqa: E402
from core.training.schedule import rate_share  # noqa: E402
from pages.kit import runs  # noqa: E402
from pages.training import stage, trials  # noqa: E402

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
        rate_share,
        Muon,
        formula=r"L = -\frac{1}{T}\sum_{t=1}^{T} \ln p(x_t \mid x_{<t})",
        paper="Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks",
        words=t("training.hood"),
    )
hand_over(t, "training", stage.passed_on(seen, t))
