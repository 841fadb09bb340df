"""A schema in a request: the answer fits it however it is requested; misuse is explained."""

import json

import jsonschema
import pytest

from core.api.schemas import fit
from core.inference.text.constraint import grammar_of

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
QUESTION = {"messages": [{"role": "user", "content": "Wo wohnt Mia?"}]}
ASKED = {CHAT: QUESTION, COMPLETIONS: {"prompt": "Mia"}}
AS_FORMAT = {
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "person", "schema": PERSON, "strict": True},
    }
}
WAYS = {
    "openai": AS_FORMAT,
    "glassbox": {"glassbox": {"schema": PERSON}},
    "glassbox, as text": {"glassbox": {"schema": json.dumps(PERSON), "stages": "none"}},
}


def send(room, path, **body):
    return room.client.post(path, json={**ASKED[path], "seed": 3, "max_tokens": 40, **body})


def texts_of(response):
    assert response.status_code == 200, response.text
    choices = response.json()["choices"]
    return [each.get("text") or each["message"]["content"] for each in choices]


def streamed(response):
    """Texts and finish reasons of a stream, by index."""
    assert response.status_code == 200, response.text
    texts, finishes = {}, {}
    for block in response.text.split("\n\n"):
        if not block or block == "data: [DONE]":
            continue
        for choice in json.loads(block.removeprefix("data: "))["choices"]:
            new = choice.get("text") or choice.get("delta", {}).get("content") or ""
            texts[choice["index"]] = texts.get(choice["index"], "") + new
            finishes[choice["index"]] = choice["finish_reason"]
    return [texts[i] for i in sorted(texts)], [finishes[i] for i in sorted(texts)]


def shortest(room, schema=PERSON):
    return len(grammar_of(json.dumps(schema), room.encoder).shortest)


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("temperature", [0, 1])
def test_a_model_that_knows_no_json_answers_in_json_that_fits(room, path, way, temperature):
    response = send(room, path, **WAYS[way], temperature=temperature)
    (text,) = texts_of(response)
    jsonschema.validate(json.loads(text), PERSON)
    if way != "openai":
        assert response.json()["glassbox"]["schema"] == {
            "valid": True, "broken_at": None, "problems": []
        }  # fmt: skip


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
@pytest.mark.parametrize("way", WAYS)
def test_a_stream_comes_to_the_same(room, path, way):
    whole = texts_of(send(room, path, **WAYS[way]))
    assert streamed(send(room, path, **WAYS[way], stream=True))[0] == whole


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_several_answers_are_each_held_to_it(room, path):
    texts = texts_of(send(room, path, **AS_FORMAT, n=4))
    assert len(set(texts)) > 1
    assert streamed(send(room, path, **AS_FORMAT, n=4, stream=True))[0] == texts
    for text in texts:
        jsonschema.validate(json.loads(text), PERSON)


def test_any_object_will_do_where_only_json_is_asked_for(room):
    (text,) = texts_of(send(room, CHAT, response_format={"type": "json_object"}))
    assert isinstance(json.loads(text), dict)


def test_plain_text_is_what_it_was_without_a_format(room):
    text = {"type": "text"}
    assert texts_of(send(room, CHAT, response_format=text)) == texts_of(send(room, CHAT))


@pytest.mark.parametrize("room_left", [0, 1, 5])
def test_where_the_tokens_run_out_the_json_is_closed(room, room_left):
    max_tokens = shortest(room) + room_left
    response = send(room, CHAT, **AS_FORMAT, max_tokens=max_tokens)
    jsonschema.validate(json.loads(texts_of(response)[0]), PERSON)
    assert response.json()["usage"]["completion_tokens"] <= max_tokens


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_too_few_tokens_for_any_answer_are_refused_with_the_number_needed(room, field):
    error = send(room, CHAT, **AS_FORMAT, **{field: 3}).json()["error"]
    assert (error["param"], error["code"]) == (field, "schema_needs_tokens")
    assert str(shortest(room)) in error["message"]


