"""Identity: what the bytes are, and how they were made."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lineage import ID_LENGTH, KINDS, STEP_OF, content_id, downstream_of, recipe_id
from core.pipeline import STEPS


def test_the_id_of_bytes_is_the_beginning_of_their_sha256():
    # The published test vector of FIPS 180-4 for "abc".
    assert content_id(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a3"
    assert content_id(b"") == hashlib.sha256(b"").hexdigest()[:ID_LENGTH]


def test_the_order_of_settings_does_not_change_a_recipe():
    first = recipe_id("dataset", ["p"], {"a": 1, "b": {"x": 2, "y": 3}}, 7, "text")
    assert first == recipe_id("dataset", ["p"], {"b": {"y": 3, "x": 2}, "a": 1}, 7, "text")


def test_everything_that_changes_the_result_changes_the_recipe():
    recipes = {
        recipe_id("dataset", ["p", "q"], {"a": 1}, 7, "text"),
        recipe_id("corpus", ["p", "q"], {"a": 1}, 7, "text"),
        recipe_id("dataset", ["q", "p"], {"a": 1}, 7, "text"),
        recipe_id("dataset", ["p", "q"], {"a": 2}, 7, "text"),
        recipe_id("dataset", ["p", "q"], {"a": 1}, 8, "text"),
        recipe_id("dataset", ["p", "q"], {"a": 1}, None, "text"),
        recipe_id("dataset", ["p", "q"], {"a": 1}, 7, "pictures"),
    }
    assert len(recipes) == 7


def test_a_new_code_version_makes_new_recipes(monkeypatch):
    before = recipe_id("corpus", [], {}, 1, "text")
    monkeypatch.setattr("core.lineage.CODE_VERSION", "next")
    assert recipe_id("corpus", [], {}, 1, "text") != before


def test_settings_without_one_json_form_are_refused():
    with pytest.raises(ValueError):
        recipe_id("corpus", [], {"share": float("nan")}, 1, "text")
    with pytest.raises(TypeError):
        recipe_id("corpus", [], {"share": object()}, 1, "text")


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.none()))
def test_any_settings_have_a_recipe_that_does_not_change(settings):
    again = dict(reversed(list(settings.items())))
    assert recipe_id("corpus", [], settings, 0, "text") == recipe_id("corpus", [], again, 0, "text")


def test_the_kinds_follow_the_six_steps_in_order():
    places = [STEPS.index(STEP_OF[kind]) for kind in KINDS]
    assert places == sorted(places)
    assert downstream_of("design") == KINDS[KINDS.index("checkpoint") :]
    assert downstream_of("answer") == ()
