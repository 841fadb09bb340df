"""The station “latent space”: narrow place, parts, experiments, rechecks, in both languages."""

import io
import json
from dataclasses import replace
from html import escape

import numpy as np
import pytest
import torch
from PIL import Image

from core.architecture.pictures import Denoiser, DenoiserConfig
from core.architecture.pictures.autoencoder import Autoencoder, AutoencoderConfig
from core.data.pictures import PictureSettings
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.house.latent import HouseLatent
from core.inference.pictures import PictureModel
from core.languages import LANGS
from pages.architecture.latent import looking, others, pressing, saving, showing_parts, trials
from pages.kit import site
from pages.kit.catalogue import words
from pages.kit.components.latent_space import ABOVE, BELOW, NOTHING, cell_of, coloured
from pages.kit.site import BY_NAME, following, is_foreign

PAGE = "architecture/latent/latent.py"
ENCODER = CaptionEncoder.of_the_book()
CONFIG = DenoiserConfig(
    n_words=ENCODER.n_words, n_caption=20, size=8, patch=1, n_colours=4, n_channels=16, n_heads=2,
    n_blocks=1, n_hidden=16,
)  # fmt: skip
SHARE = {"n": 500, "n_right": 400, "share": 0.8, "low": 0.76, "high": 0.83}
MEAN = {"mean": 3.4, "low": 3.3, "high": 3.5}
CAPTION = "links ein roter Ball, rechts ein blaues Haus, bei Nacht"


def shaken(model):
    generator = torch.Generator().manual_seed(8)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.0, 0.2, generator=generator)
    return model.eval()


@pytest.fixture(scope="module")
def first():
    return shaken(Autoencoder(AutoencoderConfig(width=4)))


@pytest.fixture(scope="module")
def model(first):
    return PictureModel(shaken(Denoiser(CONFIG)), ENCODER, "velocity", autoencoder=first)


@pytest.fixture(scope="module")
def found():
    return HouseLatent(
        book=PictureSettings(size=64),
        drawing={"n_steps": 10, "sampler": "euler", "guidance": 3.0},
        n_parameters={"autoencoder": 1, "denoiser": 1},
        lost={"n": 1000, "error": MEAN, "edges": MEAN, "calm": MEAN, "psnr": MEAN, "worst": 9.0,
              "read": {"whole": SHARE}, "before": SHARE},
        drawn={"book": {"whole": SHARE}},
        way=(),
        made={"command": "python -m core house --pictures latent", "date": "2026-11-29"},
        files={},
        folder=None,
    )  # fmt: skip


@pytest.fixture
def small(monkeypatch, found, model, first):
    """A model small enough for a test, in which every weight has an effect."""
    monkeypatch.setattr(looking, "shipped", lambda: (found, model, first))
    monkeypatch.setattr(looking, "house_latent", lambda: found)
    monkeypatch.setattr(looking, "N_BLENDED", 2)
    monkeypatch.setattr(looking, "N_STEPS", 3)
    for cached in (looking.pages_of_book, looking._shown, looking.followed, looking.blended,
                   looking.parts_of, looking.drawn_with_and_without):  # fmt: skip
        cached.clear()
    yield
    for cached in (looking.pages_of_book, looking._shown, looking.followed, looking.blended,
                   looking.parts_of, looking.drawn_with_and_without):  # fmt: skip
        cached.clear()


def open_it(open_page, **url):
    app = open_page(PAGE, modality="pictures", **url)
    assert not app.exception
    return app


def said(app):
    return " ".join(block.proto.body for block in app.get("html"))


def sent(app, key):
    """What the browser is given of one component."""
    found = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    return next(each for each in found if key in each)


