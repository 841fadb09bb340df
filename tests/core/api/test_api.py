"""The API's answers: models, texts, streams, logprobs and errors."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import torch

from core.alignment.text.chat import question_tokens
from core.api.limits import MAX_BODY_BYTES, REQUESTS_PER_MINUTE, TEXTS_AT_ONCE
from core.api.room import room_pass
from core.api.writing import prompt_tokens
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.errors import Corrupted, DiskFull, ReadOnly
from core.identity import api_key, hash_of_room, owner_of
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.store import HOUSE

COOKIES = {owner_of(letter * 32): letter * 32 for letter in "ab"}
ANNA, BEN = COOKIES  # as the store knows them


def as_owner(owner):
    return {"Cookie": f"glassbox_owner={COOKIES.get(owner, owner)}"}


def complete(room, **body):
    answer = room.client.post("/v1/completions", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def events_of(text):
    """The JSON objects in a stream, and whether it ended as promised."""
    blocks = [block for block in text.split("\n\n") if block]
    assert blocks[-1] == "data: [DONE]"
    return [json.loads(block.removeprefix("data: ")) for block in blocks[:-1]]


def drawn_text(room, checkpoint_id, prompt, n, **settings):
    """What the model writes on its own, without a server."""
    tokens = prompt_tokens(room.encoder, prompt)
    asked = SamplingSettings(max_tokens=n, **settings)
    drawn = generate(room.model(checkpoint_id), tokens, asked, room.encoder.end_id)
    return room.encoder.decode([each.token for each in drawn])


def test_the_house_model_is_listed_first_and_nobody_sees_anothers(room):
    everybody = room.client.get("/v1/models").json()
    assert [model["id"] for model in everybody["data"]] == ["glassbox-example"]
    annas = room.client.get("/v1/models", headers=as_owner(ANNA)).json()["data"]
    assert [model["id"] for model in annas] == ["glassbox-example", room.annas_id]
    assert [model["owned_by"] for model in annas] == ["house", "you"]
    bens = room.client.get("/v1/models", headers=as_owner(BEN)).json()["data"]
    assert [model["id"] for model in bens] == ["glassbox-example"]
    assert room.client.get(f"/v1/models/{room.annas_id}").status_code == 404


def models_for(room, key):
    return room.client.get("/v1/models", headers={"Authorization": f"Bearer {key}"})


def made_key(room, token="", **how):
    key_of = partial(api_key, COOKIES[ANNA])
    return room.store.keys.of(ANNA, key_of, hash_of_room(token), **how)


def test_the_key_of_a_bench_stands_for_the_cookie_and_is_not_the_cookie(room):
    key = made_key(room)
    assert room.annas_id in [model["id"] for model in models_for(room, key).json()["data"]]
    assert COOKIES[ANNA] not in key and ANNA not in key
    assert made_key(room) == key  # so that it can be shown again


@pytest.mark.parametrize("sent", [COOKIES[ANNA], ANNA])
def test_neither_the_cookie_nor_its_hash_is_a_key(room, sent):
    made_key(room)
    assert [model["id"] for model in models_for(room, sent).json()["data"]] == ["glassbox-example"]


def test_a_replaced_or_revoked_key_stops_working_for_good(room):
    first = made_key(room)
    second = made_key(room, new=True)
    assert models_for(room, first).status_code == 401
    assert models_for(room, second).status_code == 200
    room.store.keys.revoke(ANNA)
    third = made_key(room)
    assert [models_for(room, key).status_code for key in (first, second)] == [401, 401]
    assert len({first, second, third}) == 3
    refused = models_for(room, second).json()["error"]
    assert (refused["code"], refused["type"]) == ("invalid_api_key", "authentication_error")


def test_in_a_room_a_key_counts_as_the_token_it_was_shown_under(room, monkeypatch):
    before = made_key(room)
    monkeypatch.setenv("GLASSBOX_ROOM_TOKEN", "birch")
    assert models_for(room, before).status_code == 401  # shown where no token was asked for
    assert made_key(room, "birch") == before
    assert room.annas_id in [model["id"] for model in models_for(room, before).json()["data"]]
    told = room.client.get("/v1/glassbox/stages", headers={"Authorization": f"Bearer {before}"})
    assert told.status_code == 200
    monkeypatch.setenv("GLASSBOX_ROOM_TOKEN", "beech")
    assert models_for(room, before).status_code == 401
    assert models_for(room, "gb-" + "0" * 48).status_code == 401


def test_nobody_can_claim_to_be_the_house(room):
    for header in ({"Cookie": "glassbox_owner=house"}, {"Authorization": "Bearer house"}):
        listed = room.client.get("/v1/models", headers=header).json()
        assert [model["owned_by"] for model in listed["data"]] == ["house"]


def test_a_completion_is_what_the_model_itself_writes(room):
    answer = complete(room, prompt="Mia", max_tokens=20, seed=5)
    choice = answer["choices"][0]
    assert choice["text"] == drawn_text(room, room.house_id, "Mia", 20, seed=5)
    assert choice["finish_reason"] == "length"
    n_prompt = len(prompt_tokens(room.encoder, "Mia"))
    assert answer["usage"] == {
        "prompt_tokens": n_prompt,
        "completion_tokens": 20,
        "total_tokens": n_prompt + 20,
    }
    assert answer["model"] == "glassbox-example"


@pytest.mark.parametrize(
    "settings",
    [{"temperature": 0}, {"top_k": 3, "seed": 1}, {"top_p": 0.5, "temperature": 1.7, "seed": 2}],
)
def test_every_handle_reaches_the_model(room, settings):
    text = complete(room, prompt="Tom", max_tokens=12, **settings)["choices"][0]["text"]
    assert text == drawn_text(room, room.house_id, "Tom", 12, **settings)


def test_the_same_seed_writes_the_same_and_no_seed_writes_something_new(room):
    texts = [complete(room, prompt="Mia", max_tokens=30, seed=9)["choices"] for _ in range(2)]
    assert texts[0] == texts[1]
    free = {complete(room, prompt="Mia", max_tokens=30)["choices"][0]["text"] for _ in range(3)}
    assert len(free) == 3


def test_a_stream_holds_the_same_text_as_the_whole_answer(room):
    asked = {"prompt": "Mia", "max_tokens": 40, "seed": 3, "n": 2, "logprobs": 1}
    whole = complete(room, **asked)
    streamed = room.client.post("/v1/completions", json={**asked, "stream": True})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    chunks = events_of(streamed.text)
    for index, choice in enumerate(whole["choices"]):
        own = [c["choices"][0] for c in chunks if c["choices"][0]["index"] == index]
        assert "".join(c["text"] for c in own) == choice["text"]
        tokens = [token for c in own for token in c["logprobs"]["tokens"]]
        assert tokens == choice["logprobs"]["tokens"]
        assert [c["finish_reason"] for c in own] == [None] * (len(own) - 1) + ["length"]
    assert whole["choices"][0]["text"] != whole["choices"][1]["text"]
    assert len({chunk["id"] for chunk in chunks}) == 1


def test_a_stream_tells_the_usage_only_if_asked(room):
    asked = {"prompt": "Mia", "max_tokens": 3, "seed": 3, "stream": True}
    plain = events_of(room.client.post("/v1/completions", json=asked).text)
    assert all("usage" not in chunk for chunk in plain)
    asked["stream_options"] = {"include_usage": True}
    counted = events_of(room.client.post("/v1/completions", json=asked).text)
    assert [chunk["usage"] for chunk in counted[:-1]] == [None] * (len(counted) - 1)
    assert counted[-1]["choices"] == []
    assert counted[-1]["usage"]["completion_tokens"] == 3


@pytest.mark.parametrize("stream", [False, True])
def test_the_text_ends_before_a_stop_text_and_shows_no_part_of_it(room, stream):
    full = drawn_text(room, room.house_id, "Mia", 60, seed=4)
    stop = full[20:23]
    before = full[: full.index(stop)]
    asked = {"prompt": "Mia", "max_tokens": 60, "seed": 4, "stop": [stop, "never"], "logprobs": 0}
    if stream:
        answer = room.client.post("/v1/completions", json={**asked, "stream": True})
        choices = [chunk["choices"][0] for chunk in events_of(answer.text)]
        text, finish = "".join(c["text"] for c in choices), choices[-1]["finish_reason"]
        offsets = [offset for c in choices for offset in c["logprobs"]["text_offset"]]
    else:
        choice = complete(room, **asked)["choices"][0]
        text, finish = choice["text"], choice["finish_reason"]
        offsets = choice["logprobs"]["text_offset"]
    assert (text, finish) == (before, "stop")
    assert all(offset < len(before) for offset in offsets)
    assert room.writer.begun[-1].box.closed


def test_logprobs_are_the_models_own_whatever_the_temperature(room):
    choice = complete(room, prompt="Mia", max_tokens=5, temperature=0, logprobs=2)["choices"][0]
    shares = choice["logprobs"]
    tokens = prompt_tokens(room.encoder, "Mia")
    model = room.model(room.house_id)
    for number, drawn in enumerate(
        generate(model, tokens, SamplingSettings(temperature=0, max_tokens=5))
    ):
        expected = torch.log_softmax(drawn.logits.double(), dim=-1)
        assert math.isclose(
            shares["token_logprobs"][number], float(expected[drawn.token]), abs_tol=1e-6
        )
        best = shares["top_logprobs"][number]
        assert math.isclose(max(best.values()), float(expected.max()), abs_tol=1e-6)
        assert len(best) <= 2


def test_chat_logprobs_carry_the_exact_bytes(room):
    asked = {
        "messages": [{"role": "user", "content": "Wo wohnt Mia?"}],
        "max_tokens": 12,
        "seed": 2,
        "logprobs": True,
        "top_logprobs": 3,
    }
    answer = room.client.post("/v1/chat/completions", json=asked).json()
    choice = answer["choices"][0]
    shown = b"".join(bytes(token["bytes"]) for token in choice["logprobs"]["content"])
    assert shown.decode("utf-8", "replace").startswith(choice["message"]["content"])
    assert all(len(token["top_logprobs"]) == 3 for token in choice["logprobs"]["content"])


@pytest.mark.parametrize(
    ("question", "lang", "prompt"),
    [
        ("Wo wohnt Mia?", None, "Frage: Wo wohnt Mia?\nAntwort:"),
        ("Where does  Tom\nlive?", None, "Question: Where does Tom live?\nAnswer:"),
        ("Mia?", "de", "Frage: Mia?\nAntwort:"),
        ("Wo wohnt Mia?", "en", "Question: Wo wohnt Mia?\nAnswer:"),
    ],
)
def test_chat_puts_the_last_question_in_the_form_the_model_has_read(room, question, lang, prompt):
    messages = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": "Vergiss das."},
        {"role": "assistant", "content": "Gern."},
        {"role": "user", "content": [{"type": "text", "text": question}]},
    ]
    asked = {"messages": messages, "max_tokens": 20, "seed": 6, "lang": lang}
    answer = room.client.post("/v1/chat/completions", json=asked).json()
    written = drawn_text(room, room.house_id, prompt, 20, seed=6)
    assert answer["choices"][0]["message"]["content"] == written.split("\n")[0]
    assert answer["usage"]["prompt_tokens"] == len(prompt_tokens(room.encoder, prompt))


def keep_answering(room, kind, seed):
    """The tiny example chain, one kind further; returns the new model's id."""
    weights = checkpoint_bytes(Transformer(room.model(room.house_id).config, seed=seed))
    beneath = room.store.benches.of(HOUSE, "text").lanes["a"]
    parents = [beneath.get("tuned", beneath["checkpoint"]), beneath["encoder"]]
    made = room.store.artifacts.keep(HOUSE, kind, weights, parents=parents, seed=seed)
    room.store.benches.put(HOUSE, "a", made.id, kind)
    return made.id


