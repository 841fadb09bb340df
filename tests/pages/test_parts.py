"""The station “parts”: lanes that start, run, end and are told apart; costs by both ways."""

import json
from typing import Any

import pytest

from core.house.limits.ablating import Ablating, Apart
from core.jobs.writer import Writer
from core.services import Services, use_services
from core.training.text.ablation import ENCODINGS, LANES, Mean
from pages.architecture.parts import shipped, verdicts
from pages.architecture.parts.verdicts import Result
from pages.kit.catalogue import words
from pages.kit.numbers import decimal
from pages.kit.site import following
from tests.pages.short_in_place import EngineAtOnce

PAGE = "architecture/parts/parts.py"
PROGRAMS = {"ablation": LANES, "encodings": ENCODINGS}


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def owner_of(app):
    return app.session_state["_owner"]


def keys(app):
    return {button.key for button in app.button}


def sent_by(app, name):
    return [
        json.loads(each.proto.json)
        for each in app.get("bidi_component")
        if each.proto.component_name.endswith(f"_{name}")
    ]


def started(app, program, guess):
    radio = app.radio(key=f"{program}_guess")
    radio.set_value(guess).run()
    return app.button(key=f"{program}_start").click().run()


def lane_rows(name: str, loss: float) -> list[dict[str, Any]]:
    """What a lane reports: worse by `loss` on every window, and blind to order if it is 1."""
    wave = [0.1 * (n % 3) for n in range(12)]
    measured = {
        "kind": "measured",
        "trained": 32,
        "n_windows": 12,
        "bits_per_nat": 0.5,
        "losses_nats": [2.0 + loss + each for each in wave],
        "by_position": {"places": [2.5, 6.5], "nats": [3.0, 2.0], "half": [0.1, 0.2]},
        "order_nats": [0.0] * 12 if loss == 1 else [0.5 + each for each in wave],
    }
    if name != "learned":
        measured["further_nats"] = [loss + each for each in wave]
    place = {"step": 300, "seconds": 9.0}
    return [
        {"kind": "evaluation", "validation_bits_per_byte": 1.0 + loss, **place},
        {"kind": "sample", "prompt": "Mia", "text": f" <b>{name}</b>", **place},
        {**measured, **place},
    ]


def finished(app, services: Services, program: str) -> None:
    """All lanes of the newest comparison as the engine leaves them behind."""
    runs = services.store.runs.of_owner(owner_of(app))
    lanes = list(reversed([run for run in runs if run.program == program]))
    for n, (name, run) in enumerate(zip(PROGRAMS[program], lanes, strict=True)):
        services.store.runs.append(run.id, lane_rows(name, float(n)))
        services.engine.stop(owner_of(app), run.id)
        services.store.runs.update(run.id, status="finished", step=300, seconds=9.0)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_before_anything_runs_the_six_plans_are_counted(with_house, open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth)
    assert not app.exception
    t = words(lang)
    for name in (t("parts.whole"), t("parts.no_residual")):
        assert name in said(app)
    assert ("ablation_start" in keys(app)) == (depth != "watch")


def test_it_is_the_second_station_of_step_2_for_text():
    assert following("glass") == "parts" and following("parts") == "scale"


def test_nothing_starts_without_a_guess(with_house, open_page):
    app = open_page(PAGE, lang="en")
    assert app.button(key="ablation_start").disabled
    assert app.button(key="encodings_start").disabled


@pytest.mark.parametrize("program", PROGRAMS)
def test_all_lanes_start_at_once_with_one_difference(with_house, open_page, program):
    app = started(open_page(PAGE, lang="en"), program, PROGRAMS[program][-1])
    assert not app.exception
    runs = with_house.store.runs.of_owner(owner_of(app))
    assert len(runs) == len(PROGRAMS[program])
    assert {run.lane for run in runs} == {""}  # the bench stays as it is
    assert len({json.dumps(run.settings) for run in runs}) == 1
    assert len({run.inputs["design"] for run in runs}) == len(runs)
    assert len({run.inputs["dataset"] for run in runs}) == 1
    assert f"{program}_stop" in keys(app)
    app.button(key=f"{program}_stop").click().run()
    assert {run.status for run in with_house.store.runs.of_owner(owner_of(app))} == {"stopped"}
    assert words("en")("parts.stopped") in said(app)


def test_a_second_comparison_beside_the_first_is_refused_with_the_way_to_it(with_house, open_page):
    app = started(open_page(PAGE, lang="en"), "ablation", "norm")
    app = started(app, "encodings", "none")
    assert not app.exception
    assert len(with_house.store.runs.of_owner(owner_of(app))) == len(LANES)
    assert "gb-error" in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_result_is_held_against_the_guess_and_what_models_write_is_escaped(
    with_house, open_page, lang
):
    app = started(open_page(PAGE, lang=lang), "ablation", "norm")
    finished(app, with_house, "ablation")
    app.run()
    assert not app.exception
    t = words(lang)
    assert t("frame.guess_wrong") in said(app)
    assert "&lt;b&gt;feedforward&lt;/b&gt;" in said(app) and "<b>feedforward" not in said(app)
    [fig] = [one for one in sent_by(app, "figure") if len(one["fig"]["data"]) == len(LANES)]
    assert [list(trace["y"]) for trace in fig["fig"]["data"]] == [[1.0 + n] for n in range(6)]
    assert fig["feeds"] == []
    assert "ablation_start" not in keys(app)  # until somebody asks again
    app.button(key="ablation_again").click().run()
    assert "ablation_start" in keys(app)


