"""Answers get a form; repairs are named, and what cannot be repaired is reported."""

import json
import string
from random import Random

import pytest

from core.errors import SchemaUnsupported, SettingError
from core.postprocessing.form.formatting import FormatStage, loose_ends, markup, read_json
from core.postprocessing.stages import Context, StageSetting, replaced, run_stages

PERSON = json.dumps(
    {
        "type": "object",
        "properties": {"name": {"type": "string"}, "street": {"type": "string", "minLength": 2}},
        "required": ["name", "street"],
        "additionalProperties": False,
    }
)
CONTEXT = Context("de")


@pytest.mark.parametrize(
    ("broken", "value", "rules"),
    [
        ('{"a": 1}', {"a": 1}, []),
        ('Gern. Hier: {"a": 1}', {"a": 1}, ["around"]),
        ('```json\n{"a": 1}\n```', {"a": 1}, ["around", "around"]),
        ("{'a': 'it\"s'}", {"a": 'it"s'}, ["quote"] * 5),
        ("{„Ort“: „Rosenweg“}", {"Ort": "Rosenweg"}, ["quote"] * 4),
        ("{a: Mia}", {"a": "Mia"}, ["bare", "bare"]),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}, ["comma_missing"]),
        ('{"a": [1, 2,],}', {"a": [1, 2]}, ["comma_extra", "comma_extra"]),
        ('{"a": True, "b": None}', {"a": True, "b": None}, ["word", "word"]),
        ('{"a": "x\ny"}', {"a": "x\ny"}, ["control"]),
        ('{"a": "Mia", "b": "Ros', {"a": "Mia", "b": "Ros"}, ["closed", "closed"]),
        ('{"a": "Mia", "b', {"a": "Mia"}, ["cut"]),
        ('{"a": "Mia", "b":', {"a": "Mia"}, ["cut"]),
        ('[[1, 2', [[1, 2]], ["closed", "closed"]),
    ],
)  # fmt: skip
def test_broken_json_is_repaired_and_every_repair_is_named(broken, value, rules):
    read = read_json(broken)
    assert read.is_valid and read.value == value
    assert [repair.rule for repair in read.repairs] == rules
    assert json.loads(read.text) == value


@pytest.mark.parametrize("text", ["", "Mia wohnt im Rosenweg.", '{"a" 1}', '{"a": [1, 2}', "{]"])
def test_what_cannot_be_repaired_is_left_as_it_is_and_located(text):
    read = read_json(text)
    assert not read.is_valid
    assert read.text == text
    assert 0 <= read.broken_at <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"key": ["samsung 32" display"]}',
        '{"size": "32" display"}',
        '["a 5" nail", "b"]',
        '{"name": "Mia "the cat" Sommer"}',
        '["one""two"]',
        '{"a": "he said "yes" to it", "b": 1}',
        "[Mia Sommer]",
    ],
)
def test_what_may_be_one_string_in_pieces_is_refused(text):
    read = read_json(text)
    assert not read.is_valid and read.text == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('["Mia" "Leo"]', ["Mia", "Leo"]),
        ('["Mia"\n"Leo"]', ["Mia", "Leo"]),
        ("[1 2]", [1, 2]),
        ('{"a": "x" "b": "y"}', {"a": "x", "b": "y"}),
        ("{a: Mia\nb: Leo}", {"a": "Mia", "b": "Leo"}),
    ],
)
def test_a_missing_comma_is_added_where_the_items_are_certain(text, value):
    assert read_json(text).value == value


@pytest.mark.parametrize("text", ["[" * 50_000, '{"a":' * 5_000, '"' * 999, "NaN", "9" * 9999])
def test_monstrous_texts_are_answered_too(text):
    assert not read_json(text).is_valid


def test_mended_text_is_valid_or_the_text_is_untouched():
    """Valid JSON with one character removed, changed or inserted, or cut off anywhere."""
    whole, chance = '{"name": "Mia", "age": [7, 8.5, true], "x": {"y": null}}', Random(3)
    for _ in range(400):
        place = chance.randrange(len(whole))
        sign = chance.choice(["", chance.choice(string.printable)])
        broken = chance.choice(
            [whole[:place] + sign + whole[place + 1 :], whole[:place] + sign + whole[place:]]
        )[: chance.choice([len(whole) + 1, place + 1])]
        read = read_json(broken)
        if read.is_valid:
            assert json.loads(read.text) == read.value
        else:
            assert read.text == broken


