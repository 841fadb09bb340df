"""The API as seen by OpenAI's own package, over a real socket, with the real writer process."""

import json
import socket
import time
from functools import partial

import httpx
import openai
import pytest
import torch
from pydantic import BaseModel

from core.alignment.text.chat import question_tokens
from core.api.limits import MAX_BODY_BYTES
from core.api.writing import prompt_tokens
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.identity import api_key, owner_of
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.store import HOUSE

COOKIE = "a" * 32
ANNA = owner_of(COOKIE)
WAIT_S = 60


@pytest.fixture
def client(served):
    with openai.OpenAI(base_url=served[1], api_key="none", max_retries=0, timeout=WAIT_S) as client:
        yield client


def ours_alone(encoder, model, prompt, n, **settings):
    """What the model writes without any server."""
    asked = SamplingSettings(max_tokens=n, **settings)
    drawn = generate(model, prompt_tokens(encoder, prompt), asked, encoder.end_id)
    return encoder.decode([each.token for each in drawn])


def test_the_package_lists_models_and_the_first_one_writes(client, encoder, house_model):
    models = client.models.list().data
    assert [model.id for model in models] == ["glassbox-example"]
    assert client.models.retrieve("glassbox-example").owned_by == "house"
    theirs = client.completions.create(model=models[0].id, prompt="Mia", max_tokens=12, seed=3)
    assert theirs.choices[0].text == ours_alone(encoder, house_model, "Mia", 12, seed=3)
    assert theirs.usage.completion_tokens == 12