def test_it_is_a_station_of_step_two_for_pictures_alone():
    place = BY_NAME["latent"]
    assert {place.kind(kind) for kind in ("text", "pictures")} == {"pictures"}
    assert place.body("pictures") == place.body("text") == "pages.architecture.latent.overview"
    assert place.words("pictures") == "latent"
    assert is_foreign("latent", "text") and not is_foreign("latent", "pictures")
    assert [kind for each, kind in site.VIEWS if each is place] == ["pictures"]


def test_the_way_leads_from_the_overview_through_the_station_to_training(monkeypatch):
    monkeypatch.setattr(site.state, "modality", lambda: "pictures")
    assert following("architecture") == "latent" and following("latent") == "training"
    monkeypatch.setattr(site.state, "modality", lambda: "text")
    assert following("architecture") == "glass"


@pytest.mark.parametrize("lang", LANGS)
def test_a_picture_is_shown_with_its_latents_and_all_parts_with_their_values(
    open_page, small, lang
):
    app = open_it(open_page, lang=lang)
    t = words(lang)
    space = sent(app, "grids")
    assert len(space["values"]) == 256 and space["side"] == 8
    diagram = sent(app, "parts")
    assert [part["name"] for part in diagram["parts"]] == [
        "text", "latents", "denoiser", "scheduler", "guidance", "decoder",
    ]  # fmt: skip
    assert all(part["does"] and part["theirs"] for part in diagram["parts"])
    assert diagram["times"] == pytest.approx([1.0, 2 / 3, 1 / 3, 0.0])
    steps = diagram["numbers"]
    for k, length in enumerate(np.diff(diagram["times"])):
        after = steps["noisy"][k] + length * steps["velocity"][k]
        assert steps["noisy"][k + 1] == pytest.approx(after, abs=2e-3)
        guided = steps["untold"][k] + 3.0 * (steps["told"][k] - steps["untold"][k])
        assert steps["velocity"][k] == pytest.approx(guided, abs=2e-3)
    shown = said(app)
    assert "12" in shown and "256" in shown and "48" in shown
    assert t("latent.never_read") not in shown
    for name in ("DALL·E (2021)", "Imagen (2022)", "Midjourney", "arXiv:2102.12092"):
        assert name in shown


def test_under_watch_nothing_is_asked(open_page, small):
    app = open_it(open_page, depth="watch")
    assert not app.radio and not app.get("file_uploader")
    assert sent(app, "parts")


@pytest.mark.parametrize("lang", LANGS)
def test_a_number_is_changed_and_computed_again(open_page, small, lang):
    app = open_it(open_page, lang=lang)
    buttons = [each for each in app.button if each.key.startswith("recheck_latent")]
    assert len(buttons) == 2
    for at in range(2):
        buttons = [each for each in app.button if each.key.startswith("recheck_latent")]
        app = buttons[at].click().run()
        assert not app.exception
        assert words(lang)("frame.recheck_same") in said(app)


def test_a_page_of_the_book_is_chosen(open_page, small):
    app = open_it(open_page, latent_picture="book", latent_page="3")
    one, other = sent(app, "grids")["given"], None
    app = open_it(open_page, latent_picture="book", latent_page="4")
    other = sent(app, "grids")["given"]
    assert one != other


@pytest.mark.parametrize("source", ["upload", "draw"])
def test_until_something_is_handed_in_the_captions_picture_stands_there(open_page, small, source):
    app = open_it(open_page, latent_picture=source)
    mine = open_it(open_page)
    assert sent(app, "grids")["given"] == sent(mine, "grids")["given"]


def test_an_own_file_goes_through_and_a_broken_one_says_so(open_page, small):
    file = io.BytesIO()
    Image.fromarray(np.full((90, 70, 3), 200, np.uint8)).save(file, "PNG")
    app = open_it(open_page, latent_picture="upload")
    before = sent(app, "grids")["given"]
    app.get("file_uploader")[0].upload("mine.png", file.getvalue(), "image/png")
    app = app.run()
    assert not app.exception and sent(app, "grids")["given"] != before
    assert escape(words("en")("latent.never_read")) in said(app)
    app.get("file_uploader")[0].upload("broken.png", b"\x89PNG no picture", "image/png")
    app = app.run()
    assert not app.exception and "gb-error" in said(app)
    assert sent(app, "grids")["given"] == before


