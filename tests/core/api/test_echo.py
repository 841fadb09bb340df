"""Prompts given back with the scores of their tokens, as OpenAI's first completions API does it."""

import json

import pytest
import torch

from core.api.writing import prompt_tokens, token_text
from core.data.text.bpe import SPECIALS
from core.inference.sampling import SamplingSettings
from core.inference.scoring import score_text
from core.jobs.writer import Looking
from core.jobs.writer_process import Loaded, Score, scored


@pytest.fixture(autouse=True)
def scores_at_once(room, monkeypatch):
    """The writer of these tests scores here and at once, with the process's own function."""

    def score(model_id, model, tokens, n_likeliest=0):
        looking = Looking(0, model_id, lambda _writing: None)
        looking.found = scored(Loaded(model()), Score(0, model_id, list(tokens), n_likeliest))
        looking.box.close()
        return looking

    monkeypatch.setattr(room.services.writer, "score", score, raising=False)


def choices_of(room, **body):
    answer = room.client.post("/v1/completions", json={"echo": True, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()["choices"]


def scores_of(room, tokens):
    """(T - 1,) of the model itself, one pass over everything."""
    logits = room.model(room.house_id)(torch.tensor([tokens[:-1]]))[0].double()
    logprobs = logits.log_softmax(-1).detach()
    return [float(logprobs[place, token]) for place, token in enumerate(tokens[1:])]


TEXT = "Mia mag Käse."


def test_a_prompt_is_scored_and_nothing_is_written(room):
    body = {"prompt": TEXT, "max_tokens": 0, "logprobs": 2, "echo": True}
    answer = room.client.post("/v1/completions", json=body).json()
    (choice,) = answer["choices"]
    assert (choice["text"], choice["finish_reason"]) == (TEXT, "length")
    assert answer["usage"]["completion_tokens"] == 0
    marked = prompt_tokens(room.encoder, TEXT)
    told = choice["logprobs"]
    assert told["tokens"] == [token_text(room.encoder, token) for token in marked[1:]]
    assert told["token_logprobs"][0] is None and told["top_logprobs"][0] is None
    # The mark before the prompt is read, but not told.
    assert told["token_logprobs"][1:] == pytest.approx(scores_of(room, marked)[1:], abs=1e-5)
    assert room.writer.begun == []


def test_offsets_point_at_the_tokens_in_the_text(room):
    (choice,) = choices_of(room, prompt=TEXT, max_tokens=0, logprobs=0)
    told = choice["logprobs"]
    ends = [*told["text_offset"][1:], len(TEXT)]
    parts = [TEXT[start:end] for start, end in zip(told["text_offset"], ends, strict=True)]
    assert "".join(parts) == TEXT
    # A letter of two bytes that are two tokens: the first shows nothing yet, the second all of it.
    halves = [parts[i] for i, token in enumerate(told["tokens"]) if token == "�"]
    assert halves == ["", "ä"]
    assert [part for part in parts if part not in halves] == [
        token for token in told["tokens"] if token != "�"
    ]


def test_the_alternatives_are_the_likeliest_tokens_and_the_token_itself(room):
    text = "Mia mag Tom."
    (choice,) = choices_of(room, prompt=text, max_tokens=0, logprobs=3)
    told, tokens = choice["logprobs"], prompt_tokens(room.encoder, text)
    expected = score_text(room.model(room.house_id), tokens, n_likeliest=3)
    for place, own in enumerate(told["token_logprobs"]):
        if place == 0:  # nothing was told before it
            continue
        best = {
            token_text(room.encoder, id_): logprob
            for id_, logprob in zip(
                reversed(expected.likeliest[place].tolist()),
                reversed(expected.likeliest_logprobs[place].tolist()),
                strict=True,
            )
        }
        best.setdefault(told["tokens"][place], own)
        assert told["top_logprobs"][place] == pytest.approx(best, abs=1e-6)
    (alone,) = choices_of(room, prompt=text, max_tokens=0, logprobs=0)
    assert alone["logprobs"]["top_logprobs"] == [None] + [{}] * (len(tokens) - 2)


def test_token_ids_are_told_as_they_were_sent_specials_included(room):
    ids = prompt_tokens(room.encoder, TEXT)
    (choice,) = choices_of(room, prompt=ids, max_tokens=0, logprobs=0)
    told = choice["logprobs"]
    assert told["tokens"][0] == SPECIALS[room.encoder.end_id]
    assert told["text_offset"][:2] == [0, 0] and choice["text"] == TEXT
    assert told["token_logprobs"][0] is None
    assert told["token_logprobs"][1:] == pytest.approx(scores_of(room, ids), abs=1e-5)


def test_a_prompt_that_is_continued_is_followed_by_what_is_written_without_an_echo(room):
    asked = {"prompt": "Mia", "max_tokens": 20, "seed": 5, "logprobs": 1}
    (with_echo,) = choices_of(room, **asked)
    without = room.client.post("/v1/completions", json=asked).json()["choices"][0]
    assert with_echo["text"] == "Mia" + without["text"]
    assert with_echo["finish_reason"] == without["finish_reason"]
    told, alone = with_echo["logprobs"], without["logprobs"]
    n_prompt = len(prompt_tokens(room.encoder, "Mia")) - 1
    for name in ("tokens", "token_logprobs", "top_logprobs"):
        assert told[name][n_prompt:] == alone[name]
    assert told["text_offset"][n_prompt:] == [offset + 3 for offset in alone["text_offset"]]


def test_without_logprobs_the_text_alone_comes_back_and_no_model_is_asked(room, monkeypatch):
    monkeypatch.delattr(room.services.writer, "score", raising=False)
    (choice,) = choices_of(room, prompt=TEXT, max_tokens=0)
    assert (choice["text"], choice["logprobs"]) == (TEXT, None)
    assert choices_of(room, prompt="", max_tokens=0)[0]["text"] == ""


def test_several_prompts_are_scored_each_for_itself(room):
    ids = [prompt_tokens(room.encoder, text) for text in (TEXT, "Tom")]
    both = choices_of(room, prompt=ids, max_tokens=0, logprobs=1)
    alone = [choices_of(room, prompt=one, max_tokens=0, logprobs=1)[0] for one in ids]
    for index, (one, other) in enumerate(zip(both, alone, strict=True)):
        assert one == {**other, "index": index}


def test_a_stream_begins_with_the_prompt(room):
    asked = {"prompt": TEXT, "seed": 2, "logprobs": 1, "echo": True}
    for max_tokens in (0, 6):
        (whole,) = choices_of(room, **asked, max_tokens=max_tokens)
        streamed = room.client.post(
            "/v1/completions", json={**asked, "max_tokens": max_tokens, "stream": True}
        )
        blocks = [block for block in streamed.text.split("\n\n") if block]
        chunks = [json.loads(block.removeprefix("data: "))["choices"][0] for block in blocks[:-1]]
        assert chunks[0]["text"] == TEXT
        assert "".join(chunk["text"] for chunk in chunks) == whole["text"]
        for name, values in whole["logprobs"].items():
            assert [each for chunk in chunks for each in chunk["logprobs"][name]] == values
        assert chunks[-1]["finish_reason"] == "length"


def test_the_token_that_ends_a_text_is_told_too(room, monkeypatch):
    """Whoever scores asks for one token more and drops it: it must be there to be dropped."""
    drawn = room.writer.write

    def ends_at_once(model_id, model, tokens, settings, *, end_id=None, **about):
        # Whatever the model draws first ends the text.
        greedy = SamplingSettings(temperature=0, max_tokens=1)
        first = next(iter(drawn(model_id, model, tokens, greedy, end_id=None)))
        return drawn(model_id, model, tokens, greedy, end_id=first.token, **about)

    monkeypatch.setattr(room.writer, "write", ends_at_once)
    (choice,) = choices_of(room, prompt=TEXT, max_tokens=1, temperature=0, logprobs=1)
    assert (choice["text"], choice["finish_reason"]) == (TEXT, "stop")
    assert len(choice["logprobs"]["tokens"]) == len(prompt_tokens(room.encoder, TEXT))


def test_a_prompt_beyond_the_context_is_refused_or_told_as_it_is_read(room):
    long = "Mia mag Tom. " * 60
    body = {"prompt": long, "max_tokens": 0, "logprobs": 0, "echo": True}
    error = room.client.post("/v1/completions", json=body).json()["error"]
    assert (error["code"], error["param"]) == ("context_length_exceeded", "prompt")
    answer = room.client.post("/v1/completions", json={**body, "truncation": "auto"}).json()
    (choice,) = answer["choices"]
    assert answer["usage"]["prompt_tokens"] == 160
    assert len(choice["logprobs"]["tokens"]) == 159 and long.endswith(choice["text"])
