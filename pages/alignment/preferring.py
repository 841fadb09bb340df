"""Step 4, alignment: which answer is better?"""

import streamlit as st

from pages.kit import site, state
from pages.kit.frame import computed_now, hand_over, note, open_page, stage, stations
from pages.kit.static import ASSETS

t = open_page("preferring")
stations(t, "alignment")

# torch comes with these, and takes its time: the question need not wait for it
from core.services import services  # noqa: E402
from pages.alignment import choosing, judging, tally  # noqa: E402
from pages.kit import models  # noqa: E402

found = models.on_hand(services(), state.owner(), ("checkpoint", "tuned"))
if not found:
    note(t("preferring.none"))
    st.page_link(site.page("training", t), label=t("preferring.to_training"))
    model = None
else:
    st.html(ASSETS / "preferring.css")
    # Controls, compute and show of the stage
    with stage(t("preferring.stage"), computed_now(t)):
        model = choosing.chosen(found, t)
        cast = choosing.choose(model, t)

if model:
    left, right = st.columns(2)
    with left:
        tally.summary(model, cast, t)
    with right:
        judging.rules(model, cast, t)

hand_over(t, "preferring", tally.handed_over(model, t) if model else ())
