"""Step 6, post-processing: from raw text to an answer one may send.

Not built yet: the page says what will be there, and leaves the places of its numbers empty.
"""

from pages.kit.frame import (
    Badge,
    Coming,
    card,
    coming,
    hand_over,
    note,
    open_page,
    points,
    stage,
    stations,
)

t = open_page("postprocessing")
stations(t, "postprocessing")

with stage(t("postprocessing.plan"), Badge("illustration", t("postprocessing.not_built"))):
    coming(
        [
            Coming(
                t("postprocessing.private"),
                t("postprocessing.private_text"),
                t("postprocessing.private_figure"),
            ),
            Coming(
                t("postprocessing.safety"),
                t("postprocessing.safety_text"),
                t("postprocessing.safety_figure"),
            ),
            Coming(
                t("postprocessing.form"),
                t("postprocessing.form_text"),
                t("postprocessing.form_figure"),
            ),
            Coming(
                t("postprocessing.facts"),
                t("postprocessing.facts_text"),
                t("postprocessing.facts_figure"),
            ),
            Coming(
                t("postprocessing.send"),
                t("postprocessing.send_text"),
                t("postprocessing.send_figure"),
            ),
        ]
    )
    note(t("postprocessing.note"))

with card("measures", t("postprocessing.measures")):
    points(
        [
            t("postprocessing.measure_1"),
            t("postprocessing.measure_2"),
            t("postprocessing.measure_3"),
        ]
    )

hand_over(t, "postprocessing")
