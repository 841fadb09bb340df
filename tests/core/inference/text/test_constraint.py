"""Texts constrained to a schema fit it, whatever the model would rather say."""

import json
from datetime import date, datetime, time
from math import isfinite
from random import Random
from uuid import UUID

import jsonschema
import pytest
import torch

from core.architecture.config import ModelConfig
from core.data.text.bpe import FIRST_BYTE, train_bpe
from core.errors import (
    EmptyInput,
    SchemaError,
    SchemaImpossible,
    SchemaNeedsTokens,
    SchemaNotJson,
    SchemaOverlaps,
    SchemaTooLarge,
    SchemaUnsupported,
)
from core.inference.batching import ContinuousBatch
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.inference.text.constraint import Constraint, Grammar
from core.inference.text.schema import MAX_CHARACTERS

ENCODER = train_bpe(['{"name": "Mia", "street": "Rosenweg"} Öl für Jürgen'] * 3, 290)
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
HOURS = {
    "type": "object",
    "properties": {
        "place": {"enum": ["Bäckerei", "Schule"]},
        "days": {"type": "array", "items": {"enum": ["Mo", "Di"]}, "minItems": 1},
        "opens": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
    },
    "required": ["place", "days", "opens"],
    "additionalProperties": False,
}
REFERRING = {
    "$defs": {"day": {"enum": ["Mo", "Di"]}},
    "type": "object",
    "properties": {"from": {"$ref": "#/$defs/day"}, "to": {"$ref": "#/$defs/day"}},
    "required": ["from"],
}
SCHEMAS = {
    "person": PERSON,
    "hours": HOURS,
    "referring": REFERRING,
    "anything": {},
    "awkward": {"type": "string", "pattern": "^(ab)*c$"},
    "nested": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
}
BOMB = {
    "$defs": {
        **{f"a{i}": {"type": "array", "prefixItems": [{"$ref": f"#/$defs/a{i + 1}"}] * 2}
           for i in range(30)},
        "a30": {"type": "string"},
    },
    "$ref": "#/$defs/a0",
}  # fmt: skip


def drawn_at_random(schema, max_tokens, seed):
    """A text from a model that knows nothing: every allowed token is equally likely."""
    constraint, chance = Constraint(Grammar(json.dumps(schema), ENCODER), max_tokens), Random(seed)
    tokens = []
    while not tokens or tokens[-1] != ENCODER.end_id:
        open_ = constraint.allowed(ENCODER.n_vocab).nonzero()[:, 0].tolist()
        tokens.append(constraint.take(chance.choice(open_)))
    return tokens


@pytest.mark.parametrize("name", SCHEMAS)
def test_texts_fit_their_schema_and_end_in_time(name):
    schema = SCHEMAS[name]
    shortest = len(Grammar(json.dumps(schema), ENCODER).shortest)
    for seed in range(12):
        max_tokens = shortest + 3 * seed  # from no spare room to plenty
        tokens = drawn_at_random(schema, max_tokens, seed)
        assert len(tokens) <= max_tokens
        jsonschema.validate(json.loads(ENCODER.decode(tokens)), schema)


def test_before_anything_is_written_only_the_beginning_is_allowed():
    constraint = Constraint(Grammar(json.dumps(PERSON), ENCODER), 60)
    open_ = [
        ENCODER.token_bytes(i) for i in constraint.allowed(ENCODER.n_vocab).nonzero()[:, 0].tolist()
    ]
    assert open_ and all(b'{"name": "'.startswith(each) for each in open_)


def test_the_end_is_allowed_exactly_where_the_json_is_complete():
    constraint = Constraint(Grammar('{"const": 7}', ENCODER), 10)
    assert not constraint.allowed(ENCODER.n_vocab)[ENCODER.end_id]
    constraint.take(FIRST_BYTE + ord("7"))
    assert constraint.allowed(ENCODER.n_vocab).nonzero().tolist() == [[ENCODER.end_id]]


def test_with_no_room_left_the_way_out_is_taken_instead_of_what_was_drawn():
    constraint = Constraint(Grammar('{"type": "string"}', ENCODER), 4)
    wanted = f'"{"x" * 9}'
    taken = [constraint.take(FIRST_BYTE + ord(sign)) for sign in wanted[:4]]
    assert ENCODER.decode(taken) == '"x"'
    assert taken[-1] == ENCODER.end_id


def written_as_far_as_it_may(wanted, max_tokens, stop=()):
    """What becomes of a text that is generated character by character."""
    constraint = Constraint(Grammar('{"type": "string"}', ENCODER), max_tokens, stop)
    taken = []
    for sign in wanted.encode():
        taken.append(constraint.take(FIRST_BYTE + sign))
        if taken[-1] == ENCODER.end_id:
            break
    return ENCODER.decode(taken), constraint


