"""Stories in which something is lost: only their first sentence says what it was."""

import pytest

from core.data.world import WorldSettings, accepts, draw_town
from core.data.world.losing import losing_story, named, thing_in, things

TOWN = draw_town(WorldSettings(seed=1))


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("seed", range(6))
def test_only_the_first_sentence_names_the_thing(lang, seed):
    thing = things()[seed % len(things())]
    story = losing_story(TOWN, lang, seed, thing, at_least=300)
    assert thing_in(story.first, lang) == thing
    assert all(thing_in(sentence, lang) is None for sentence in story.between)
    assert thing_in(story.cue, lang) is None
    assert sum(map(len, story.between)) >= 300
    assert all(accepts(sentence, lang) for sentence in (story.first, *story.between))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_last_sentence_is_the_towns_own_once_the_thing_is_named(lang):
    story = losing_story(TOWN, lang, 3, "watch")
    end = {"de": "die Uhr!", "en": "the watch!"}[lang]
    assert accepts(f"{story.cue} {end}", lang)


def test_equal_seeds_begin_alike_at_any_length():
    short, long = (losing_story(TOWN, "en", 5, "key", at_least=n) for n in (0, 200))
    assert short.first == long.first and not short.between
    assert long.text.startswith(long.first) and long.text.endswith(long.cue)


def test_the_first_thing_that_is_named_counts():
    assert thing_in("Es war der Ring, nicht die Uhr.", "de") == "ring"
    assert thing_in("Ringe", "de") is None
    assert {named(thing, "en") for thing in things()} == {"key", "ring", "watch", "purse", "glove"}
