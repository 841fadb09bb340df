"""What the components are given: plain data, in the visitor's language, and nothing executable."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.text.graphemes import TokenSpan
from core.figures.curves import Axes, Curve, curves
from core.figures.look import LIGHT, variables
from core.languages import LANGS
from pages.kit import components as parts
from pages.kit.catalogue import words
from pages.kit.components import attention, mounting
from pages.kit.static import ASSETS


def mounted(draw: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The one component that `draw` mounts, as it is sent to the browser."""

    def script(draw, args, kwargs):  # type: ignore[no-untyped-def]  # runs as a text of its own
        _ = draw(*args, **kwargs)  # assigned: Streamlit writes lone expressions to the page

    app = AppTest.from_function(script, args=(draw, args, kwargs), default_timeout=30).run()
    assert not app.exception
    (element,) = app.get("bidi_component")
    return element.proto


def data_of(draw: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mounted(draw, *args, **kwargs).json)
    return found


def test_every_component_has_its_code_in_the_assets():
    for name in (*mounting.NAMES, "figure"):
        code = (ASSETS / f"{name}.js").read_text(encoding="utf-8")
        assert "export default" in code, name


def test_no_component_parses_markup_or_evaluates_text():
    for file in ASSETS.glob("*.js"):
        code = file.read_text(encoding="utf-8")
        found = re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", code
        )
        assert found is None, f"{file.name}: {found}"


def test_every_colour_of_the_figures_is_a_variable_of_the_components():
    ground = (ASSETS / "kit.js").read_text(encoding="utf-8")
    for name in variables(LIGHT).values():
        assert f"--{name}: var(--gb-{name}," in ground


def test_what_a_visitor_wrote_travels_as_data():
    evil = "<img src=x onerror=alert(1)>"
    sent = mounted(parts.token_strip, [TokenSpan(evil, (300,))], words("en"), key="k")
    assert evil in sent.json
    assert evil not in sent.js_content + sent.html_content + sent.css_content


def test_numpy_numbers_arrive_as_numbers_and_what_is_none_as_nothing():
    data = data_of(
        parts.token_strip,
        [TokenSpan("a", (300,)), TokenSpan("b", (301, 302))],
        words("de"),
        key="k",
        values=[np.float32(1.5), float("nan")],
        scale=parts.Scale("Überraschung", "bit"),
    )
    assert data["values"] == [1.5, None]
    assert data["spans"][1] == {"text": "b", "ids": [301, 302]}


def test_attention_travels_as_one_byte_a_weight():
    weights = np.zeros((2, 1, 2, 2), np.float32)  # (L, H, T, T)
    weights[:, :, 0, 0] = 1.0
    weights[1, 0, 1] = [0.4, 0.6]
    data = data_of(parts.attention_view, weights, ["a", "b"], words("en"), key="k")
    sent = np.frombuffer(base64.b64decode(data["weights"]), np.uint8).reshape(2, 1, 2, 2)
    assert sent[1, 0].tolist() == [[255, 0], [102, 153]]
    assert data["sent"] == [0, 1]


def test_of_a_large_model_only_the_chosen_layer_travels(monkeypatch):
    monkeypatch.setattr(attention, "ALL_LAYERS_LIMIT", 4)
    weights = np.zeros((3, 1, 2, 2), np.float32)
    weights[2] = 1.0
    data = data_of(parts.attention_view, weights, ["a", "b"], words("en"), key="k", layer=2)
    assert data["sent"] == [2]
    assert base64.b64decode(data["weights"]) == b"\xff" * 4


def test_attention_over_other_tokens_is_refused():
    with pytest.raises(ValueError, match="3 tokens"):
        parts.attention_view(np.zeros((1, 1, 2, 2)), ["a", "b", "c"], words("en"), key="k")


def test_the_sampling_lab_starts_where_the_url_left_its_handles():
    start = parts.Sampling(temperature=0.3, top_k=5, seed=11)
    data = data_of(parts.sampling_lab, "Am", words("de"), key="k", model="m", settings=start)
    handles = {name: data[name] for name in ("temperature", "top_k", "top_p", "seed")}
    assert handles == {"temperature": 0.3, "top_k": 5, "top_p": 1.0, "seed": 11}


def test_a_live_figure_names_its_run_and_where_to_go_on():
    fig = curves([Curve("seen", [0, 1], [3.0, 2.0], "train")], Axes("steps", "bits"))
    feed = parts.Feed("r1", "step", [(0, "step", "bits_per_byte")], after=12)
    data = data_of(
        parts.live_figure, fig, words("en"), key="k", alt="Loss over steps", feeds=[feed]
    )
    assert data["feeds"] == [
        {
            "run": "r1",
            "kind": "step",
            "to": [{"trace": 0, "x": "step", "y": "bits_per_byte"}],
            "after": 12,
            "factor": 1.0,
        }
    ]
    assert data["fig"]["data"][0]["y"] == [3.0, 2.0]  # plain lists, to which rows are appended


def test_the_model_map_accounts_for_every_weight():
    from core.architecture.sizes import n_parameters, size_of

    config = size_of("xs", 500)
    data = data_of(parts.model_map, config, words("en"), key="k", n_tokens=9, detailed=True)
    drawn = sum(
        part["each"] * (config.n_layers if part["name"] in ("attention", "feedforward") else 1)
        for part in data["parts"]
    )
    norms = n_parameters(config) - drawn
    assert 0 < norms < 0.01 * n_parameters(config)  # too few to draw
    assert data["flows"][-1] == {"letters": "T × V", "sizes": "9 × 500"}


@pytest.mark.parametrize("lang", LANGS)
def test_placeholders_reach_the_browser_unfilled(lang):
    weights = np.ones((1, 1, 1, 1), np.float32)
    data = data_of(parts.attention_view, weights, ["a"], words(lang), key="k")
    assert {"{token}", "{share}", "{other}"} <= set(re.findall(r"\{\w+\}", data["words"]["looks"]))
