"""The data page for pictures: the book, its funnel, own pictures, and what it prepares."""

import base64
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.data.pictures.collecting.archive import from_bytes
from core.data.pictures.collecting.files import png_of
from core.data.pictures.prepare import prepare
from core.data.pictures.standardising.standardise import Standard, standardise
from core.jobs.writer import Writer
from core.languages import LANGS
from core.modality import PICTURES, TEXT
from core.services import Services, use_services
from core.store import Store
from pages.data.pictures import preparing, trying
from pages.data.pictures.own import Owned
from pages.data.pictures.saying import shown_steps
from pages.kit.catalogue import words
from pages.kit.components.drawing_board import pixels_of
from pages.kit.components.picture_book import sheet_of
from pages.kit.numbers import whole
from tests.pages.short_in_place import EngineAtOnce

PAGE = "1_data.py"
FEW = {"modality": "pictures", "book_pictures": "500"}
ARRIVING = 550  # of 500 pages a twentieth is copied and another one nearly


@pytest.fixture
def services(store_folder: Path) -> Iterator[Services]:
    store = Store.at(store_folder)
    own = Services(store, EngineAtOnce(store), Writer())
    with use_services(own):
        yield own
    store.close()


def book_of(app: AppTest) -> dict[str, Any]:
    """What the picture book is given."""
    sent = [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.json]
    (book,) = [each for each in sent if "funnel" in each]
    return book