def test_encodings_are_drawn_against_position_with_the_trained_length(with_house, open_page):
    app = started(open_page(PAGE, lang="en"), "encodings", "sinusoidal")
    finished(app, with_house, "encodings")
    app.run()
    assert not app.exception
    t = words("en")
    assert t("frame.guess_right") in said(app)  # of those that can be read further, the least
    [fig] = [one for one in sent_by(app, "figure") if one["fig"]["layout"].get("shapes")]
    assert fig["fig"]["layout"]["shapes"][0]["x0"] == 32.5
    assert list(fig["fig"]["data"][0]["y"]) == [1.5, 1.0]
    assert t("parts.no_further") in said(app)


def result(name, more, half=0.01, further=None, order=1.0):
    return Result(
        name,
        Mean(1.0, 0.1, 9),
        None if more is None else Mean(more, half, 9),
        None if further is None else Mean(further, half, 9),
        Mean(order, 0.5, 9),
    )


def test_the_sentence_says_only_what_the_intervals_allow():
    t = words("en")
    names = {"w": "whole", "a": "A", "b": "B", "c": "C", "d": "D"}
    found = [
        result("w", None),
        result("a", 0.50),
        result("b", 0.49),
        result("c", 0.005),
        result("d", -0.2),
    ]
    text = verdicts.sentence_of_parts(found, names, t)
    assert text.startswith("Highest: A")
    assert t("parts.found_near", names="B") in text
    assert t("parts.found_free", names="C") in text
    assert t("parts.found_better", names="D") in text
    clear = verdicts.sentence_of_parts(
        [result("w", None), result("a", 0.5), result("b", 0.1)], names, t
    )
    assert "close" not in clear and "No difference" not in clear


def test_what_does_not_rise_beyond_the_trained_length_is_named():
    t = words("en")
    names = {"a": "A", "b": "B", "c": "C"}
    found = [
        result("a", None, further=0.004),
        result("b", 0.0, further=2.0),
        result("c", 0.0),
    ]
    text = verdicts.sentence_of_encodings(found, names, t)
    assert t("parts.further_stays", names="A") in text
    assert "Most by B" in text and "C" not in text.replace("95 %", "")
    assert verdicts.sentence_of_encodings([result("c", 0.0)], names, t) == ""


def test_who_does_not_notice_the_order_is_said_to_be_unmeasured():
    t, names = words("en"), {"a": "A", "b": "B"}
    text = verdicts.sentence_of_order([result("a", None), result("b", 0.1, order=0.2)], names, t)
    assert t("parts.order_notice", names="A") in text
    assert t("parts.order_blind", names="B") in text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_costs_stand_side_by_side_with_their_deviation(with_house, open_page, lang):
    own = Services(with_house.store, EngineAtOnce(with_house.store), Writer())
    with use_services(own):
        app = open_page(PAGE, lang=lang)
        [radio] = [one for one in app.radio if one.key.startswith("guess_parts_cost")]
        radio.set_value("feedforward").run()
        app.button(key=radio.key.replace("guess_", "reveal_")).click().run()
    assert not app.exception
    t = words(lang)
    text = said(app)
    for name in (t("parts.by_formula"), t("parts.by_run"), t("parts.memory_token")):
        assert name in text
    own.writer.close()


SHIPPED = Ablating(
    {"n_steps": 300},
    64,
    99.0,
    [
        Apart("whole", (1.0, 1.2), ()),
        *(Apart(name, (1.1 + n, 1.3 + n), (0.1 + n, 0.1 + n)) for n, name in enumerate(LANES[1:])),
    ],
)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_what_was_measured_before_waits_for_the_guess(with_house, open_page, monkeypatch, lang):
    monkeypatch.setattr(shipped, "ablating", lambda: SHIPPED)
    app, t = open_page(PAGE, lang=lang), words(lang)
    assert app.button(key="parts_shipped").disabled and t("parts.shipped") not in said(app)
    app.radio(key="ablation_guess").set_value("feedforward").run()
    app.button(key="parts_shipped").click().run()
    assert not app.exception
    assert t("parts.shipped") in said(app) and t("frame.guess_right") in said(app)
    assert decimal(4.1, lang) in said(app)  # how much more it loses without feed-forward
    assert "ablation_start" in keys(app)  # one's own run is still to be had


def test_who_only_watches_sees_at_once_what_was_measured_before(with_house, open_page, monkeypatch):
    monkeypatch.setattr(shipped, "ablating", lambda: SHIPPED)
    assert words("en")("parts.shipped") in said(open_page(PAGE, lang="en", depth="watch"))
    monkeypatch.setattr(shipped, "ablating", lambda: None)
    without = open_page(PAGE, lang="en", depth="watch")
    assert not without.exception and words("en")("parts.shipped") not in said(without)
