"""Step 5 for pictures: the film, captions that miss something, trying, what is kept."""

import json
from base64 import b64encode
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.alignment.pictures.tuning.examples import styled_examples
from core.alignment.pictures.tuning.program import PictureTuningProgram
from core.architecture.pictures import Denoiser, DenoiserConfig, denoiser_bytes
from core.data.pictures import PictureSettings, Scene, compare, paint, read, understand
from core.data.pictures.collecting.archive import order_bytes, to_bytes
from core.data.pictures.scenes import Item
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.languages import LANGS
from core.lineage import canonical_json
from core.services import Services
from core.store import HOUSE, Store
from pages.inference.pictures import drawer as drawers
from pages.inference.pictures.asking import problem_text
from pages.inference.pictures.experiments import third_of
from pages.inference.pictures.saying import seen_text, sign_of, verdict_of
from pages.kit.catalogue import words
from pages.kit.components.pictures import packed, painted

CAPTION = "a red cat to the left of a blue house, at night"
SCENE = understand(CAPTION).scene


def keep_chain(store: Store, owner: str, seed: int = 1) -> str:
    """A tiny untrained model that draws, with all it stands on; the checkpoint's id."""
    book = PictureSettings(n_pictures=10)
    corpus = store.artifacts.keep(owner, "corpus", order_bytes(book), modality="pictures",
                        settings={"book": book.to_dict()})  # fmt: skip
    captions = CaptionEncoder.of_the_book()
    encoder = store.artifacts.keep(owner, "encoder", captions.to_bytes(), modality="pictures")
    config = DenoiserConfig(
        n_words=captions.n_words, n_caption=20, n_channels=16, n_heads=2, n_blocks=1, n_hidden=16
    )
    design = store.artifacts.keep(
        owner, "design", canonical_json(config.to_dict()), parents=[encoder.id]
    )
    denoiser, chance = Denoiser(config), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in denoiser.parameters():  # a new one answers nothing
            parameter.normal_(0.0, 0.1, generator=chance)
    weights = denoiser_bytes(denoiser, {"objective": "velocity"})
    parents = [corpus.id, encoder.id, design.id]
    kept = store.artifacts.keep(owner, "checkpoint", weights, parents=parents, seed=seed)
    store.benches.put(owner, "a", kept.id, "checkpoint")
    return kept.id


@pytest.fixture
def with_drawer(services: Services) -> Services:
    keep_chain(services.store, HOUSE)
    return services


def opened(open_page, **url) -> AppTest:
    app = open_page("5_inference.py", modality="pictures", draw_steps="2", **url)
    assert not app.exception, app.exception
    return app


def component(app: AppTest, name: str) -> dict:
    found = [json.loads(each.proto.json) for each in app.get("bidi_component")
             if each.proto.component_name.endswith(name)]  # fmt: skip
    assert found, [each.proto.component_name for each in app.get("bidi_component")]
    return found[0]


@pytest.mark.parametrize("lang", LANGS)
def test_the_film_has_every_step_and_a_line_for_every_word(with_drawer, open_page, lang):
    data = component(opened(open_page, lang=lang, caption=CAPTION), "picture_film")
    n_bytes = 3 * 32 * 32 * 3  # two steps and the end
    assert len(data["noisy"]) == len(data["guess"]) == len(b64encode(bytes(n_bytes)))
    assert data["times"] == [1.0, 0.5, 0.0]
    assert [line["word"] for line in data["lines"]] == [
        "red", "cat", "to the left of", "blue", "house", "night",
    ]  # fmt: skip
    assert len(data["seen"]) == 3 and data["verdict"]["right"] is False


def test_the_last_guess_shown_is_the_finished_picture(with_drawer, open_page):
    data = component(opened(open_page, lang="en", caption=CAPTION), "picture_film")
    third = len(data["noisy"]) // 3
    assert data["noisy"][2 * third :] == data["guess"][2 * third :]
    assert data["noisy"][:third] != data["guess"][:third]


def test_sixteen_are_drawn_and_another_seed_draws_others(with_drawer, open_page):
    first = component(opened(open_page, lang="en", caption=CAPTION), "picture_wall")
    other = component(opened(open_page, lang="en", caption=CAPTION, seed="8"), "picture_wall")
    each = 32 * 32 * 3 * 4 // 3
    assert len(first["notes"]) == 16 and len(first["pictures"]) == 16 * each
    assert first["pictures"][each : 2 * each] == other["pictures"][:each]
    assert first["pictures"] != other["pictures"]


def test_a_caption_without_a_place_says_so_and_offers_two(with_drawer, open_page):
    app = opened(open_page, lang="en", caption="a red apple and a yellow cat")
    assert any("no place" in each.proto.body for each in app.get("html"))
    assert not [e for e in app.get("bidi_component") if "film" in e.proto.component_name]
    app.button(key="suggested_0").click().run()
    assert not app.exception
    assert component(app, "picture_film")["lines"]


def test_what_is_not_understood_is_drawn_if_one_insists(with_drawer, open_page):
    app = opened(open_page, lang="en", caption="a dinosaur in space")
    app.button(key="anyway").click().run()
    assert not app.exception
    data = component(app, "picture_film")
    assert data["lines"] == [] and data["verdict"] is None


