"""Cost: what is measured is of the real model, and stands on the page in both languages."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.inference import timing
from core.inference.timing import InPrecision, MemorySpeed, Spread, TextTimes
from core.jobs.writer import Writer
from core.services import Services, use_services
from core.store import Store
from pages.inference.cost import measuring, tables, timeline, trials
from pages.kit.catalogue import words
from pages.kit.site import following
from tests.pages.short_in_place import EngineAtOnce

PAGE = "inference/cost/cost.py"


@pytest.fixture
def services(store_folder: Path) -> Iterator[Services]:
    store = Store.at(store_folder)
    own = Services(store, EngineAtOnce(store), Writer())
    with use_services(own):
        yield own
    store.close()


@pytest.fixture
def with_model(with_house, monkeypatch):
    """The tiny example model alone: what else lies on this machine takes too long."""
    monkeypatch.setattr("pages.inference.cost.opened.models_on_disk", lambda: [])
    monkeypatch.setattr(measuring, "N_ROUNDS", 2)
    monkeypatch.setattr("pages.inference.cost.opened.N_TOKENS", 6)
    monkeypatch.setattr("pages.inference.cost.opened.N_HELD_OUT", 120)
    monkeypatch.setattr(timing, "LARGEST_READ", 4_000_000)
    return with_house


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def click(app, key):
    (button,) = [each for each in app.button if each.key == key]
    return button.click().run(timeout=120)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_a_sentence_is_measured_and_its_cache_drawn(with_model, open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth, sentence="Mia likes")
    assert not app.exception and 'class="gb-cost-line"' not in said(app)
    click(app, "cost_measure")
    assert not app.exception
    t = words(lang)
    assert t("cost.with_cache") in said(app) and t("cost.without_cache") in said(app)
    found = next(iter(app.session_state["_costs"].values()))
    assert said(app).count('<i style="width:') >= 2 * len(found.tokens)
    n = found.n_prompt + len(found.tokens)
    assert found.cache_bytes[-1] == n * found.cache_bytes[0] // found.n_prompt
    assert ("cost_batches" in [button.key for button in app.button]) == (depth != "watch")


def test_the_cache_is_drawn_as_it_was_after_fewer_tokens(with_model, open_page):
    app = click(open_page(PAGE, lang="en", sentence="Mia likes"), "cost_measure")
    found = next(iter(app.session_state["_costs"].values()))
    (slider,) = [each for each in app.slider if each.key == "cost_cache_tokens"]
    slider.set_value(found.n_prompt).run()
    assert f"real tensors: {found.cache_bytes[0]:,} bytes" in said(app)


def test_batches_precisions_and_memory_are_measured_on_demand(with_model, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes")
    t = words("en")
    for key in ("cost_batches", "cost_precisions", "cost_memory"):
        app = click(app, key)
        assert not app.exception
    page = said(app)
    for name in (t("cost.column_together"), t("cost.eight_bits"), t("cost.column_copied")):
        assert name in page
    rows, n_tokens, _ = next(
        found for key, found in app.session_state["_costs"].items() if key[0] == "precisions"
    )
    assert f"{n_tokens:,} tokens" in page and len(rows) == 4
    assert "(as large as this model)" in page or rows[0].weight_bytes <= timing.SMALLEST_READ


def test_it_is_the_second_station_of_step_5():
    assert following("prompting") == "cost" and following("cost") == "postprocessing"


def test_a_sentence_longer_than_the_context_is_cut(with_model, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes tea and " * 10)
    click(app, "cost_measure")
    assert not app.exception and 'class="gb-cost-cache"' in said(app)


TIMES = TextTimes(
    n_prompt=4,
    prefill_s=[0.004, 0.002, 0.003],
    decode_s=[[0.001, 0.002], [0.003, 0.002], [0.002, 0.004]],
    tokens=[5, 6],
    cache_bytes=[400, 500, 600],
    weight_bytes=2_000_000,
    without_s=[0.006, 0.008],
    computing=1.0,
)


def test_blocks_are_as_wide_as_what_they_took():
    t = words("en")
    row = timeline.line(0.002, [0.001, 0.001], 0.008, "With", t)
    assert "width:25.000%" in row and row.count("width:12.500%") == 2
    assert TIMES.of_each == [0.002, 0.002] and TIMES.best_rate == pytest.approx(2 / 0.003)


def test_a_model_that_fits_into_the_cache_is_told_from_one_that_does_not(monkeypatch):
    notes, t = [], words("en")
    monkeypatch.setattr(tables, "note", notes.append)
    monkeypatch.setattr(tables.st, "html", lambda _: None)
    config = type("Config", (), {"n_vocab": 100, "n_channels": 10, "tied": True, "n_context": 64})()
    opened = type("Opened", (), {"config": config})()

    def speeds(quick):
        return [
            MemorySpeed(2_000_000, Spread(quick, quick, quick, 1), Spread(1e9, 1e9, 1e9, 1)),
            MemorySpeed(1_000_000_000, Spread(5e9, 5e9, 5e9, 1), Spread(1e9, 1e9, 1e9, 1)),
        ]

    tables.memory(speeds(20e9), TIMES, opened, t)
    tables.memory(speeds(6e9), TIMES, opened, t)
    # 2,000,500 bytes at 5 GB/s would be 2,499 tokens a second; 667 were reached.
    assert "2,500 tokens" in notes[0] and "reached 670, that is 27%" in notes[0]
    assert "fits into" in notes[1] and "does not stay" in notes[3]


def row(precision, nats):
    return InPrecision(precision, 100, True, Spread(1.0, 1.0, 1.0, 2), nats, [1])


@pytest.mark.parametrize(("nats", "outcome"), [(100.5, "little"), (105.0, "some"), (150.0, "much")])
def test_the_answer_to_4_bits_follows_the_loss(monkeypatch, nats, outcome):
    asked = {}
    monkeypatch.setattr(trials, "predict", lambda key, t, **given: asked.update({key: given}))
    rows = [row("float32", 100.0), replace(row("int4", nats))]
    found = {"precisions": (rows, 50, 200), "batches": {1: Spread.of([2.0]), 32: Spread.of([3.0])}}
    monkeypatch.setattr(measuring, "kept", lambda what, _: found[what])
    opened = type("Opened", (), {"read": lambda _, tokens: "text"})()
    opened.config = type("Config", (), {"n_context": 64})()
    trials.show(opened, words("en"))
    measured = asked["cost_four"]["measure"]()
    assert measured.outcome == outcome and "50 tokens" in measured.text
    assert asked["cost_batch"]["measure"]().outcome == "same"
    assert tables.bits(100.0, 200) == pytest.approx(0.7213, abs=1e-4)
