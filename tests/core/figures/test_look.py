"""Every figure carries its complete look with it."""

import plotly.graph_objects as go
import plotly.io as pio
import pytest

from core.figures.curves import Axes, Curve, curves
from core.figures.look import DARK, LIGHT, Marks, template, variables, words

HEX = r"^#[0-9a-f]{6}$"


def test_german_numbers_have_a_decimal_comma_and_narrow_spaces():
    assert Marks(",", "\u202f").write(12345.678, 1) == "12\u202f345,7"
    assert Marks().write(12345.678, 1) == "12,345.7"


def test_roles_that_share_a_colour_in_light_share_one_in_dark_too():
    light, dark = vars(LIGHT), vars(DARK)
    for one in light:
        for other in light:
            if light[one] == light[other]:
                assert dark[one] == dark[other]


def test_replacing_each_colour_of_a_light_figure_gives_the_dark_one():
    lines = [Curve("new", [0, 1], [3.0, 2.0], "valid"), Curve("old", [0, 1], [3.0, 1.0], "train")]
    light = curves(lines, Axes("steps", "bits"), look=LIGHT).to_json()
    dark = curves(lines, Axes("steps", "bits"), look=DARK).to_json()
    assert light is not None
    for colour, name in variables(LIGHT).items():
        if colour.startswith("#"):
            light = light.replace(colour, getattr(DARK, name))
    assert light == dark


def test_a_figure_ignores_whatever_template_the_process_has_set():
    before = pio.templates.default
    fig = go.Figure(layout={"template": template(LIGHT, Marks())})
    try:
        pio.templates.default = "plotly_dark"
        again = go.Figure(layout={"template": template(LIGHT, Marks())})
    finally:
        pio.templates.default = before
    assert fig.to_json() == again.to_json()
    assert fig.layout.template.layout.font.color == LIGHT.ink


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_text_on_a_card_is_readable(look):
    for role in ("ink", "soft", "train", "valid", "key", "query", "value", "warn"):
        assert contrast(getattr(look, role), look.card) >= 4.5, role


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""

    def brightness(colour: str) -> float:
        shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
        return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_tag_in_a_name_is_shown_not_obeyed():
    assert words("<b>&") == "&lt;b&gt;&amp;"
    fig = curves([Curve("<b>bad</b>", [0], [1.0])], Axes("x", "<i>y</i>"))
    shown = fig.to_json()
    assert shown is not None
    assert "<b>" not in shown and "<i>" not in shown
