"""The architecture page for pictures: words' maps, plan, experiments, rechecks."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.architecture.pictures import Denoiser, DenoiserConfig, denoiser_bytes
from core.architecture.pictures.word_maps import most_telling_head
from core.data.pictures.wording.recolouring import colours_exchanged
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.inference.pictures import PictureModel
from core.lineage import canonical_json
from core.modality import PICTURES
from pages.architecture.pictures import bench, looking, plan, trials
from pages.architecture.pictures.bench import Looked, on_bench, place
from pages.kit.catalogue import words
from pages.kit.components import PatchCell
from pages.kit.components.word_maps import ALL, MOST_BYTES

PAGE = "2_architecture.py"
ME = "0" * 32
ENCODER = CaptionEncoder.of_the_book()
CAPTION = "links ein roter Ball, rechts ein blaues Haus, bei Nacht"
SMALL = DenoiserConfig(
    n_words=ENCODER.n_words, n_caption=20, size=16, patch=4, n_channels=16, n_heads=2,
    n_blocks=2, n_hidden=32,
)  # fmt: skip


@pytest.fixture(scope="module")
def looked() -> Looked:
    """A model in which every weight has an effect."""
    generator = torch.Generator().manual_seed(7)
    model = Denoiser(SMALL)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.0, 0.3, generator=generator)
    return Looked("test", PictureModel(model.eval(), ENCODER), "yours")


@pytest.fixture(scope="module")
def shown(looked):
    return looking.seen(looked, CAPTION, 7)


@pytest.fixture
def own(services, looked, monkeypatch):
    """The visitor's own trained model on the bench, and no example model."""
    monkeypatch.setattr(bench, "house_pictures", lambda: None)
    store = services.store
    encoder = store.artifacts.keep(ME, "encoder", ENCODER.to_bytes(), modality=PICTURES)
    design = store.artifacts.keep(
        ME, "design", canonical_json(SMALL.to_dict()), parents=[encoder.id]
    )
    weights = denoiser_bytes(looked.model.denoiser, {"objective": "velocity"}, "float32")
    checkpoint = store.artifacts.keep(ME, "checkpoint", weights, parents=[encoder.id, design.id])
    store.benches.put(ME, "a", checkpoint.id)
    return checkpoint


def open_as_me(open_page, **url):
    app = open_page("", modality="pictures", **url)
    app.session_state["_owner"] = ME
    app = app.switch_page(f"../{PAGE}").run()
    assert not app.exception
    return app


def said(app):
    return " ".join(block.proto.body for block in app.get("html"))


def sent(app, key):
    """What the browser is given of one component."""
    found = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    return next(each for each in found if key in each)


# --- the stage


def test_the_stage_shows_the_weights_of_the_visitors_own_model(open_page, own, looked, shown):
    data = sent(open_as_me(open_page, lang="de", caption=CAPTION), "weights")
    assert data["words"] == list(shown.watched.words)
    levels = np.frombuffer(base64.b64decode(data["weights"]), np.uint8) / 255
    weights = (levels**2).reshape(shown.weights.shape)
    np.testing.assert_allclose(weights, shown.weights, atol=1 / 255)
    moment = data["moments"][3]
    assert tuple(moment["telling"]) == most_telling_head(torch.from_numpy(shown.weights[3]))
    assert data["effects"] is None  # measured only when somebody asks


def test_a_link_may_ask_for_a_head(open_page, own):
    data = sent(open_as_me(open_page, caption=CAPTION, layer="2", head="1"), "weights")
    assert (data["layer"], data["head"]) == (1, 0)


def test_words_that_the_model_has_never_read_are_named_as_text(open_page, own):
    app = open_as_me(open_page, lang="en", caption="a red <b>zeppelin</b> by day")
    assert "zeppelin" in said(app) and "<b>zeppelin" not in said(app)
    assert sent(app, "weights")["known"].count(False) >= 1


def test_a_caption_too_long_for_the_model_is_refused_in_words(open_page, own):
    app = open_as_me(open_page, lang="en", caption="red " * 30)
    assert "gb-error" in said(app)


def test_without_any_trained_model_the_plan_is_shown_with_random_weights(
    open_page, services, monkeypatch
):
    monkeypatch.setattr(bench, "house_pictures", lambda: None)
    app = open_as_me(open_page, lang="en", denoiser="n_channels:32 n_blocks:1")
    assert "learned nothing yet" in said(app)
    assert sent(app, "weights")["n_layers"] == 1


