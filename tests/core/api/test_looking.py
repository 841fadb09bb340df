"""What the pages fetch: the next words, and one of them drawn."""

import base64
from random import Random

import numpy as np
import pytest

from core.api.looking import nth_dart
from core.api.writing import prompt_tokens
from core.identity import owner_of
from core.inference.sampling import SamplingSettings
from core.inference.text.condensed import condensed
from core.inference.text.words import Boundaries, WordReader
from core.jobs.writer import Looking
from core.jobs.writer_process import Loaded, Look, looked

COOKIES = {owner_of(letter * 32): letter * 32 for letter in "ab"}
ANNA, BEN = COOKIES  # as the store knows them


@pytest.fixture(autouse=True)
def looks_at_once(room, monkeypatch):
    """The writer of these tests looks here and at once, with the process's own function."""

    def look(model_id, model, tokens, settings, encoder, *, closed=False, dart=None):
        looking = Looking(0, model_id, lambda _writing: None)
        asked = Look(0, model_id, list(tokens), closed, settings, dart, encoder)
        looking.found = looked(Loaded(model()), asked)
        looking.box.close()
        return looking

    monkeypatch.setattr(room.services.writer, "look", look, raising=False)


def ask(room, owner=ANNA, status=200, **body):
    cookie = {"Cookie": f"glassbox_owner={COOKIES.get(owner, owner)}"}
    answer = room.client.post("/live/words", json=body, headers=cookie)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_next_words_come_as_the_tree_that_core_reads(room):
    answer = ask(room, model="house", prompt="Mia")
    tokens = prompt_tokens(room.encoder, "Mia")
    reader = WordReader(room.model(room.house_id), Boundaries(room.encoder))
    expected = condensed(reader.read(tokens))
    assert answer["tokens"] == tokens and answer["drawn"] is None
    assert answer["tree"]["texts"] == expected["texts"]
    scores = np.frombuffer(base64.b64decode(answer["tree"]["scores"]), "<f4")
    np.testing.assert_allclose(scores, np.frombuffer(expected["scores"], "<f4"), atol=1e-5)


def test_a_word_is_drawn_by_the_dart_of_the_next_token_and_the_words_after_it_come_along(room):
    settings = {"temperature": 0.7, "top_k": 30, "top_p": 0.9, "seed": 3}
    tokens = prompt_tokens(room.encoder, "Mia mag")
    answer = ask(room, model="house", tokens=tokens, closed=True, draw=2, **settings)
    reader = WordReader(room.model(room.house_id), Boundaries(room.encoder))
    word = reader.draw(tokens, SamplingSettings(**settings), nth_dart(3, 2), closed=True)
    assert answer["drawn"]["tokens"] == list(word.tokens)
    assert answer["drawn"]["at"] == pytest.approx(word.at)
    after = condensed(reader.read([*tokens, *word.tokens], closed=True))
    assert answer["tree"]["texts"] == after["texts"]


def test_the_nth_dart_of_a_seed_is_that_of_its_nth_draw():
    darts = Random(7)
    assert [nth_dart(7, n) for n in range(5)] == [darts.random() for _ in range(5)]


@pytest.mark.parametrize(
    "wrong", [{"tokens": [10**6]}, {"tokens": []}, {"draw": -1}, {"seed": "x"}, {"more": 1}]
)
def test_what_makes_no_sense_is_refused(room, wrong):
    assert ask(room, status=400, model="house", **wrong)["error"]


def test_nobody_looks_with_another_one_s_model(room):
    mine = room.store.artifacts.keep(ANNA, "corpus", b"{}", modality="text")
    ask(room, owner=BEN, status=404, model=mine.id, prompt="Mia")