def test_the_furthest_model_of_the_house_comes_first_and_those_before_it_stay(room):
    tuned = keep_answering(room, "tuned", 7)
    aligned = keep_answering(room, "aligned", 8)
    names = [model["id"] for model in room.client.get("/v1/models").json()["data"]]
    assert names == ["glassbox-example", "glassbox-example-tuned", "glassbox-example-base"]
    for name, id_ in zip(names, (aligned, tuned, room.house_id), strict=True):
        text = complete(room, model=name, prompt="Mia", max_tokens=9, seed=2)["choices"][0]["text"]
        assert text == drawn_text(room, id_, "Mia", 9, seed=2)


def test_a_program_that_asks_by_the_former_name_gets_the_same_model(room):
    asked = {"prompt": "Mia", "max_tokens": 9, "seed": 2}
    now, former = (
        complete(room, model=name, **asked) for name in ("glassbox-example", "glassbox-house")
    )
    assert former["choices"] == now["choices"] and former["model"] == "glassbox-example"


@pytest.mark.parametrize("kind", ["tuned", "aligned"])
def test_a_model_that_answers_is_asked_in_the_form_it_was_taught(room, kind):
    id_ = keep_answering(room, kind, 7)
    messages = [{"role": "user", "content": "Wo wohnt\nMia?"}]
    asked = {"messages": messages, "max_tokens": 20, "seed": 6, "model": "glassbox-example"}
    choice = room.client.post("/v1/chat/completions", json=asked).json()["choices"][0]
    tokens = question_tokens(room.encoder, "Wo wohnt Mia?")
    drawing = generate(
        room.model(id_), tokens, SamplingSettings(max_tokens=20, seed=6), room.encoder.end_id
    )
    drawn = [each.token for each in drawing]
    ended = drawn[-1] == room.encoder.end_id
    expected = room.encoder.decode(drawn[:-1] if ended else drawn)
    assert choice["message"]["content"] == expected
    assert choice["finish_reason"] == ("stop" if ended else "length")
    lines = room.client.post(
        "/live/write", json={"model": id_, "prompt": "Wo wohnt Mia?", "max_tokens": 1}
    )
    assert json.loads(lines.text.splitlines()[0])["tokens"] == tokens


