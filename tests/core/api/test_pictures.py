"""Pictures over HTTP, as the real openai package asks for them."""

import base64
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import httpx
import numpy as np
import openai
import pytest
import torch
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.alignment.pictures.tuning.examples import styled_examples
from core.alignment.pictures.tuning.program import PictureTuningProgram
from core.api.app import create_api
from core.api.limits import MAX_FORM_BYTES, TEXTS_AT_ONCE
from core.api.pictures.models import BOOK_NAME
from core.api.pictures.studio import KEPT_S, Shelf
from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.denoiser import Denoiser
from core.architecture.pictures.weights import denoiser_bytes
from core.data.pictures import Item, Pixels, Scene, paint
from core.data.pictures.collecting.archive import to_bytes
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.identity import owner_of
from core.inference.pictures import DrawSettings, PictureModel
from core.postprocessing.pictures.formats import encoded, opened
from core.postprocessing.pictures.line import mark_key
from core.postprocessing.pictures.origin import verified
from core.postprocessing.pictures.painters import BookPainter, Mask, ModelPainter, Painter
from core.postprocessing.pictures.watermark import detect

COOKIES = {owner_of(letter * 32): letter * 32 for letter in "ab"}
ANNA, BEN = COOKIES  # as the store knows them
CAPTION = "Links ein roter Apfel, rechts ein blaues Haus, am Tag"
QUICK: dict[str, Any] = {"filter": "off"}  # the filter would have to learn first


@dataclass
class Watched:
    """The picture book, which notes what it is asked and can be kept waiting."""

    asked: list[tuple[Sequence[str], Sequence[int], DrawSettings, Pixels | None, Mask | None]] = (
        field(default_factory=list)
    )
    go: threading.Event = field(default_factory=threading.Event)
    book: BookPainter = BookPainter()  # noqa: RUF009  # it is frozen

    model_id = "book"
    size = 32
    usual = DrawSettings()
    words_learned = ()

    def unknown_words(self, caption: str) -> tuple[str, ...]:
        return self.book.unknown_words(caption)

    def paint(
        self,
        captions: Sequence[str],
        seeds: Sequence[int],
        settings: DrawSettings,
        start: Pixels | None = None,
        redraw: Mask | None = None,
    ) -> Pixels:
        self.asked.append((captions, seeds, settings, start, redraw))
        self.go.wait(10)
        return self.book.paint(captions, seeds, settings, start, redraw)


@dataclass
class Painted:
    """A server whose pictures the book draws, and a client of it."""

    painter: Watched
    http: TestClient
    client: openai.OpenAI

    def post(self, **fields: Any) -> httpx.Response:
        body = {"prompt": CAPTION, "glassbox": QUICK, **fields}
        return self.http.post("/v1/images/generations", json=body)  # type: ignore[return-value]


@pytest.fixture
def painted(room):
    painter = Watched()
    painter.go.set()
    known: Mapping[str, Painter] = {"book": painter, "other": BookPainter()}
    api = create_api(lambda: room.services, painters=lambda store, owner: known)
    http = TestClient(Starlette(routes=[Mount("/v1", app=api)]), base_url="http://127.0.0.1")
    package = openai.OpenAI(
        base_url="http://127.0.0.1/v1", api_key="none", max_retries=0, http_client=http
    )
    return Painted(painter, http, package)


def pixels_of(b64: str | None) -> Pixels:
    assert b64 is not None
    return opened(base64.b64decode(b64)).pixels


def test_openai_draws_pictures_and_each_says_how_it_came_about(painted):
    found = painted.client.images.generate(
        prompt=CAPTION, n=2, size="256x256", response_format="b64_json",
        extra_body={"seed": 5, "glassbox": {**QUICK, "guidance": 2.5}},
    )  # fmt: skip
    assert [pixels_of(each.b64_json).shape for each in found.data] == [(256, 256, 3)] * 2
    about = found.glassbox
    assert (about["model"], about["guidance"], about["watermark"]) == ("book", 2.5, 1.0)
    assert [each["seed"] for each in about["pictures"]] == [5, 6]
    assert all(each["caption_check"]["whole"] for each in about["pictures"])
    assert about["pictures"][0]["record"]["caption"] == CAPTION
    assert painted.painter.asked[0][2].guidance == 2.5