def test_of_a_large_model_fewer_moments_are_sent_and_the_last_is_among_them(looked):
    from pages.kit.components.word_maps import _kept_moments

    assert _kept_moments(10, MOST_BYTES // 4) == [0, 3, 6, 9]
    assert _kept_moments(10, 2 * MOST_BYTES) == [5]


# --- rechecks


@pytest.mark.parametrize(("layer", "head"), [(1, 0), (ALL, ALL)])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_weight_is_the_same_by_numpy_alone(looked, shown, layer, head, lang):
    cell = PatchCell(moment=4, layer=layer, head=head, patch=6, word=3)
    label, result = looking.recheck_weight(looked, shown, cell, words(lang))
    assert "Ball" in label and result.same and 0 < result.by_numpy < 1
    picked = shown.weights[4, ..., 6, 3] if layer == ALL else shown.weights[4, layer, head, 6, 3]
    assert result.by_torch == pytest.approx(float(picked.mean()))


@pytest.mark.parametrize("of_velocity", [True, False])
def test_velocity_and_step_are_the_same_by_numpy_alone(looked, shown, of_velocity):
    at = looking.spot(shown)
    result = looking.recheck_step(looked, shown, at, of_velocity, words("en"))
    assert result.same
    wrong = replace(at, velocity=at.velocity * 1.01, after=at.after * 1.01)
    assert not looking.recheck_step(looked, shown, wrong, of_velocity, words("en")).same


# --- the plan


def test_turned_knobs_survive_the_way_through_a_link():
    changes = {"n_channels": 192, "patch": 8}
    assert plan.read(plan.written(changes)) == changes


@pytest.mark.parametrize("text", ["n_channels:7", "n_words:3", "patch:-4", "x", ":", "patch:²"])
def test_what_a_link_could_not_have_said_is_passed_over(text):
    assert plan.read(text) == {}


def test_a_turned_knob_shows_its_parameters_at_once_and_goes_to_the_bench(
    open_page, services, monkeypatch
):
    monkeypatch.setattr(bench, "house_pictures", lambda: None)
    app = open_as_me(open_page, lang="en")
    app.get_by_key("denoiser_n_channels").set_value(64).run()
    assert not app.exception
    wide = replace(on_bench(ME).house, n_channels=64, n_hidden=256)
    counted = Denoiser(wide, seed=None).n_parameters
    shown_parts = sent(app, "caption")["parts"]
    norms = (wide.n_blocks + 1) * 64  # in no part of their own
    assert sum(part["count"] for part in shown_parts) + norms == counted
    app.get_by_key("use_denoiser").click().run()
    placed = services.store.benches.of(ME, PICTURES).lanes["a"]["design"]
    assert DenoiserConfig.from_dict(json.loads(services.store.artifacts.read(ME, placed))) == wide
    assert services.store.artifacts.get(ME, placed).modality == PICTURES


def test_knobs_that_make_no_model_are_refused_and_the_last_plan_stays(open_page, services):
    app = open_as_me(open_page, lang="en", depth="dig", denoiser="n_channels:96 n_heads:8")
    assert "gb-error" not in said(app)
    place(ME, replace(on_bench(ME).house, patch=8))
    assert on_bench(ME).whose == "yours"


# --- experiments


def test_an_exchanged_word_changes_what_is_measured(looked, shown):
    exchange = colours_exchanged(CAPTION, ENCODER)[0]
    assert (exchange.old, exchange.new) == ("roter", "blauer")
    found = trials.exchanged(looked, shown, exchange)
    inside = found.change[found.area].sum() / found.change.sum()
    assert found.within == pytest.approx(float(inside), rel=1e-5)
    assert (found.pictures[0] != found.pictures[1]).any()
    measured = trials.exchanged_word(looked, shown, exchange, words("de"))
    assert measured.outcome == (
        "only" if inside >= 0.9 else "mostly" if inside >= 0.5 else "all"
    )  # fmt: skip


def test_the_first_word_is_the_one_without_which_the_first_step_differs_most(looked, shown):
    t = words("de")
    candidates = trials.telling_words(shown.watched.words, t)
    assert [shown.watched.words[at] for at in candidates] == [
        "links", "roter", "Ball", "rechts", "blaues", "Haus", "Nacht",
    ]  # fmt: skip
    measured = trials.first_word(looked, shown, candidates, t)
    effects = looking.effects(looked, CAPTION, 7)
    assert effects.shape == (10, len(shown.watched.words), 16)
    strength = (effects[0] ** 2).mean(-1)
    assert int(measured.outcome) == max(candidates, key=lambda at: strength[at])


def test_what_is_looked_at_most_is_summed_over_all_heads(looked, shown):
    candidates = trials.telling_words(shown.watched.words, words("en"))
    measured = trials.looked_at_most(looked, shown, candidates, words("en"))
    given = shown.weights.mean((0, 1, 2, 3))
    assert given.sum() == pytest.approx(1.0, abs=1e-5)
    telling = given[candidates].sum()
    assert measured.outcome == (
        "telling" if telling > 0.6 else "small" if telling < 0.4 else "even"
    )  # fmt: skip


def test_smaller_patches_are_timed_on_models_that_exist():
    measured = trials.smaller_patches(SMALL, words("en"))
    assert measured.outcome in ("little", "four", "more") and "64" in measured.text
