"""What stands below the question on the page “in scale”."""

from core.architecture import speed
from core.architecture.sizes import n_parameters
from core.architecture.text import published_sizes
from core.architecture.text.published_sizes import Measure
from pages.architecture.scale import comparing, machine, saying
from pages.architecture.scale.sizes import Sized, example, models
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import (
    Figure,
    card,
    experiments,
    first_action,
    hand_over,
    note,
    published,
    source,
    stage,
    under_the_hood,
)
from pages.kit.numbers import millions


def draw(t: Words) -> None:
    """Draw the page below its question."""
    found = models(state.owner(), t)
    with stage(t("scale.stage"), published(t, t("scale.badge"))):
        first_action(t, "scale")
        measure = _measure(t)
        if example(found) is None:
            note(t("scale.none"))
        comparing.zoom(found, measure, t)
        note(_about(measure, t))
    if state.depth() != "watch":
        with card("scale_table", t("scale.table"), published(t, t("scale.badge_table"))):
            comparing.table(found, measure, t)
            note(t("scale.closed"))
    if experiments(t):
        machine.show(found, t)
    if under_the_hood(t):
        source(
            t,
            published_sizes.training_flops,
            words=t("scale.hood_flops"),
            formula=r"C \approx 6 \, N \, D",
            paper="Kaplan et al. 2020, arXiv:2001.08361",
        )
        source(t, published_sizes.read, words=t("scale.hood_published"))
        source(t, n_parameters, words=t("scale.hood_parameters"))
        source(t, speed.measured_speed, words=t("scale.hood_speed"))
    hand_over(t, "scale", _passed_on(example(found), found, t))


def _measure(t: Words) -> Measure:
    names = {
        "parameters": t("scale.parameters"),
        "tokens": t("scale.tokens"),
        "flops": t("scale.flops"),
        "hours": t("scale.hours"),
    }
    chosen = controls.choice(
        "scale_measure", t("scale.measure"), lambda key: names[key], show_label=False
    )
    return next(each for each in published_sizes.MEASURES if each == chosen)


def _about(measure: Measure, t: Words) -> str:
    """What the measure counts, and what it does not."""
    if measure == "parameters":
        return t("scale.about_parameters")
    if measure == "tokens":
        return t("scale.about_tokens")
    return t("scale.about_flops") if measure == "flops" else t("scale.about_hours")


def _passed_on(one: Sized | None, found: list[Sized], t: Words) -> list[Figure]:
    if one is None:
        return []
    n = one.values["parameters"]
    large = next(each for each in found if each.key == comparing.TARGET)
    row = [
        Figure(millions(n, t.lang), t("scale.passes_parameters"), "house"),
        Figure(saying.count(large.values["parameters"] / n, t, 2), t("scale.passes_times")),
    ]
    if n_tokens := one.value("tokens"):
        row.append(Figure(millions(n_tokens, t.lang), t("scale.passes_tokens"), "house"))
    return row