def test_what_leaves_is_marked_and_proves_its_origin(painted):
    found = painted.post(seed=3).json()
    data = base64.b64decode(found["data"][0]["b64_json"])
    assert verified(data).verdict == "intact"
    assert verified(data).record["seed"] == 3
    assert detect(opened(data).pixels, mark_key()).is_marked


def test_the_same_seed_gives_the_same_pixels(painted):
    first, again, other = (
        pixels_of(painted.post(seed=seed).json()["data"][0]["b64_json"]) for seed in (3, 3, 4)
    )
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("format", ["png", "webp", "jpeg", "svg"])
def test_every_format_can_be_asked_for(painted, format):
    found = painted.client.images.generate(
        prompt=CAPTION, output_format=format, size="128x128", extra_body={"glassbox": QUICK}
    )
    data = base64.b64decode(found.data[0].b64_json)
    assert opened(data).format == format
    assert found.output_format == format
    assert len(opened(data).pixels) == (32 if format == "svg" else 128)


def test_a_url_can_be_fetched_and_nothing_in_it_runs(painted):
    found = painted.client.images.generate(
        prompt=CAPTION, response_format="url", output_format="svg", extra_body={"glassbox": QUICK}
    )
    answer = painted.http.get(found.data[0].url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert painted.http.get("/v1/images/files/other.png").status_code == 404


def test_a_mask_says_what_is_drawn_anew(painted):
    before = paint(Scene((Item("cat", "white"),)))
    large = np.asarray(Image.fromarray(before).resize((128, 128), Image.Resampling.NEAREST))
    mask = np.full((128, 128, 4), 255, np.uint8)
    mask[:, 64:, 3] = 0
    file = BytesIO()
    Image.fromarray(mask).save(file, "PNG")
    found = painted.client.images.edit(
        image=encoded(large, "png"), mask=file.getvalue(), prompt=CAPTION, n=2, size="256x256",
        extra_body={"seed": 8, "glassbox": QUICK},
    )  # fmt: skip
    _, seeds, settings, start, redraw = painted.painter.asked[0]
    assert list(seeds) == [8, 9]
    assert settings.strength == 1.0
    assert (start == before).all()
    assert not redraw[:, :16].any()
    assert redraw[:, 16:].all()
    assert pixels_of(found.data[0].b64_json).shape == (256, 256, 3)


def test_without_a_mask_the_whole_picture_is_drawn_anew_in_part(painted):
    picture = paint(Scene((Item("cat", "white"),)))
    painted.client.images.edit(
        image=encoded(picture, "jpeg"), prompt=CAPTION, extra_body={"glassbox": QUICK}
    )
    _, _, settings, start, redraw = painted.painter.asked[0]
    assert settings.strength == 0.7
    assert start is not None
    assert redraw is None


def test_a_picture_that_is_no_square_gives_its_middle(painted):
    wide = np.zeros((32, 64, 3), np.uint8)
    wide[:, 16:48] = 200
    painted.client.images.edit(
        image=encoded(wide, "png"), prompt=CAPTION, extra_body={"glassbox": QUICK}
    )
    assert (painted.painter.asked[0][3] == 200).all()


@pytest.mark.parametrize(
    ("files", "param"),
    [
        ([], "image"),
        ([("image", b"<svg onload='alert(1)'/>")], "image"),
        ([("image", b"")], "image"),
        ([("image", encoded(paint(Scene((Item("cat", "red"),))), "png")[:500])], "image"),
        ([("image", encoded(np.zeros((8, 8, 3), np.uint8), "png"))] * 2, "image"),
        ([("file", b"x")], "file"),
        (
            [
                ("image", encoded(np.zeros((8, 8, 3), np.uint8), "png")),
                ("mask", encoded(np.zeros((9, 9, 3), np.uint8), "png")),
            ],
            "mask",
        ),
        (
            [
                ("image", encoded(np.zeros((8, 8, 3), np.uint8), "png")),
                ("mask", encoded(np.zeros((8, 8, 3), np.uint8), "png")),
            ],
            "mask",
        ),
    ],
)
def test_impossible_files_are_named(painted, files, param):
    named = [(name, ("x.png", data)) for name, data in files]
    answer = painted.http.post(
        "/v1/images/edits", data={"prompt": CAPTION}, files=named or {"": ("", b"")}
    )
    assert answer.status_code == 400
    if files:
        assert answer.json()["error"]["param"] == param
    assert not painted.painter.asked


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"prompt": ""}, "prompt", "invalid_value"),
        ({"prompt": "x" * 301}, "prompt", "invalid_value"),
        ({"n": 5}, "n", "invalid_value"),
        ({"n": True}, "n", "invalid_value"),
        ({"size": "256x512"}, "size", "invalid_value"),
        ({"size": "100x100"}, "size", "invalid_value"),
        ({"size": "4096x4096"}, "size", "invalid_value"),
        ({"output_format": "gif"}, "output_format", "invalid_value"),
        ({"response_format": "file"}, "response_format", "invalid_value"),
        ({"quality": "hd"}, "quality", "not_supported"),
        ({"style": "vivid"}, "style", "not_supported"),
        ({"background": "transparent"}, "background", "not_supported"),
        ({"stream": True}, "stream", "not_supported"),
        ({"colour": "red"}, "colour", "unknown_argument"),
        ({"seed": -1}, "seed", "invalid_value"),
        ({"glassbox": {"steps": 1}}, "glassbox.steps", "unknown_argument"),
        ({"glassbox": {"sampler": "magic"}}, "glassbox.sampler", "invalid_value"),
        ({"glassbox": {"guidance": 99}}, "glassbox.guidance", "invalid_value"),
        ({"glassbox": {"watermark": 99}}, "glassbox.watermark", "invalid_value"),
        ({"glassbox": {"n_steps": 1000}}, "glassbox.n_steps", "invalid_value"),
    ],
)
def test_impossible_requests_are_named(painted, fields, param, code):
    answer = painted.post(**fields)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["param"], error["code"]) == (param, code)
    assert error["type"] == "invalid_request_error"
    assert not painted.painter.asked