@pytest.mark.parametrize(
    ("stop", "text"),
    [
        ((), '"hello'),
        (("lo",), '"hell"'),
        (("zz", "e"), '"h"'),
        (("\n",), '"hello'),
        (('"',), '""'),
    ],
)
def test_where_a_stop_text_would_appear_the_json_is_closed(stop, text):
    written, constraint = written_as_far_as_it_may('"hello', 30, stop)
    assert written == text
    assert not constraint.hurried


def test_a_text_closed_for_lack_of_room_says_so():
    assert written_as_far_as_it_may('"hello"', 30)[1].hurried is False
    assert written_as_far_as_it_may('"hello', 4)[1].hurried is True


@pytest.mark.parametrize(
    ("schema", "error"),
    [
        ("", EmptyInput),
        ('{"type": "object",}', SchemaNotJson),
        ('{"a": NaN}', SchemaUnsupported),
        ("[1, 2]", SchemaUnsupported),
        ("[" * 100_000, SchemaTooLarge),
        ('{"a":' * 30 + "1" + "}" * 30, SchemaTooLarge),
        (json.dumps({"enum": ["x" * MAX_CHARACTERS]}), SchemaTooLarge),
        (json.dumps(BOMB), SchemaTooLarge),
        ('{"$ref": "#"}', SchemaUnsupported),
        ('{"$ref": "http://127.0.0.1:1/secret.json"}', SchemaUnsupported),
        ('{"$ref": "file:///etc/passwd"}', SchemaUnsupported),
        ('{"$ref": "#/$defs/nowhere"}', SchemaImpossible),
        ('{"type": "integer", "minimum": 5, "maximum": 3}', SchemaImpossible),
        ('{"allOf": [{"type": "string"}, {"type": "integer"}]}', SchemaImpossible),
        ('{"enum": []}', SchemaImpossible),
        ('{"type": "array", "minItems": 1000000}', SchemaUnsupported),
        ('{"type": "string", "pattern": "(?=a)b"}', SchemaUnsupported),
        ('{"oneOf": [{"type": "integer"}, {"type": "number"}]}', SchemaOverlaps),
        ('{"not": {"type": "string"}}', SchemaUnsupported),
        ('{"type": 5}', SchemaUnsupported),
        ('{"x-guidance": {"lenient": true}, "not": {}}', SchemaUnsupported),
    ],
)  # fmt: skip
def test_a_schema_that_cannot_be_used_is_refused_with_an_explanation(schema, error):
    with pytest.raises(error):
        Grammar(schema, ENCODER)


@pytest.mark.parametrize("seed", range(6))
def test_a_drawn_digit_stands_before_another_field(seed):
    schema = {**PERSON, "properties": {"age": {"type": "integer"}, "name": {"type": "string"}}}
    constraint = Constraint(Grammar(json.dumps(schema), ENCODER), 60)
    digit = str(1 + Random(seed).randrange(9))
    wanted = f'{{"age": {digit}, "name": "Mia"}}'
    tokens = [constraint.take(FIRST_BYTE + byte) for byte in wanted.encode()]
    assert ENCODER.decode(tokens) == wanted
    assert not constraint.hurried


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("date", date.fromisoformat),
        ("date-time", datetime.fromisoformat),
        ("time", time.fromisoformat),
        ("uuid", UUID),
        ("email", lambda text: text.index("@")),
        ("uri", lambda text: text.index("://")),
    ],
)
def test_what_has_a_format_can_be_read_by_a_program(form, read):
    for seed in range(8):
        read(
            json.loads(
                ENCODER.decode(drawn_at_random({"format": form, "type": "string"}, 90, seed))
            )
        )


@pytest.mark.parametrize("text", ["a\nb", "a\tb\r", "a\x01b", 'a"b', "a\\b", "ü\u2028"])
def test_escapes_are_written_where_the_schema_demands_them(text):
    for schema in ({"const": text}, {"enum": [text]}, {"const": {text: [text]}}):
        written = ENCODER.decode(drawn_at_random(schema, 60, 1))
        assert json.loads(written) in (text, {text: [text]})


def test_no_number_is_infinite_to_whoever_reads_it():
    for seed in range(60):
        text = ENCODER.decode(drawn_at_random({"type": "number"}, 40, seed))
        assert isfinite(float(text))


