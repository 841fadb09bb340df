"""Step 4, alignment: from a model that continues text to one that answers.

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

t = open_page("alignment")
stations(t, "alignment")

with stage(t("alignment.plan"), Badge("illustration", t("alignment.not_built"))):
    coming(
        [
            Coming(
                t("alignment.show"),
                t("alignment.show_text"),
                t("alignment.show_figure"),
            ),
            Coming(
                t("alignment.compare"),
                t("alignment.compare_text"),
                t("alignment.compare_figure"),
            ),
            Coming(
                t("alignment.reward"),
                t("alignment.reward_text"),
                t("alignment.reward_figure"),
            ),
            Coming(
                t("alignment.shift"),
                t("alignment.shift_text"),
                t("alignment.shift_figure"),
            ),
        ]
    )
    note(t("alignment.note"))

with card("measures", t("alignment.measures")):
    points([t("alignment.measure_1"), t("alignment.measure_2"), t("alignment.measure_3")])

hand_over(t, "alignment")
