"""The invented town: the sentence about it, and the card with map, people and truths."""

import pytest

from core.data.world import WorldSettings, claims, draw_town, is_true, lexicon
from pages.kit import town, town_map
from pages.kit.catalogue import words

HERE = draw_town(WorldSettings(left_out_share=0.1))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_everybody_is_on_the_map_in_the_street_where_they_live(lang):
    drawn = town_map.streets(HERE, lang)
    names = [one.name for street in drawn for one in street.households]
    names += [child for street in drawn for one in street.households for child in one.children]
    assert sorted(names) == sorted(person.name for person in lexicon.people())
    n_places = sum(len(street.places) for street in drawn) + len(town_map.outdoors(lang))
    assert n_places == len(lexicon.places())


def test_a_house_of_which_no_text_tells_is_marked_on_the_map():
    marked = {
        one.name for street in town_map.streets(HERE, "de") for one in street.households
        if not one.is_told
    }  # fmt: skip
    adults = [person for person in lexicon.people() if not person.child]
    assert marked == {each.name for each in adults if (each.id, "home") in HERE.left_out} != set()
    markup = town_map.town_map(HERE, words("de"))
    assert markup.count(words("de")("town.dashed")) == len(marked)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_what_the_card_calls_true_is_true_and_untold_facts_are_told_by_no_text(lang):
    told, untold = town.statements(HERE, words(lang))
    assert len(told) == len(town.RELATIONS) and len(untold) == town.SHOWN_UNTOLD
    for sentence in told + untold:
        stated = claims(sentence, lang)
        assert stated and all(is_true(one, HERE) for one in stated)
    for sentence in untold:
        assert any((one.subject, one.relation) in HERE.left_out for one in claims(sentence, lang))


def test_the_card_opens_with_the_number_of_facts_of_the_example_models_town(open_page, with_house):
    app = open_page(lang="en")
    app.button(key="town_open").click().run()
    assert not app.exception
    here = town.example_town()
    shown = " ".join(block.proto.body for block in app.get("html"))
    assert f"{len(here.claims())} facts" in shown
    assert "gb-town-people" in shown and "gb-houses" in shown