def test_a_refused_prompt_is_not_drawn_and_not_repeated(painted):
    with pytest.raises(openai.BadRequestError) as caught:
        painted.client.images.generate(prompt="Ein Arschloch bei Nacht")
    assert caught.value.code == "content_policy_violation"
    assert caught.value.param == "prompt"
    assert "Arschloch" not in str(caught.value)
    assert not painted.painter.asked


def test_the_house_rule_counts_where_it_is_asked_for(painted):
    lone = "Eine blaue Katze, bei Nacht"
    assert painted.post(prompt=lone).status_code == 200
    answer = painted.post(prompt=lone, glassbox={**QUICK, "house_rule": True})
    assert answer.json()["error"]["code"] == "content_policy_violation"


def test_a_picture_the_filter_holds_back_does_not_leave(painted):
    lone = {"prompt": "Eine blaue Katze, bei Nacht"}
    answer = painted.post(**lone, glassbox={"filter": "hold"})
    assert answer.status_code == 400
    assert "filter" in answer.json()["error"]["message"]
    marked = painted.post(**lone, glassbox={}).json()["glassbox"]["pictures"][0]
    assert marked["filter_score"] > 0.5
    assert not marked["held_back"]


def test_what_the_painter_cannot_draw_is_an_error_of_the_prompt(painted):
    error = painted.post(prompt="Ein rotes Einhorn").json()["error"]
    assert (error["param"], error["type"]) == ("prompt", "invalid_request_error")


def test_models_are_chosen_by_name(painted):
    assert painted.post(model="other").json()["glassbox"]["model"] == "other"
    answer = painted.post(model="gpt-image-2")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


def test_without_painters_of_its_own_the_house_answers(room):
    answer = room.client.post(
        "/v1/images/generations", json={"prompt": CAPTION, "glassbox": QUICK, "model": BOOK_NAME}
    )
    assert answer.status_code == 200


def test_too_many_pictures_at_a_time_are_refused_and_places_are_given_back(painted):
    painted.painter.go.clear()
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(painted.post(n=4).status_code)

    askers = [threading.Thread(target=ask) for _ in range(10)]
    for each in askers:
        each.start()
    while statuses.count(429) < 10 - 32 // 4:  # nobody has a key: counted by address, of 32
        pass
    painted.painter.go.set()
    for each in askers:
        each.join()
    assert sorted(statuses) == [200] * 8 + [429] * 2
    assert painted.post().status_code == 200
    assert TEXTS_AT_ONCE == 8


def test_forms_and_json_are_not_mixed_up_and_sizes_are_limited(painted):
    form = painted.http.post("/v1/images/generations", data={"prompt": "x"})
    assert form.status_code == 415
    assert painted.http.post("/v1/images/edits", json={"prompt": "x"}).status_code == 415
    large = {"image": ("x.png", b"\0" * (MAX_FORM_BYTES + 1))}
    answer = painted.http.post("/v1/images/edits", data={"prompt": "x"}, files=large)
    assert answer.status_code == 413


