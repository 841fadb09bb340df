"""Inflection, compared with forms written down by hand."""

import pytest

from core.data.world.phrases import phrases


def forms(lang, name, **wanted):
    """The phrases for a slot whose bindings include the wanted ones."""
    return {
        " ".join(words)
        for words, bindings in phrases(lang, name)
        if wanted.items() <= dict(bindings).items()
    }


@pytest.mark.parametrize(
    ("name", "noun", "expected"),
    [
        ("X:belonging nom a", "hat", {"ein Hut"}),
        ("X:belonging acc a", "hat", {"einen Hut"}),
        ("X:belonging dat the", "bag", {"der Tasche"}),
        ("X:belonging acc his=A", "bicycle", {"sein Fahrrad", "ihr Fahrrad"}),
        ("X:belonging dat his=A", "hat", {"seinem Hut", "ihrem Hut"}),
        ("F:food acc bare", "apple", {"Äpfel"}),
        ("F:food acc bare", "bread", {"Brot"}),
        ("F:food dat bare", "apple", {"Äpfeln"}),
        ("F:food acc thes", "cheese", {"den Käse"}),
    ],
)
def test_german_nouns_take_case_gender_and_number(name, noun, expected):
    assert forms("de", name, **{name[0]: noun}) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("X acc a C", {"einen roten Hut"}),
        ("X nom a C", {"ein roter Hut"}),
        ("X nom the C", {"der rote Hut"}),
        ("X dat the C", {"dem roten Hut"}),
        ("X nom none C", {"roter Hut"}),
    ],
)
def test_german_adjectives_follow_the_word_before_them(name, expected):
    assert forms("de", name, X="hat", C="red") == expected


def test_english_distinguishes_an_from_a_and_his_from_her():
    assert forms("en", "X a", X="umbrella") == {"an umbrella"}
    assert forms("en", "X a C", X="umbrella", C="red") == {"a red umbrella"}
    assert forms("en", "X his=A", X="hat", **{"A.g": "f"}) == {"her hat"}
    assert forms("en", "F:food bare", F="cherry") == {"cherries"}


def test_people_have_cases_in_german_and_none_in_english():
    assert forms("de", "A", A="mr_fink") == {"Herr Fink"}
    assert forms("de", "A dat", A="mr_fink") == {"Herrn Fink"}
    assert forms("de", "A gen", A="mia") == {"Mias"}
    assert forms("en", "A gen", A="mr_fink") == {"Mr Fink’s"}


def test_jobs_have_a_gender_in_german():
    assert forms("de", "J A", J="doctor", **{"A.g": "f"}) == {"Ärztin"}
    assert forms("en", "J a", J="engineer") == {"an engineer"}