def test_without_repair_only_json_is_json():
    assert read_json('{"a": 1}', repair=False).is_valid
    assert read_json('{"a": 1,}', repair=False).broken_at == 8


def test_what_does_not_fit_the_schema_is_reported_with_path_and_rule():
    read = read_json('{"name": 7, "age": 1}', PERSON)
    told = {(problem.path, problem.rule, problem.named) for problem in read.problems}
    assert told == {
        ("name", "type", "string"),
        ("", "required", "street"),
        ("", "additionalProperties", ""),
    }
    assert read_json('{"name": "Mia", "street": "Rosenweg"}', PERSON).is_valid


def test_a_pattern_that_backtracks_forever_elsewhere_is_checked_against_a_long_text():
    schema = '{"type": "string", "pattern": "^(a+)+$"}'
    assert read_json(json.dumps("a" * 5000), schema).is_valid
    assert not read_json(json.dumps("a" * 5000 + "b"), schema).is_valid


@pytest.mark.parametrize("schema", ['{"type": 5}', '{"patternProperties": {"(a+)+$": {}}}'])
def test_a_schema_beyond_what_we_do_is_refused(schema):
    with pytest.raises(SchemaUnsupported):
        read_json('{"a": 1}', schema)


# Plain text and Markdown


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("# Titel\nText", "Titel\nText"),
        ("Das ist **sehr** wichtig.", "Das ist sehr wichtig."),
        ("*leise* und _leise_", "leise und leise"),
        ("- eins\n- zwei", "– eins\n– zwei"),
        ("[Mühle](https://example.org/a)", "Mühle (https://example.org/a)"),
        ("`x = 1`", "x = 1"),
        ("```python\nx = 1\n```\n", "x = 1\n"),
        ("> Zitat", "Zitat"),
        ("3 * 4 * 5 = 60, snake_case_name, 2*3", "3 * 4 * 5 = 60, snake_case_name, 2*3"),
        ("Preis: 5 # 6", "Preis: 5 # 6"),
    ],
)
def test_markdown_is_taken_off_and_everything_else_stays(marked, plain):
    assert replaced(marked, markup(marked)) == plain
    assert FormatStage({}).apply(marked, CONTEXT).text == plain


@pytest.mark.parametrize(
    ("loose", "formed"),
    [
        ("#Titel", "# Titel"),
        ("```\nx", "```\nx\n```"),
        ("Das ist **wichtig.", "Das ist wichtig."),
        ("Das ist **wichtig**.", "Das ist **wichtig**."),
    ],
)
def test_loose_ends_of_markdown_are_tied(loose, formed):
    assert replaced(loose, loose_ends(loose)) == formed
    assert loose_ends(formed) == []


# The stage


def test_the_stage_says_what_it_repaired_and_what_does_not_fit():
    line = [StageSetting("format", settings={"form": "json", "schema": PERSON})]
    answer = run_stages("Gern: {'name': 'Mia'}", line, CONTEXT)
    ((_, step),) = answer.steps
    assert answer.text == '{"name": "Mia"}'
    assert replaced("Gern: {'name': 'Mia'}", step.findings) == answer.text
    assert step.notes["valid"] is False
    assert step.notes["problems"][0]["named"] == "street"


def test_an_answer_that_must_be_valid_is_held_back_when_it_is_not():
    settings = {"form": "json", "schema": PERSON, "action": "hold"}
    line = [StageSetting("format", settings=settings)]
    assert run_stages("Mia?", line, CONTEXT).held_back
    assert not run_stages('{"name": "Mia", "street": "Rosenweg"}', line, CONTEXT).held_back


@pytest.mark.parametrize("wrong", [{"form": "xml"}, {"action": "eat"}, {"schema": 5}, {"x": 1}])
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(SettingError):
        FormatStage(wrong)