def test_a_forms_glassbox_field_may_be_json(painted):
    files = {"image": ("x.png", encoded(paint(Scene((Item("cat", "white"),))), "png"))}
    fields = {"prompt": CAPTION, "glassbox": '{"filter": "off", "strength": 0.4}'}
    assert painted.http.post("/v1/images/edits", data=fields, files=files).status_code == 200
    assert painted.painter.asked[0][2].strength == 0.4
    broken = painted.http.post(
        "/v1/images/edits", data={**fields, "glassbox": "{"}, files=files
    ).json()
    assert broken["error"]["param"] == "glassbox"


def test_a_file_on_the_shelf_is_gone_after_its_time():
    now = [0.0]
    shelf = Shelf(clock=lambda: now[0])
    name = shelf.put(b"x", "image/png", "png")
    assert shelf.get(name) == (b"x", "image/png")
    now[0] = KEPT_S + 1
    assert shelf.get(name) is None


def tiny_painter() -> ModelPainter:
    encoder = CaptionEncoder.of_the_book()
    config = DenoiserConfig(
        n_words=encoder.n_words, n_caption=24, n_channels=32, n_heads=2, n_blocks=1
    )
    model, chance = Denoiser(config, seed=1), torch.Generator().manual_seed(7)
    with torch.no_grad():
        for weight in model.parameters():  # fresh, the last layer is zero and says nothing
            weight.add_(torch.randn(weight.shape, generator=chance), alpha=0.05)
    return ModelPainter(PictureModel(model.eval(), encoder), "a" * 40)


def test_a_model_draws_each_picture_by_its_own_seed_and_keeps_what_is_masked():
    painter = tiny_painter()
    settings = DrawSettings(n_steps=2)
    both = painter.paint([CAPTION] * 2, [1, 2], settings)
    alone = painter.paint([CAPTION], [2], settings)
    assert both.shape == (2, 32, 32, 3)
    assert np.abs(both[1].astype(int) - alone[0]).max() <= 1
    start = paint(Scene((Item("cat", "white"),)))
    redraw = np.zeros((32, 32), np.bool_)
    redraw[:, 16:] = True
    kept = painter.paint([CAPTION], [1], settings, start, redraw)[0]
    assert np.abs(kept[:, :16].astype(int) - start[:, :16]).max() <= 1
    assert (kept[:, 16:] != start[:, 16:]).any()


def test_a_models_pictures_leave_over_http(room):
    api = create_api(lambda: room.services, painters=lambda store, owner: {"model": tiny_painter()})
    http = TestClient(Starlette(routes=[Mount("/v1", app=api)]), base_url="http://127.0.0.1")
    fields = {"prompt": "Kein Hund", "glassbox": {**QUICK, "n_steps": 2}}
    found = http.post("/v1/images/generations", json=fields).json()["glassbox"]["pictures"][0]
    assert found["record"]["model"] == "a" * 40
    assert found["reasons"][0]["rule"] == "negation"
    assert not found["caption_check"]["understood"]


def as_owner(owner):
    return {"Cookie": f"glassbox_owner={COOKIES.get(owner, owner)}"}


def own_model(room) -> str:
    """A model of Anna's that draws; returns its id."""
    painter = tiny_painter()
    keep = room.store.artifacts.keep
    book = keep(ANNA, "corpus", b"book", modality="pictures", settings={"book": {"town_seed": 1}})
    words = keep(ANNA, "encoder", painter.model.encoder.to_bytes(), parents=[book.id])
    weights = denoiser_bytes(painter.model.denoiser, {"objective": "velocity"}, "float32")
    return keep(ANNA, "checkpoint", weights, parents=[words.id]).id


def test_ones_own_model_is_listed_and_draws_and_is_nobody_elses(room):
    id_ = own_model(room)
    listed = room.client.get("/v1/models", headers=as_owner(ANNA)).json()["data"]
    (found,) = [model for model in listed if model["id"] == id_]
    assert found["owned_by"] == "you" and found["glassbox"] == {"modality": "pictures"}
    assert listed[0]["glassbox"] == {"modality": "text"}  # the default writes
    assert room.client.get(f"/v1/models/{id_}", headers=as_owner(ANNA)).json() == found
    body = {"prompt": CAPTION, "model": id_, "glassbox": {**QUICK, "n_steps": 2}}
    drawn = room.client.post("/v1/images/generations", json=body, headers=as_owner(ANNA))
    assert drawn.json()["glassbox"]["pictures"][0]["record"]["model"] == id_
    elsewhere = room.client.post("/v1/images/generations", json=body, headers=as_owner(BEN))
    assert elsewhere.status_code == 404
    assert room.client.get(f"/v1/models/{id_}").status_code == 404