@pytest.mark.parametrize("stop", ["\n", ["zz", "e"], "}"])
def test_a_stop_text_ends_the_writing_and_leaves_the_json_whole(room, stop):
    (text,) = texts_of(send(room, CHAT, **AS_FORMAT, stop=stop, max_tokens=60))
    jsonschema.validate(json.loads(text), PERSON)
    assert streamed(send(room, CHAT, **AS_FORMAT, stop=stop, max_tokens=60, stream=True))[0] == [
        text
    ]


DEEP = {"type": "object"}
for _ in range(200):
    DEEP = {"type": "array", "items": DEEP}
FOR_EVER = {
    "$ref": "#/$defs/list",
    "$defs": {"list": {"properties": {"rest": {"$ref": "#/$defs/list"}}, "required": ["rest"]}},
}


@pytest.mark.parametrize(
    ("schema", "code", "told"),
    [
        ({"type": "string", "minLength": 5, "maxLength": 3}, "schema_impossible",
         "contradicts itself, nothing could ever fit it: minLength (5) is greater"),
        ({"type": "integer", "minimum": 5, "maximum": 3}, "schema_impossible", "minimum (5)"),
        ({"enum": []}, "schema_impossible", "nothing could ever fit"),
        (FOR_EVER, "schema_unsupported", 'it contains itself ("$ref": "#/$defs/list")'),
        ({"enum": ["x" * 30_000]}, "schema_too_large", "at most 20000 characters, 24 levels"),
        (DEEP, "schema_too_large", "24 levels"),
        ({"$ref": "http://127.0.0.1:1/s.json"}, "schema_unsupported", "fetched from elsewhere"),
        ({"type": "strin"}, "schema_unsupported", "strin"),
        ({"type": "string", "pattern": "(?=a)b"}, "schema_unsupported", "cannot be used"),
        ({"not": {"type": "string"}}, "schema_unsupported", "not is not supported"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "schema_overlaps", "use anyOf"),
        ({"required": "name"}, "schema_unsupported", "cannot be used"),
        ('{"type": "object",}', "schema_not_json", "line 1, column"),
        ("", "empty_input", "empty"),
        ("[1]", "schema_unsupported", "a schema is an object"),
        ("[" * 100_000, "schema_too_large", "24 levels"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stream", [False, True])
def test_a_schema_that_cannot_be_used_is_refused_in_a_sentence(room, schema, code, told, stream):
    asked = {"glassbox": {"schema": schema}}
    response = send(room, CHAT, **asked, stream=stream)
    assert response.status_code == 400  # even for a stream: nothing has been written yet
    error = response.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", code)
    assert error["param"] == "glassbox.schema"
    assert told in error["message"], error["message"]
    assert len(error["message"]) < 300
    assert not room.writer.begun
    if isinstance(schema, dict):
        form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
        error = send(room, CHAT, response_format=form).json()["error"]
        assert (error["param"], error["code"]) == ("response_format.json_schema.schema", code)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"response_format": {"type": "xml"}}, "response_format"),
        ({"response_format": {"type": "json_schema"}}, "response_format"),
        ({"response_format": {"type": "json_object", "schema": {}}}, "response_format"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a b",
          "schema": {}}}}, "response_format"),
        ({"glassbox": {"schema": [1]}}, "glassbox.schema"),
        ({"glassbox": {"schema": True}}, "glassbox.schema"),
        ({**AS_FORMAT, "glassbox": {"schema": PERSON}}, "glassbox.schema"),
        ({"glassbox": {"schema": PERSON, "quote": True}}, "glassbox.quote"),
        ({**AS_FORMAT, "glassbox": {"quote": True}}, "glassbox.quote"),
        ({"glassbox": {"schema": PERSON}, "n": 2}, "n"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_named_by_its_path(room, body, param):
    response = send(room, CHAT, **body)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == param


# A schema and the stages: private data is masked, and the effect on the JSON is reported

IBAN = "DE89370400440532013000"
CARD = 4111111111111111


def stages_on(room, schema, settings, **more):
    field = {"schema": schema, "language": "de"}
    field["stages"] = [{"name": "private", "settings": settings}]
    return send(room, CHAT, glassbox=field, **more)


@pytest.mark.parametrize(
    ("action", "style"), [("mask", "label"), ("mask", "blocks"), ("pseudonymise", "label")]
)
@pytest.mark.parametrize("escaped", ["", '"', "\\"])
def test_a_masked_string_leaves_the_json_valid(room, action, style, escaped):
    iban = f"{escaped} {IBAN}{escaped} und mia@example.org"
    says = {"type": "string", "pattern": f"^{_verbatim(iban)}( [a-z]*)?$"}
    schema = {"type": "object", "properties": {"says": says}, "required": ["says"]}
    settings = {"iban": action, "email": action, "style": style}
    body = stages_on(room, schema, settings, max_tokens=120).json()
    said = json.loads(body["choices"][0]["message"]["content"])["says"]
    assert IBAN not in said and "mia@" not in said
    assert body["glassbox"]["stages"][0]["kinds"] == {"iban": 1, "email": 1}


def _verbatim(text):
    return "".join(f"\\{sign}" if not sign.isalnum() and sign != " " else sign for sign in text)


def test_a_number_that_is_masked_is_no_json_any_more_and_this_is_said(room):
    schema = {"type": "object", "properties": {"card": {"const": CARD}}, "required": ["card"]}
    response = stages_on(room, schema, {})
    body = response.json()
    assert str(CARD) not in response.text
    assert body["choices"][0]["message"]["content"].startswith('{"card": [KARTE]')
    assert body["choices"][0]["finish_reason"] == "content_filter"
    told = body["glassbox"]["schema"]
    assert told["valid"] is False and isinstance(told["broken_at"], int)
    texts, finishes = streamed(stages_on(room, schema, {}, stream=True))
    assert texts == [body["choices"][0]["message"]["content"]]
    assert finishes == ["content_filter"]


def test_a_mask_that_does_not_fit_the_schema_is_told_with_its_place(room):
    schema = {"type": "object", "properties": {"iban": {"const": IBAN}}, "required": ["iban"]}
    body = stages_on(room, schema, {}).json()
    assert json.loads(body["choices"][0]["message"]["content"])["iban"] == "[IBAN]"
    told = body["glassbox"]["schema"]
    assert told["valid"] is False and told["broken_at"] is None
    assert [(each["path"], each["rule"]) for each in told["problems"]] == [("iban", "const")]
    assert body["choices"][0]["finish_reason"] == "content_filter"


def test_no_line_break_hides_a_number_from_the_rules(room):
    """A string with an escape in it would read "\\n030 …": a number after a letter is not one."""
    grammar = grammar_of('{"type": "string"}', room.encoder)
    assert grammar.accepts('"Tel. 030 23125 025"')
    for escape in ("\\n", "\\t", "\\u0040", "\\/"):
        assert not grammar.accepts(f'"Tel.{escape}030 23125 025"')


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_what_does_not_fit_in_the_end_is_an_error_and_no_answer(room, monkeypatch, path, stream):
    broken = {"valid": False, "broken_at": None, "problems": []}
    monkeypatch.setattr("core.api.schemas.fit", lambda text, schema: broken)
    response = send(room, path, **AS_FORMAT, stream=stream)
    assert (response.status_code == 200) is stream
    assert "does not fit the schema" in response.text
    assert '"finish_reason": "stop"' not in response.text and "[DONE]" not in response.text


def test_what_fits_and_what_does_not_is_told():
    schema = json.dumps(PERSON)
    assert fit('{"name": "Mia", "age": 3}', schema)["valid"]
    assert fit('{"name": "Mia", "age": [KARTE]}', schema)["broken_at"] == 24
    assert fit('{"name": "Mia", "age": -1}', schema)["problems"][0]["path"] == "age"