def test_without_a_model_the_page_says_where_one_comes_from(services, open_page):
    app = opened(open_page, lang="en", caption=CAPTION)
    assert any("Step 3" in each.proto.body for each in app.get("html"))


@pytest.mark.parametrize("way", ["word", "two", "negative", "seeds", "captions"])
def test_every_way_of_trying_draws(with_drawer, open_page, way):
    app = opened(open_page, lang="en", caption=CAPTION, draw_try=way)
    name = "picture_blend" if way in ("seeds", "captions") else "picture_wall"
    n = 1 if name == "picture_blend" else 3  # sixteen, and two to compare
    drawn = [e for e in app.get("bidi_component") if e.proto.component_name.endswith(name)]
    assert len(drawn) == n


@pytest.mark.parametrize("way", ["region", "start"])
def test_there_is_a_sheet_to_paint_on(with_drawer, open_page, way):
    data = component(opened(open_page, lang="de", draw_try=way, caption=CAPTION), "picture_brush")
    assert data["masks"] is (way == "region") and bool(data["colours"]) is (way == "start")


def test_ones_own_model_comes_before_the_examples(with_drawer):
    store, anna = with_drawer.store, "a" * 32
    own = keep_chain(store, anna, seed=2)
    found = drawers.on_hand(with_drawer, anna)
    assert [each.whose for each in found] == ["yours", "house"] and found[0].id == own


def test_a_drawing_is_kept_as_a_file_with_what_it_was_made_from(with_drawer, open_page):
    app = opened(open_page, lang="en", caption=CAPTION)
    app.button(key="keep_picture").click().run()
    assert not app.exception
    (house,) = with_drawer.store.artifacts.of_kind(HOUSE, "checkpoint")
    owner = app.session_state["_owner"]
    (kept,) = with_drawer.store.artifacts.of_kind(owner, "generation")
    assert kept.parents == (house.id,) and kept.modality == "pictures"
    assert kept.settings["caption"] == CAPTION and kept.seed == 7
    assert Image.open(BytesIO(with_drawer.store.artifacts.read(owner, kept.id))).size == (32, 32)


def test_what_a_browser_sends_is_a_picture_or_nothing():
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    np.testing.assert_array_equal(painted(packed(picture), 4, 3), picture)
    for sent in (None, 5, "", "no base64!", packed(picture)[:-4], "ä", packed(picture) * 2):
        assert painted(sent, 4, 3) is None


@pytest.mark.parametrize("lang", LANGS)
def test_the_reader_speaks_in_sentences(lang):
    t = words(lang)
    assert understand(seen_text(read(paint(SCENE)), t), lang=lang).scene == SCENE
    noise = np.random.default_rng(1).integers(0, 256, (32, 32, 3))
    for picture in (noise, paint(Scene((Item("cat", "red"),))) // 2 + noise // 2):
        assert seen_text(read(picture), t)


def test_a_verdict_names_what_is_wrong():
    t = words("en")
    reading = read(paint(Scene((Item("cat", "red"), Item("house", "blue")), "beside", 1, False)))
    verdict = verdict_of(reading, compare(reading, SCENE), t)
    assert not verdict.right and verdict.text == "What is wrong: day or night."
    assert sign_of(reading, compare(reading, SCENE)) == "no"
    right = read(paint(SCENE))
    assert verdict_of(right, compare(right, SCENE), t).right


@pytest.mark.parametrize(
    "text",
    ["", "x", "no cat", "9 red cats", "cats", "red", "a cat", "a red blue cat", "left a red cat"],
)
def test_every_problem_has_a_sentence(text):
    for lang in LANGS:
        assert problem_text(understand(text), words(lang))


def test_a_share_is_one_of_three_outcomes():
    assert [third_of(rate) for rate in (1.0, 0.8, 0.5, 0.3, 0.1)] == [
        "high", "high", "middle", "middle", "low",
    ]  # fmt: skip


def test_a_word_that_the_model_was_taught_is_drawn_and_a_stranger_one_is_not(
    with_drawer, open_page
):
    store, lane = with_drawer.store, with_drawer.store.benches.of(HOUSE, "pictures").lanes["a"]
    app = opened(open_page, caption="a red apple, chalk")
    owner = app.session_state["_owner"]
    given = {"model": store.artifacts.read(owner, lane["checkpoint"])}
    given["encoder"] = store.artifacts.read(owner, lane["encoder"])
    given["examples"] = to_bytes(styled_examples("chalk", 32, 1, 4))
    asked = {"rank": 2, "n_steps": 1, "n_held_out": 1, "n_draw_steps": 1}
    program = PictureTuningProgram(given, asked)
    while not program.finished:
        program.advance()
    parents = [lane["checkpoint"], lane["encoder"]]
    made = store.artifacts.keep(owner, "tuned", program.result(), parents=parents)
    store.benches.put(owner, "a", made.id)
    app = app.run()
    assert not app.exception

    def page():
        return " ".join(block.proto.body for block in app.get("html"))

    assert "has learned “chalk”" in page() and "measured at guidance 1.5" in page()
    app.button(key="guidance_back").click().run()
    assert app.session_state["draw_guidance"] == 1.5
    assert "measured at guidance" not in page()
    app.session_state["caption"] = "a red apple, cubism"
    app.run()
    assert "gb-refused" in page()