def test_a_pattern_with_many_ways_is_closed_all_the_same():
    schema = {"type": "string", "pattern": "^(a|aa|aaa|b)+(.*x.*y.*){30}z$"}
    grammar = Grammar(json.dumps(schema), ENCODER)
    for seed in range(3):  # Python's own reader of patterns would take for ever
        assert grammar.accepts(ENCODER.decode(drawn_at_random(schema, 120, seed)))


def test_a_mistake_in_the_json_is_located():
    with pytest.raises(SchemaNotJson) as caught:
        Grammar('{\n  "type" "object"\n}', ENCODER)
    assert caught.value.values == {"line": 2, "column": 10}


def test_a_pattern_that_would_run_forever_elsewhere_is_harmless():
    grammar = Grammar('{"type": "string", "pattern": "^(a+)+$"}', ENCODER)
    assert grammar.accepts(f'"{"a" * 200}"')
    assert not grammar.accepts(f'"{"a" * 200}b"')  # backtracking would take 2^200 steps


def test_too_few_tokens_for_any_answer_are_refused_with_the_number_needed():
    grammar = Grammar(json.dumps(PERSON), ENCODER)
    with pytest.raises(SchemaNeedsTokens) as caught:
        Constraint(grammar, len(grammar.shortest) - 1)
    assert caught.value.values["needed"] == len(grammar.shortest)


# With a model


def small_model(model_of):
    sizes = {"n_context": 64, "n_layers": 1, "n_heads": 2, "n_kv_heads": 2}
    return model_of(ModelConfig(n_vocab=ENCODER.n_vocab, n_channels=16, n_hidden=32, **sizes))


@pytest.mark.parametrize("temperature", [0.0, 1.0, 3.0])
def test_a_model_that_knows_no_json_writes_valid_json(model_of, temperature):
    model = small_model(model_of)
    settings = SamplingSettings(
        temperature=temperature, top_k=20, max_tokens=60, constraint=json.dumps(HOURS)
    )
    drawn = list(generate(model, [5, 6], settings, ENCODER.end_id, ENCODER))
    jsonschema.validate(json.loads(ENCODER.decode(one.token for one in drawn)), HOURS)
    assert all(float(one.probs[one.token]) > 0 for one in drawn)


def test_a_constrained_text_changes_nothing_for_those_beside_it(model_of):
    model = small_model(model_of)
    free = SamplingSettings(seed=3, max_tokens=25)
    held = SamplingSettings(seed=4, max_tokens=60, constraint=json.dumps(PERSON))
    batch = ContinuousBatch(model, n_rows=2)
    tickets = {
        batch.join([7], free, ENCODER.end_id, ENCODER): free,
        batch.join([8], held, ENCODER.end_id, ENCODER): held,
    }
    written = {ticket: [] for ticket in tickets}
    while batch.n_active:
        for step in batch.step():
            written[step.ticket].append(step.drawn.token)
    for ticket, start in zip(tickets, ([7], [8]), strict=True):
        alone = generate(model, start, tickets[ticket], ENCODER.end_id, ENCODER)
        assert written[ticket] == [one.token for one in alone]


def test_the_last_step_of_a_text_that_had_to_be_closed_says_so(model_of):
    room = len(Grammar(json.dumps(PERSON), ENCODER).shortest)
    endings = {}
    for name, schema, max_tokens in (("closed", PERSON, room), ("end", {"const": 7}, 30)):
        batch = ContinuousBatch(small_model(model_of), n_rows=1)
        held = SamplingSettings(seed=4, max_tokens=max_tokens, constraint=json.dumps(schema))
        batch.join([8], held, ENCODER.end_id, ENCODER)
        while batch.n_active:
            (step,) = batch.step()
        endings[name] = step.ending
    assert endings == {"closed": "closed", "end": "end"}


def test_the_scores_given_back_are_the_models_own(model_of):
    model = small_model(model_of)
    settings = SamplingSettings(max_tokens=60, constraint=json.dumps(PERSON))
    held = next(generate(model, [5], settings, ENCODER.end_id, ENCODER))
    free = next(generate(model, [5], SamplingSettings(), ENCODER.end_id))
    torch.testing.assert_close(held.logits, free.logits)


def test_a_schema_without_room_or_encoder_is_refused_before_anything_is_written(model_of):
    batch = ContinuousBatch(small_model(model_of), n_rows=1)
    settings = SamplingSettings(max_tokens=3, constraint=json.dumps(PERSON))
    with pytest.raises(SchemaError):
        batch.join([5], settings, ENCODER.end_id, ENCODER)
    with pytest.raises(ValueError, match="encoder"):
        batch.join([5], settings, ENCODER.end_id)
    assert batch.n_active == 0