def test_a_chat_stream_begins_with_the_role(room):
    asked = {"messages": [{"role": "user", "content": "Wer?"}], "max_tokens": 4, "stream": True}
    chunks = events_of(room.client.post("/v1/chat/completions", json=asked).text)
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}


def test_an_own_model_writes_for_its_owner_alone(room):
    asked = {"model": room.annas_id, "prompt": "Mia", "max_tokens": 8, "seed": 1}
    annas = room.client.post("/v1/completions", json=asked, headers=as_owner(ANNA)).json()
    assert annas["choices"][0]["text"] == drawn_text(room, room.annas_id, "Mia", 8, seed=1)
    bens = room.client.post("/v1/completions", json=asked, headers=as_owner(BEN))
    assert bens.status_code == 404
    assert bens.json()["error"]["code"] == "model_not_found"


def test_several_prompts_and_token_ids_are_understood(room):
    two = complete(room, prompt=["Mia", "Tom"], max_tokens=6, seed=1)["choices"]
    assert [c["index"] for c in two] == [0, 1]
    assert (
        two[1]["text"] == complete(room, prompt="Tom", max_tokens=6, seed=1)["choices"][0]["text"]
    )
    ids = [prompt_tokens(room.encoder, name) for name in ("Mia", "Tom")]
    alone = complete(room, prompt=ids[1], max_tokens=6, seed=1)["choices"]
    assert alone[0]["text"] == two[1]["text"]
    assert complete(room, prompt=ids, max_tokens=6, seed=1)["choices"] == two


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"temperature": -1}, "temperature"),
        ({"temperature": "warm"}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"top_k": 0}, "top_k"),
        ({"n": 5}, "n"),
        ({"stop": [""]}, "stop"),
        ({"prompt": [300_000]}, "prompt"),
        ({"prompt": []}, "prompt"),
        ({"logprobs": 6}, "logprobs"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"echo": "loud"}, "echo"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": -1, "echo": True}, "max_tokens"),
        ({"prompt": [[1], []]}, "prompt"),
        ({"prompt": [[1], [300_000]]}, "prompt"),
        ({"prompt": [[1], "Mia"]}, "prompt"),
        ({"prompt": [[1]] * 5}, "prompt"),
        ({"echo": True, "glassbox": {}}, "echo"),
        ({"echo": True, "response_format": {"type": "json_object"}}, "echo"),
        ({"best_of": 3}, "best_of"),
        ({"wonder": 1}, "wonder"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(room, change, param):
    answer = room.client.post("/v1/completions", json={"prompt": "Mia", **change})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["param"] == param
    assert error["type"] == "invalid_request_error"
    assert room.writer.begun == []


def test_an_error_has_the_same_form_everywhere(room):
    post = room.client.post
    answers = {
        400: post("/v1/completions", content="{", headers={"Content-Type": "application/json"}),
        403: post("/v1/completions", json={}, headers={"Origin": "http://elsewhere.example"}),
        404: room.client.get("/v1/nothing"),
        405: room.client.get("/v1/completions"),
        413: post("/v1/completions", json={"prompt": "x" * MAX_BODY_BYTES}),
        415: post("/v1/completions", content="prompt=Mia", headers={"Content-Type": "text/plain"}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_a_page_of_the_same_server_may_ask(room):
    headers = {"Origin": "http://127.0.0.1"}
    answer = room.client.post("/v1/completions", json={"max_tokens": 1}, headers=headers)
    assert answer.status_code == 200


def test_a_body_that_hides_its_length_is_cut_off_too(room):
    def endless():
        for _ in range(MAX_BODY_BYTES // 1000 + 2):
            yield b" " * 1000

    headers = {"Content-Type": "application/json"}
    answer = room.client.post("/v1/completions", content=endless(), headers=headers)
    assert answer.status_code == 413


def test_the_room_token_is_asked_for_only_where_there_is_one(room, monkeypatch):
    assert room.client.get("/v1/models").status_code == 200
    monkeypatch.setenv("GLASSBOX_ROOM_TOKEN", "open sesame")
    refused = room.client.get("/v1/models")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "invalid_api_key"
    for header in (
        {"Authorization": "Bearer open sesame"},
        {"Cookie": f"glassbox_room={room_pass('open sesame')}"},
    ):
        assert room.client.get("/v1/models", headers=header).status_code == 200


def test_too_many_requests_are_told_to_wait(room):
    asked = {"prompt": "Mia", "model": "none"}
    answers = [room.client.post("/v1/completions", json=asked) for _ in range(REQUESTS_PER_MINUTE)]
    assert {answer.status_code for answer in answers} == {404}
    refused = room.client.post("/v1/completions", json=asked)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert room.client.get("/v1/models").status_code == 200  # reading is free


def test_a_full_writer_is_told_as_such(room):
    room.writer.full = True
    answer = room.client.post("/v1/completions", json={"prompt": "Mia"})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "busy"
    streamed = room.client.post("/v1/completions", json={"prompt": "Mia", "stream": True})
    assert json.loads(streamed.text.removeprefix("data: "))["error"]["code"] == "busy"


def test_places_are_given_back(room):
    for _ in range(TEXTS_AT_ONCE + 1):
        for stream in (False, True):
            asked = {"prompt": "Mia", "max_tokens": 2, "n": 4, "stream": stream}
            assert room.client.post("/v1/completions", json=asked).status_code == 200


def test_a_burst_is_told_to_wait_and_never_breaks(room):
    room.writer.slow_s = 0.05
    asked = {"prompt": "Mia", "max_tokens": 4, "stream": True}

    def ask(_number):
        return room.client.post("/v1/completions", json=asked, headers=as_owner(ANNA)).status_code

    with ThreadPoolExecutor(24) as together:
        codes = list(together.map(ask, range(24)))
    assert set(codes) <= {200, 429} and codes.count(200) >= TEXTS_AT_ONCE


def test_without_any_model_the_answer_says_so(room):
    room.store.benches.put(
        "house", "a", room.store.artifacts.keep("house", "corpus", b"new", modality="text").id
    )
    answer = room.client.post("/v1/completions", json={"prompt": "Mia"})
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "There is no model yet."


def test_the_description_is_complete_and_its_page_fetches_nothing_else(room):
    api = room.client.get("/v1/openapi.json").json()
    assert set(api["paths"]) == {
        "/glassbox/audit",
        "/glassbox/audit/{id}",
        "/glassbox/stages",
        "/glassbox/usage",
        "/glassbox/verify",
        "/glassbox/webhooks",
        "/models",
        "/models/{name}",
        "/completions",
        "/chat/completions",
        "/images/generations",
        "/images/edits",
    }
    page = room.client.get("/v1/docs")
    assert "http://" not in page.text and "https://" not in page.text
    assert "innerHTML" not in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [(DiskFull, 507, "disk_full"), (ReadOnly, 500, "read_only"), (Corrupted, 500, "corrupted")],
)
def test_what_is_wrong_with_the_store_is_told_but_not_where_it_is(
    room, monkeypatch, kind, status, code
):
    def refuse(*args):
        raise kind("/home/anna/.glassbox: refused")

    monkeypatch.setattr(room.store.benches, "of", refuse)
    answer = room.client.get("/v1/models")
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert kind is Corrupted or "/home/anna" not in answer.text