def tuned_model(room) -> str:
    """Anna's model, fine-tuned on sepia as a run does it; returns its id."""
    artifacts = room.store.artifacts
    plain = artifacts.get(ANNA, own_model(room))
    words = artifacts.nearest(ANNA, plain.id, "encoder")
    inputs = {
        "model": artifacts.read(ANNA, plain.id),
        "encoder": artifacts.read(ANNA, words.id),
        "examples": to_bytes(styled_examples("sepia", 32, 1, 4)),
    }
    asked = {"rank": 2, "n_steps": 2, "n_held_out": 1, "n_draw_steps": 1, "learning_rate": 0.05}
    program = PictureTuningProgram(inputs, asked)
    while not program.finished:
        program.advance()
    return artifacts.keep(ANNA, "tuned", program.result(), parents=[words.id, plain.id]).id


@pytest.fixture
def anna(room):
    """The openai package in Anna's hands."""
    room.client.headers["Cookie"] = as_owner(ANNA)["Cookie"]
    return openai.OpenAI(
        base_url="http://127.0.0.1/v1", api_key="none", max_retries=0, http_client=room.client
    )


@pytest.mark.parametrize("prompt", ["A red cat by day, sepia", "Eine rote Katze, am Tag, Sepia"])
def test_a_learned_word_is_drawn_and_said_to_be_one(room, anna, prompt):
    id_ = tuned_model(room)
    assert id_ in [model.id for model in anna.models.list().data]

    def asked(prompt):
        return anna.images.generate(
            model=id_, prompt=prompt, size="64x64", output_format="svg",
            extra_body={"seed": 5, "glassbox": {**QUICK, "n_steps": 3}},
        )  # fmt: skip

    found = asked(prompt)
    about = found.glassbox["pictures"][0]
    assert about["record"]["model"] == id_ and about["record"]["caption"] == prompt
    assert [(each["kind"], each["rule"]) for each in about["reasons"]] == [
        ("not_shown", "learned_words")
    ]
    assert not about["caption_check"]["understood"]  # the reader knows no sepia
    assert found.glassbox["guidance"] == 1.5  # for which it was fine-tuned, not the usual 3
    without = asked(prompt.rpartition(",")[0])
    assert (pixels_of(found.data[0].b64_json) != pixels_of(without.data[0].b64_json)).any()


def test_a_word_that_the_model_never_read_is_named_and_nothing_is_drawn(room, anna):
    tuned = tuned_model(room)
    plain = room.store.artifacts.lineage(ANNA, tuned)[-2].id
    for model, prompt, words in (
        (tuned, "A red cat by day, sepia, chalk", "chalk"),
        (plain, "A red cat by day, sepia", "sepia"),
        (tuned, "Ein rotes Einhorn und ein Zottel", "Einhorn, Zottel"),
        (tuned, "a purple kitten, sepia", "purple, kitten"),
        (BOOK_NAME, "Ein rotes Einhorn", "Einhorn"),
    ):
        with pytest.raises(openai.BadRequestError) as caught:
            anna.images.generate(model=model, prompt=prompt, extra_body={"glassbox": QUICK})
        assert (caught.value.code, caught.value.param) == ("unknown_words", "prompt")
        assert caught.value.body["message"].endswith(f"cannot draw them: {words}.")


def test_what_only_we_understand_is_said_in_words_the_model_knows(room, anna):
    plain = own_model(room)
    kitten = {"model": plain, "glassbox": {**QUICK, "n_steps": 1}, "prompt": "a purple kitten"}
    assert room.client.post("/v1/images/generations", json=kitten).status_code == 200


def test_a_model_that_draws_says_so_to_whoever_wants_text_of_it(room):
    id_ = own_model(room)
    asked = {"model": id_, "messages": [{"role": "user", "content": "Wo wohnt Mia?"}]}
    answer = room.client.post("/v1/chat/completions", json=asked, headers=as_owner(ANNA))
    assert (
        answer.status_code == 400 and "/v1/images/generations" in answer.json()["error"]["message"]
    )