def test_the_package_reads_a_stream(client, encoder, house_model):
    stream = client.completions.create(
        model="glassbox-example",
        prompt="Tom",
        max_tokens=25,
        seed=4,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    theirs = "".join(chunk.choices[0].text for chunk in chunks if chunk.choices)
    assert theirs == ours_alone(encoder, house_model, "Tom", 25, seed=4)
    assert chunks[-1].usage.completion_tokens == 25


def test_the_package_chats_whole_and_streamed_alike(client):
    asked = {
        "model": "glassbox-example",
        "messages": [{"role": "user", "content": "Wo wohnt Mia?"}],
        "max_tokens": 30,
        "seed": 5,
        "logprobs": True,
        "top_logprobs": 2,
    }
    whole = client.chat.completions.create(**asked)
    streamed = list(client.chat.completions.create(**asked, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in streamed)
    assert text == whole.choices[0].message.content
    assert whole.choices[0].finish_reason == streamed[-1].choices[0].finish_reason
    tokens = [t for c in streamed if c.choices[0].logprobs for t in c.choices[0].logprobs.content]
    assert tokens == whole.choices[0].logprobs.content
    assert whole.system_fingerprint == streamed[0].system_fingerprint


def test_the_package_asks_an_aligned_model_in_the_form_it_was_taught(served, encoder, house_model):
    store = served[0].store
    aligned = Transformer(house_model.config, seed=2).eval()
    chain = store.benches.of(HOUSE, "text").lanes["a"]
    parents = (chain["checkpoint"], chain["encoder"])
    kept = store.artifacts.keep(ANNA, "aligned", checkpoint_bytes(aligned), parents=parents)
    asked = [{"role": "user", "content": "Wo wohnt Mia?"}]
    key = store.keys.of(ANNA, partial(api_key, COOKIE))
    with openai.OpenAI(base_url=served[1], api_key=key, max_retries=0, timeout=WAIT_S) as annas:
        assert kept.id in [model.id for model in annas.models.list().data]
        theirs = annas.chat.completions.create(model=kept.id, messages=asked, max_tokens=15, seed=4)
    tokens = question_tokens(encoder, "Wo wohnt Mia?")
    drawing = generate(aligned, tokens, SamplingSettings(max_tokens=15, seed=4), encoder.end_id)
    drawn = [each.token for each in drawing if each.token != encoder.end_id]
    assert theirs.choices[0].message.content == encoder.decode(drawn)
    assert theirs.usage.prompt_tokens == len(tokens)


def test_the_package_raises_its_own_errors(client, served, monkeypatch):
    with pytest.raises(openai.NotFoundError, match="no model 'gpt-4'"):
        client.completions.create(model="gpt-4", prompt="Mia")
    with pytest.raises(openai.BadRequestError) as caught:
        client.completions.create(model="glassbox-example", prompt="Mia", temperature=9)
    assert caught.value.param == "temperature"
    with pytest.raises(openai.APIStatusError) as too_large:
        client.completions.create(model="glassbox-example", prompt="x" * MAX_BODY_BYTES)
    assert too_large.value.status_code == 413
    monkeypatch.setenv("GLASSBOX_ROOM_TOKEN", "sesame")
    with pytest.raises(openai.AuthenticationError):
        client.models.list()
    assert client.with_options(api_key="sesame").models.list().data


def wait_until(condition):
    end = time.monotonic() + WAIT_S
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def test_who_closes_a_stream_stops_the_model(client, served):
    writer = served[0].writer
    stream = client.completions.create(
        model="glassbox-example", prompt="Mia", max_tokens=1000, temperature=0, stream=True
    )
    next(iter(stream))
    stream.close()
    wait_until(lambda: writer.n_active == 0)
    assert writer.begun[-1].ending == "cancelled"


def test_who_hangs_up_before_the_answer_stops_the_model(served):
    writer, url = served[0].writer, httpx.URL(served[1])
    n_before = len(writer.begun)
    body = json.dumps({"prompt": "Mia", "max_tokens": 1000, "n": 4, "temperature": 0})
    with socket.create_connection((url.host, url.port)) as connection:
        head = f"POST /v1/completions HTTP/1.1\r\nHost: {url.host}:{url.port}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall((head + body).encode())
        wait_until(lambda: len(writer.begun) == n_before + 4)
    wait_until(lambda: writer.n_active == 0)
    assert [writing.ending for writing in writer.begun[n_before:]] == ["cancelled"] * 4


class Person(BaseModel):
    """Somebody in the town."""

    name: str
    age: int
    likes: list[str]


ASKED_IN_JSON = {
    "model": "glassbox-example",
    "messages": [{"role": "user", "content": "Wo wohnt Mia?"}],
    "seed": 5,
}


def test_the_package_gets_an_object_of_its_own_class(client):
    answer = client.chat.completions.parse(**ASKED_IN_JSON, response_format=Person, max_tokens=400)
    assert isinstance(answer.choices[0].message.parsed, Person)


def test_the_package_parses_a_stream(client):
    asked = {**ASKED_IN_JSON, "response_format": Person, "max_tokens": 400}
    with client.chat.completions.stream(**asked) as stream:
        final = stream.get_final_completion()
    assert isinstance(final.choices[0].message.parsed, Person)


def test_the_package_is_told_that_there_was_no_room_for_more(client):
    form = {"type": "json_schema", "json_schema": {
        "name": "p", "strict": True, "schema": {"type": "string"}}}  # fmt: skip
    asked = {**ASKED_IN_JSON, "response_format": form, "max_tokens": 5, "n": 2}
    answer = client.chat.completions.create(**asked)
    assert {choice.finish_reason for choice in answer.choices} <= {"length", "stop"}
    assert all(isinstance(json.loads(each.message.content), str) for each in answer.choices)
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(
            **ASKED_IN_JSON, response_format=Person, max_tokens=35, temperature=2
        )


def test_the_package_gives_completions_a_schema_too(client):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    field = {"glassbox": {"schema": schema, "stages": ["private"]}}
    answer = client.completions.create(model="glassbox-example", prompt="Mia", extra_body=field)
    assert isinstance(json.loads(answer.choices[0].text)["n"], int)
    assert answer.glassbox["schema"]["valid"] is True


def test_the_package_names_what_is_wrong_with_a_schema(client):
    schema = {"type": "string", "minLength": 5, "maxLength": 3}
    form = {"type": "json_schema", "json_schema": {"name": "p", "schema": schema}}
    with pytest.raises(openai.BadRequestError, match="contradicts itself") as caught:
        client.chat.completions.create(**ASKED_IN_JSON, response_format=form, stream=True)
    assert caught.value.param == "response_format.json_schema.schema"
    assert caught.value.code == "schema_impossible"


IBAN = "DE89 3704 0044 0532 0130 00"
THROUGH_STAGES = {
    "model": "glassbox-example",
    "messages": [{"role": "user", "content": f"Wo wohnt Mia? Meine IBAN ist {IBAN}."}],
    "max_tokens": 20,
    "seed": 5,
    "extra_body": {"glassbox": {"stages": ["private"], "quote": True, "language": "de"}},
}


def test_the_package_sends_an_answer_through_stages_and_reads_the_report(client):
    whole = client.chat.completions.create(**THROUGH_STAGES)
    streamed = list(client.chat.completions.create(**THROUGH_STAGES, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in streamed)
    assert text == whole.choices[0].message.content
    assert text.startswith("> Wo wohnt Mia? Meine IBAN ist [IBAN].\n")
    assert whole.glassbox["stages"][0]["kinds"] == {"iban": 1}
    assert streamed[-1].glassbox["stages"][0]["kinds"] == {"iban": 1}
    assert len(streamed[-1].glassbox["audit"]["entries"]) == 3


def test_the_package_names_what_is_wrong_with_a_stage(client):
    asked = {**THROUGH_STAGES, "extra_body": {"glassbox": {"stages": ["private", "nothing"]}}}
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**asked)
    assert caught.value.param == "glassbox.stages[1].name"
    assert caught.value.code == "invalid_value"


TEXT = "Mia mag Käse. Tom likes bread."


def own_scores(model, tokens):
    """The log-probability of every token but the first, by the model itself."""
    logits = model(torch.tensor([tokens[:-1]]))[0].detach().double()
    chosen = torch.tensor(tokens[1:])[:, None]
    return logits.log_softmax(-1).gather(-1, chosen)[:, 0]


def test_the_package_scores_a_text_without_writing_any(client, encoder, house_model):
    tokens = prompt_tokens(encoder, TEXT)
    answer = client.completions.create(
        model="glassbox-example", prompt=tokens, max_tokens=0, echo=True, logprobs=2
    )
    told = answer.choices[0].logprobs
    expected = own_scores(house_model, tokens)
    assert answer.choices[0].text == TEXT
    assert told.token_logprobs[0] is None and told.top_logprobs[0] is None
    assert sum(told.token_logprobs[1:]) == pytest.approx(float(expected.sum()), abs=1e-4)
    assert told.token_logprobs[1:] == pytest.approx(expected.tolist(), abs=1e-5)
    assert len(told.tokens) == len(told.text_offset) == len(told.top_logprobs) == len(tokens)
    assert answer.usage.completion_tokens == 0


def test_a_harness_gets_the_likelihood_of_every_continuation(client, encoder, house_model):
    """Asked and read as the `local-completions` model of lm-evaluation-harness does.

    It sends lists of token ids and asks for one token more, which it drops.
    """
    context = prompt_tokens(encoder, "Mia mag")
    endings = [encoder.encode(text) for text in (" Käse.", " bread.", " Tom")]
    answer = client.completions.create(
        model="glassbox-example",
        prompt=[context + ending for ending in endings],
        temperature=0,
        max_tokens=1,
        logprobs=1,
        seed=1234,
        echo=True,
    )
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    for choice, ending in zip(answer.choices, endings, strict=True):
        theirs = sum(choice.logprobs.token_logprobs[len(context) : -1])
        ours = own_scores(house_model, context + ending)[len(context) - 1 :]
        assert theirs == pytest.approx(float(ours.sum()), abs=1e-4)
        tops = choice.logprobs.top_logprobs[len(context) : -1]
        n_best = len(own_greedy(house_model, context, ending))
        is_greedy = [
            logprob == max(top.values())
            for logprob, top in zip(
                choice.logprobs.token_logprobs[len(context) : -1], tops, strict=True
            )
        ]
        assert sum(is_greedy) == n_best


def own_greedy(model, context, ending):
    """The tokens of an ending that were the model's first choice."""
    logits = model(torch.tensor([[*context, *ending[:-1]]]))[0, len(context) - 1 :]
    best = logits.argmax(-1).tolist()
    return [token for token, likeliest in zip(ending, best, strict=True) if token == likeliest]