def shown(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def counts(app: AppTest) -> list[int]:
    return [part["n"] for part in book_of(app)["funnel"]]


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    named = [(name, data, "application/octet-stream") for name, data in files]
    return app.get("file_uploader")[0].set_value(named).run()


def noise(seed: int, size: int = 40) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    return png_of(pixels)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_book_is_there_at_once_in_every_depth(open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth, **FEW)
    assert not app.exception
    book = book_of(app)
    arrived, readable, standardised, kept = counts(app)
    assert arrived == 330 > readable == standardised > kept > 250
    assert len(book["tiles"]) == 50 and book["play"] == (depth == "watch")
    assert words(lang)("data_pictures.preview", n="330", of=whole(ARRIVING, lang)) in shown(app)


def test_the_funnel_shows_what_was_counted(open_page):
    app = open_page(PAGE, **FEW)
    done = preparing._beginning.__wrapped__  # the same, computed again
    order = _order(app)
    numbers = done(order.book, order.cleaning).numbers
    assert counts(app) == [
        numbers["n_documents"], numbers["n_readable"], numbers["n_readable"], numbers["n_kept"]
    ]  # fmt: skip


def _order(app: AppTest) -> Any:
    from dataclasses import replace

    from core.data.pictures.collecting.settings import PictureSettings
    from core.jobs.picture_preparing import PictureOrder

    book = PictureSettings(
        n_pictures=500, copy_share=0.05, near_copy_share=0.05, damaged_share=0.05
    )
    return PictureOrder(replace(book, n_pictures=preparing.N_SAMPLE))


def test_each_knob_has_its_effect(open_page):
    clean = {"book_damaged": "0.0", "book_copies": "0.0", "book_near": "0.0"}
    book = book_of(open_page(PAGE, **FEW, **clean))
    assert book["files"] == [] and not any(tile["gone"] for tile in book["tiles"] if tile["flag"])
    wrong = book_of(open_page(PAGE, **FEW, **clean, book_wrong="0.5"))
    n_wrong = sum(tile["flag"] == "≠" for tile in wrong["tiles"])
    assert 10 < n_wrong < 40 and all(tile["note"] for tile in wrong["tiles"] if tile["flag"] == "≠")
    skewed = book_of(open_page(PAGE, **FEW, **clean, book_skew="1.0"))
    assert skewed["apples"][0]["n"] > 0.9 * sum(each["n"] for each in skewed["apples"])
    large = book_of(open_page(PAGE, **FEW, **clean, picture_size="64"))
    assert large["size"] == 64


def test_the_travelling_caption_is_drawn_first_and_cut_into_words(open_page):
    app = open_page(PAGE, **FEW, caption="ein grüner Stern bei Nacht", lang="de")
    first = book_of(app)["tiles"][0]
    assert first["caption"] == "ein grüner Stern bei Nacht" and book_of(app)["first"] == first["at"]
    assert [word for word, _, _ in first["tokens"]] == ["ein", "grüner", "Stern", "bei", "Nacht"]
    assert all(known for _, _, known in first["tokens"])


def test_a_caption_that_nobody_can_draw_leaves_the_book_as_it_is(open_page):
    app = open_page(PAGE, **FEW, caption="<b>quantum</b> lawyers")
    assert not app.exception and len(book_of(app)["tiles"]) == 49
    assert words("en")("data_pictures.not_drawn") in shown(app)


def test_all_of_it_is_prepared_and_lies_on_the_bench_of_pictures_alone(open_page, services):
    app = open_page(PAGE, **FEW)
    owner = str(app.session_state["_owner"])
    text_before = services.store.benches.of(owner, TEXT)
    app.button(key="book_prepare").click().run()
    assert not app.exception
    bench = services.store.benches.of(owner, PICTURES).lanes["a"]
    corpus = from_bytes(services.store.artifacts.read(owner, bench["corpus"]))
    assert counts(app)[0] == 550 and counts(app)[-1] == len(corpus.entries)
    assert "book_prepare" not in [button.key for button in app.button]
    assert services.store.benches.of(owner, TEXT) == text_before
    order = _order(app)
    settings = corpus.settings
    assert settings.n_pictures == 500 and settings.copy_share == order.book.copy_share
    assert np.array_equal(corpus.pictures, prepare(settings).corpus.pictures)


def test_own_pictures_come_first_with_their_steps(open_page):
    app = open_page(PAGE, **FEW, picture_source="own")
    upload(app, ("mine.png", noise(1)), ("other.png", noise(2)))
    assert not app.exception
    book = book_of(app)
    assert [tile["own"] for tile in book["tiles"][:3]] == ["other.png", "mine.png", ""]
    assert counts(app)[0] == 332 and book["first"] == 0
    assert [step["changed"] for step in book["steps"]].count(True) == 1  # 40 pixels become 32
    sheet = Image.open(BytesIO(base64.b64decode(book["sheet"])))
    mine = standardise("mine.png", noise(1), Standard()).pixels
    at = book["tiles"][1]["at"]
    assert np.array_equal(np.asarray(sheet)[:32, 32 * at : 32 * at + 32], mine)


def test_a_caption_written_for_an_own_picture_goes_with_it(open_page, services):
    app = open_page(PAGE, **FEW, picture_source="own")
    upload(app, ("mine.png", noise(1)))
    app.text_input(key="own_caption_mine.png").set_value("mein <b>Hund</b>").run()
    assert book_of(app)["tiles"][0]["caption"] == "mein <b>Hund</b>"
    app.button(key="book_prepare").click().run()
    bench = services.store.benches.of(str(app.session_state["_owner"]), PICTURES).lanes["a"]
    corpus = from_bytes(
        services.store.artifacts.read(str(app.session_state["_owner"]), bench["corpus"])
    )
    assert corpus.entries[0].caption == "mein <b>Hund</b>" and corpus.entries[0].scene is None


def test_own_pictures_and_their_captions_survive_a_reload(open_page, services, monkeypatch):
    monkeypatch.setattr("pages.kit.state.owner", lambda: "somebody")
    app = open_page(PAGE, **FEW, picture_source="own")
    upload(app, ("mine.png", noise(1)), ("bad.png", b"x"))
    app.text_input(key="own_caption_mine.png").set_value("mein Hund").run()
    before = book_of(app)
    again = open_page(PAGE, **FEW, picture_source="own")
    assert not again.exception
    after = book_of(again)
    assert (after["tiles"][0]["own"], after["tiles"][0]["caption"]) == ("mine.png", "mein Hund")
    assert after["sheet"] == before["sheet"]
    again.button(key="own_forget").click().run()
    assert book_of(open_page(PAGE, **FEW, picture_source="own"))["tiles"][0]["own"] == ""


@pytest.mark.parametrize("lang", LANGS)
def test_bad_files_are_told_and_the_good_ones_kept(open_page, lang):
    app = open_page(PAGE, **FEW, picture_source="own", lang=lang)
    jpeg = BytesIO()
    Image.new("RGB", (200, 200), "red").save(jpeg, "JPEG")
    upload(
        app,
        ("a.png", noise(1)),
        ("logo.png", b"<svg onload='alert(1)'/>"),
        ("cut.jpg", jpeg.getvalue()[:400]),
        ("none.gif", b""),
    )
    t = words(lang)
    text = shown(app).replace("&lt;", "<")
    assert t("error.no_picture", name="logo.png", kind="SVG") in text
    assert t("error.truncated_picture", name="cut.jpg") in text
    assert t("error.empty_picture", name="none.gif") in text
    book = book_of(app)
    assert book["tiles"][0]["own"] == "a.png" and counts(app)[0] == 334
    assert t("error.empty_picture", name="none.gif") in [file["why"] for file in book["files"]]


def test_of_very_many_bad_files_the_first_are_told_in_full(open_page):
    app = open_page(PAGE, **FEW, picture_source="own", lang="en")
    upload(app, *[(f"{i}.png", b"") for i in range(30)])
    assert words("en")("data_pictures.more_refused", n="24") in shown(app)


def test_of_only_own_pictures_two_are_needed(open_page):
    alone = {**FEW, "picture_source": "own", "picture_with_book": "0"}
    app = open_page(PAGE, **alone)
    upload(app, ("a.png", noise(1)))
    assert words("en")("error.too_few_pictures", n=1, needed=2) in shown(app)
    upload(app, ("a.png", noise(1)), ("b.png", noise(2)))
    assert counts(app) == [2, 2, 2, 2]


@pytest.mark.parametrize(
    "drawn",
    [None, {}, {"pixels": ""}, {"pixels": "AAAA"}, {"pixels": "<b>"}, {"pixels": 7}, "x", 3],
)
def test_only_a_whole_drawing_is_taken_from_the_browser(drawn):
    assert pixels_of(drawn, 32) is None


def test_a_drawing_arrives_pixel_by_pixel():
    pixels = np.random.default_rng(4).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    sent = {"pixels": base64.b64encode(pixels.tobytes()).decode()}
    assert np.array_equal(pixels_of(sent, 32), pixels)


def test_all_pictures_travel_on_one_sheet():
    pictures = [np.full((32, 32, 3), level, np.uint8) for level in range(23)]
    sheet = np.asarray(Image.open(BytesIO(base64.b64decode(sheet_of(pictures)))))
    assert sheet.shape == (96, 320, 3)
    assert [int(sheet[32 * (i // 10), 32 * (i % 10), 0]) for i in range(23)] == list(range(23))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("fit", ["crop", "pad", "scale"])
@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (90, 60)),
        Image.new("CMYK", (90, 60)),
        Image.new("L", (32, 32)),
        Image.new("RGBA", (60, 90)),
        Image.new("P", (60, 90)),
        Image.new("I;16", (50, 50)),
    ],
    ids=lambda image: image.mode,
)
def test_every_step_of_any_picture_can_be_said(lang, fit, image):
    data = BytesIO()
    image.save(data, "JPEG" if image.mode == "CMYK" else "PNG")
    done = standardise("a", data.getvalue(), Standard(32, fit), views=True)
    steps = shown_steps(words(lang), Owned("a", "", done.pixels, done.steps, done.arrived))
    assert steps is not None and len(steps) == 6
    assert all(step.text and step.view for step in steps)


def test_a_grey_hash_calls_many_more_pairs_equal_than_there_are(monkeypatch):
    monkeypatch.setattr(trying, "N_PICTURES", 600)
    found = trying.contrast.__wrapped__()
    assert found.grey.n_found > 2 * found.grey.n_true and found.ours.precision > 0.9
    for one, other in found.mistaken:
        assert np.abs(one.astype(int) - other).mean() > 1.0


@pytest.mark.parametrize("lang", LANGS)
def test_the_experiments_measure_what_they_ask(lang):
    t = words(lang)
    apples = trying.measure_apples(t)
    assert apples.outcome in ("many", "some", "few")
    green = trying.apples(trying.SKEW)["green"]
    assert str(green) in apples.text
    assert trying.apples(0.0)["green"] > 3 * green
