"""What the pages fetch: text token by token, vocabularies, downloads."""

import base64
import json

import numpy as np
import pytest
import torch

from core.api.writing import prompt_tokens
from core.data.text.bpe import SPECIALS, Encoder
from core.identity import owner_of
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings, next_token_probs

COOKIES = {owner_of(letter * 32): letter * 32 for letter in "ab"}
ANNA, BEN = COOKIES  # as the store knows them


def as_owner(owner):
    return {"Cookie": f"glassbox_owner={COOKIES.get(owner, owner)}"}


def write(room, owner=ANNA, **body):
    answer = room.client.post("/live/write", json=body, headers=as_owner(owner))
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def scores(line):
    return np.frombuffer(base64.b64decode(line["logits"]), "<f4")


def test_every_token_comes_with_the_scores_it_was_drawn_from(room):
    settings = {"temperature": 0.8, "top_k": 20, "top_p": 0.9, "seed": 3, "max_tokens": 8}
    lines = write(room, model="house", prompt="Mia", logits=True, **settings)
    tokens = prompt_tokens(room.encoder, "Mia")
    drawn = list(generate(room.model(room.house_id), tokens, SamplingSettings(**settings)))
    assert lines[0]["tokens"] == tokens
    np.testing.assert_array_equal(scores(lines[0]), drawn[0].logits.numpy())
    assert [line["token"] for line in lines[1:]] == [each.token for each in drawn]
    for line, each in zip(lines[1:], drawn, strict=True):
        np.testing.assert_array_equal(scores(line), each.logits.numpy())
        assert line["p"] == float(each.probs[each.token])
    assert scores(lines[0]).shape == (room.encoder.n_vocab,)


def test_a_text_goes_on_where_its_tokens_end(room):
    whole = write(room, prompt="Mia", seed=1, temperature=0, max_tokens=6)
    tokens = whole[0]["tokens"] + [line["token"] for line in whole[1:4]]
    rest = write(room, tokens=tokens, temperature=0, max_tokens=3)
    assert [line["token"] for line in rest[1:]] == [line["token"] for line in whole[4:]]
    assert "logits" not in rest[0]


def test_a_forced_token_stands_first_with_the_chance_it_had(room):
    force = room.encoder.encode("T")[0]
    lines = write(room, prompt="Mia", force=force, temperature=0.7, max_tokens=4, logits=True)
    first, forced, *rest = lines
    probs = next_token_probs(
        torch.from_numpy(scores(first).copy()), SamplingSettings(temperature=0.7)
    )
    assert (forced["token"], forced["text"], forced["forced"]) == (force, "T", True)
    assert forced["p"] == pytest.approx(float(probs[force]))
    after = write(room, tokens=[*first["tokens"], force], temperature=0.7, max_tokens=4)
    assert [line["token"] for line in rest] == [line["token"] for line in after[1:]]


def test_an_own_model_is_for_its_owner_alone(room):
    assert write(room, ANNA, model=room.annas_id, prompt="Mia", max_tokens=2)
    asked = {"model": room.annas_id, "prompt": "Mia"}
    for owner in (BEN, "house"):
        answer = room.client.post("/live/write", json=asked, headers=as_owner(owner))
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"tokens": [999_999]}, "tokens"),
        ({"tokens": []}, "tokens"),
        ({"force": 999_999}, "force"),
        ({"top_p": 0}, "top_p"),
        ({"wonder": 1}, "wonder"),
    ],
)
def test_what_cannot_be_is_refused_by_name(room, body, param):
    answer = room.client.post("/live/write", json=body, headers=as_owner(ANNA))
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_a_page_of_another_site_cannot_make_a_visitors_model_write(room):
    headers = {**as_owner(ANNA), "Origin": "http://elsewhere.example"}
    assert room.client.post("/live/write", json={}, headers=headers).status_code == 403
    plain = {**as_owner(ANNA), "Content-Type": "text/plain"}
    assert room.client.post("/live/write", content="{}", headers=plain).status_code == 415


def test_a_writer_that_fails_says_so_in_the_stream(room):
    room.writer.full = True
    (line,) = write(room, prompt="Mia")
    assert line["error"]["code"] == "busy"


def test_the_vocabulary_is_fetched_once(room):
    path = f"/live/model/{room.annas_id}/vocabulary"
    answer = room.client.get(path, headers=as_owner(ANNA))
    told = answer.json()
    every = base64.b64decode(told["vocabulary"])
    ends = np.cumsum(told["lengths"])
    tokens = [every[end - n : end] for end, n in zip(ends, told["lengths"], strict=True)]
    assert tokens == [room.encoder.token_bytes(id) for id in range(room.encoder.n_vocab)]
    assert told["specials"] == {str(id): name for id, name in enumerate(SPECIALS)}
    assert "immutable" in answer.headers["cache-control"]
    again = {**as_owner(ANNA), "If-None-Match": answer.headers["etag"]}
    assert room.client.get(path, headers=again).status_code == 304
    assert room.client.get(path, headers=as_owner(BEN)).status_code == 404
    house = room.client.get("/live/model/house/vocabulary")
    assert "no-cache" in house.headers["cache-control"]


def test_an_own_artefact_can_be_taken_home_under_a_harmless_name(room):
    path = f"/live/artifact/{room.annas_id}"
    answer = room.client.get(path, headers=as_owner(ANNA))
    assert answer.content == room.store.artifacts.read(ANNA, room.annas_id)
    name = f'attachment; filename="glassbox-checkpoint-{room.annas_id[:8]}.safetensors"'
    assert answer.headers["content-disposition"] == name
    assert room.client.get(path, headers=as_owner(BEN)).status_code == 404
    assert room.client.get(f"/live/artifact/{'0' * 40}").status_code == 404
    merges = room.store.artifacts.nearest(ANNA, room.annas_id, "encoder")
    fetched = room.client.get(f"/live/artifact/{merges.id}", headers=as_owner(ANNA))
    assert Encoder.from_bytes(fetched.content).n_vocab == room.encoder.n_vocab
