"""Streaming: what was shown is never taken back, and nothing private appears on the way."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.languages import LANGS
from core.postprocessing.holding import HoldBack, open_from
from core.postprocessing.privacy.patterns import KINDS, MAX_SPAN, rules
from core.postprocessing.privacy.private import places
from core.postprocessing.privacy.private_examples import examples, read_examples
from core.postprocessing.stages import Context, StageSetting, run_stages

ABOUT = Context("de")
PRIVATE = [each.text for lang in LANGS for each in examples(lang) if each.private]
FILE = Path(__file__).with_name("privacy") / "private_forms.toml"
FORMS = [each.text for each in read_examples(FILE, "de")]
HARMLESS = [each.text for lang in LANGS for each in examples(lang) if not each.private]
SECRET = [
    "AWS: AKIAIOSFODNN7EXAMPLE is it.",
    'password = "hunter22x" und so weiter',
    "Das Passwort lautet Sonne!2024x, bitte merken.",
    "https://user:geheim99@example.org/x geht",
    "Das Passwort für das WLAN ist Sommer2024!, sagt sie.",
    'Das Passwort ist "geheim" und bleibt es.',
    "curl -H 'Authorization: Basic bWlhOmdlaGVpbTk5' -u mia:geheim99 https://example.org",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\nabc=\n-----END RSA PRIVATE KEY-----\nEnde.",
    "don't say 'no' to a secret.",
]


def line(action):
    private = StageSetting("private", True, dict.fromkeys(KINDS, action))
    return [private, StageSetting("secrets")]


def follow(text, stages, cuts):
    """Push a text in pieces; after each, what was released must be a prefix of the final text."""
    whole = run_stages(text, stages, ABOUT).text
    hold = HoldBack(stages, ABOUT)
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        hold.push(text[start:end])
        assert whole.startswith(hold.released), (text[:end], hold.released)
    hold.finish()
    assert hold.released == whole


@pytest.mark.parametrize("text", [*PRIVATE[::9], *FORMS[::6], *SECRET])
def test_character_by_character_nothing_is_taken_back(text):
    follow(f"Also: {text} Und weiter.", line("mask"), list(range(1, len(text) + 18)))


@pytest.mark.parametrize("action", ["mask", "pseudonymise", "remove"])
@settings(max_examples=25, deadline=None)
@given(
    texts=st.lists(st.sampled_from([*PRIVATE, *HARMLESS, *FORMS, *SECRET]), min_size=1, max_size=3),
    between=st.sampled_from([" ", "\n", ", "]),
    draw=st.data(),
)
def test_cut_anywhere_the_stream_comes_to_the_same(action, texts, between, draw):
    text = between.join(texts)
    cuts = draw.draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    follow(text, line(action), cuts)


@pytest.mark.parametrize("text", [*PRIVATE[::7], *FORMS[::8]])
def test_every_prefix_hides_every_character_of_a_span_that_is_about_to_be_masked(text):
    spans = places(text)
    hold = HoldBack(line("mask"), ABOUT)
    for end in range(1, len(text) + 1):
        hold.push(text[end - 1])
        begun = [start for start, stop, *_ in spans if start < end < stop]
        if begun:  # the text ends inside a span: no character of it was released
            unmasked = run_stages(text[: begun[0]], line("mask"), ABOUT).text
            assert len(hold.released) <= len(unmasked)


def test_what_no_rule_waits_for_leaves_with_its_word():
    hold = HoldBack(line("mask"), ABOUT)
    assert hold.push("heute regnet es ") == "heute regnet "  # "es at …" may become an address


def test_a_stage_that_needs_the_whole_text_holds_all_of_it():
    hold = HoldBack([StageSetting("words")], ABOUT)
    assert hold.push("Guten Tag. ") == ""
    assert hold.finish() == "Guten Tag. "


def test_lines_long_past_are_forgotten():
    text = "Schreiben Sie an mia@example.org.\n" * 200
    hold = HoldBack(line("mask"), ABOUT)
    for start in range(0, len(text), 97):
        hold.push(text[start : start + 97])
    hold.finish()
    assert hold.released == run_stages(text, line("mask"), ABOUT).text
    assert all(len(held.text) < len(text) / 2 for held in hold._line)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
@pytest.mark.parametrize("unit", ["a", "1 ", "Aa ", "+49 1"])
def test_no_text_is_held_longer_than_a_match_can_be(rule, unit):
    text = unit * 600
    assert len(text) - open_from(rule, text) <= MAX_SPAN + 16