def test_a_caption_that_the_book_does_not_understand_is_drawn_by_the_model(
    open_page, small, found, model
):
    app = open_it(open_page, caption="xyz qrst")
    assert sent(app, "grids")["given"]
    picture = looking.page_of_caption(found, model, "xyz qrst", 7)
    assert picture.shape == (64, 64, 3)


def test_a_caption_that_is_too_long_says_so(open_page, small):
    app = open_it(open_page, caption="rot " * 39)
    assert "gb-error" in said(app)


def test_where_nothing_is_shipped_the_page_says_so(open_page, monkeypatch):
    monkeypatch.setattr(looking, "shipped", lambda: None)
    app = open_it(open_page)
    assert words("en")("latent.none") in said(app)


@pytest.mark.parametrize("lang", LANGS)
def test_predictions_are_measured(open_page, small, lang, found, model, first):
    t = words(lang)
    trials.N_PAGES = 4
    lost = trials.lost_first(found, first, t)
    assert lost.outcome in ("colour", "place", "lines") and "4" in lost.text
    asked = trials.without_guidance(found, model, CAPTION, t)
    assert asked.outcome in ("both", "guided", "plain", "none")
    unknown = trials.without_guidance(found, model, "xyz", t)
    assert unknown.text == t("latent.unguided_unknown")


def test_latents_cost_as_much_as_pixels_in_as_many_patches_and_less_than_in_smaller(small):
    saving.costs.clear()
    on_latents, eight, four, two = saving.costs(CONFIG, 64)
    assert (on_latents.n_patches, eight.n_patches, four.n_patches) == (64, 64, 256)
    assert on_latents.times == 1.0 and four.times > 1.0 and two.times is None
    assert on_latents.multiplications < eight.multiplications < four.multiplications


def test_numbers_become_colours_around_nothing():
    found = coloured(np.array([-9.0, 0.0, 9.0], np.float32))
    assert [tuple(each) for each in found.tolist()] == [BELOW, NOTHING, ABOVE]


@pytest.mark.parametrize(
    "bad", [None, "x", [1, 2], [1, 2, 3.0], [4, 0, 0], [-1, 0, 0], [True, 0, 0]]
)
def test_a_cell_from_the_browser_is_one_or_none(bad):
    assert cell_of(bad, (4, 8, 8)) is None
    assert cell_of([3, 7, 0], (4, 8, 8)) == (3, 7, 0)


def test_the_cell_spelled_out_is_the_one_that_moves_most():
    velocity = torch.zeros(3, 4, 8, 8)
    velocity[1, 2, 5, 6] = -3.0
    assert showing_parts.telling_cell(velocity) == (2, 5, 6)


def test_differences_are_shown_brighter_and_never_beyond_white():
    levels = pressing.brightened(np.array([[1.0, 200.0]], np.float32))
    assert levels[0, 0].tolist() == [4, 4, 4] and levels[0, 1].tolist() == [255, 255, 255]


@pytest.mark.parametrize("lang", LANGS)
def test_every_other_model_has_a_source(lang):
    listed = others.others(words(lang))
    assert all(one.source and one.space and one.differs for one in listed)
    assert len({one.name for one in listed}) == len(listed) == 7


def test_a_reading_that_changes_is_told(small, first, found):
    one = looking.shown(first, looking.pages_of_book(3)[0])
    t = words("en")
    assert pressing.verdict(one.before, one.before, t) == t("latent.same_read")
    unread = replace(one.before, reason="sky")
    assert pressing.verdict(one.before, unread, t) == t("latent.other_read")
    assert pressing.verdict(unread, one.before, t) == t("latent.never_read")
