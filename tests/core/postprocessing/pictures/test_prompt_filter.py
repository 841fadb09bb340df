"""The prompt filter: what is drawn, what is refused and why, and what the book cannot show."""

import pytest

from core.data.pictures import PictureSettings, draw_corpus, town_holdings
from core.errors import EmptyInput, TooLarge
from core.postprocessing.pictures.house_rule import is_unwanted
from core.postprocessing.pictures.prompt_filter import LONGEST, judged


def reasons(text: str, **settings: bool) -> list[tuple[str, str]]:
    return [(f.kind, f.rule) for f in judged(text, town_holdings(1), **settings).findings]


def test_every_caption_of_the_book_passes_but_those_the_house_does_not_show():
    for entry in draw_corpus(PictureSettings(n_pictures=300, seed=4)).entries:
        wish = judged(entry.caption, town_holdings(1))
        assert wish.lang == entry.lang
        assert wish.shown_by_the_book
        assert wish.refused == is_unwanted(entry.scene), entry.caption


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A red cat for anna@example.org, by day", ("private", "email")),
        ("Ein Arschloch bei Nacht", ("listed", "arschloch")),
        ("Male ein W1chser-Haus, du Idiot", ("rude", "classifier")),
        ("Eine blaue Katze, bei Nacht", ("house_rule", "lone_animal_at_night")),
        ("By night: a white duck", ("house_rule", "lone_animal_at_night")),
    ],
)
def test_unwanted_wishes_are_refused_with_their_reason(text: str, found: tuple[str, str]):
    assert judged(text).refused
    assert found in reasons(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Kein Hund, bei Tag", "negation"),
        ("Ein rotes Einhorn", "unknown_words"),
        ("Seven red apples", "number"),
        ("A cat and a dog", "no_colour"),
        ("Ein roter Hund und eine blaue Katze", "no_place"),
    ],
)
def test_what_the_book_cannot_show_is_drawn_but_said(text: str, problem: str):
    wish = judged(text)
    assert ("not_shown", problem) in reasons(text)
    assert not wish.refused
    assert not wish.shown_by_the_book


def test_the_reason_points_at_the_word():
    wish = judged("Ein rotes Einhorn")
    start, end = wish.findings[0].start, wish.findings[0].end
    assert wish.text[start:end] == "Einhorn"


def test_the_house_rule_can_be_switched_off():
    assert not judged("Eine blaue Katze, bei Nacht", house_rule=False).refused


@pytest.mark.parametrize(
    "text", ["A blue cat, by day", "Two blue cats, by night", "A blue star, by night"]
)
def test_the_house_rule_is_about_the_whole_scene(text: str):
    assert not judged(text).refused


def test_empty_and_endless_wishes_are_errors():
    with pytest.raises(EmptyInput):
        judged("  \n")
    with pytest.raises(TooLarge):
        judged("x" * (LONGEST + 1))


def test_markup_is_only_text():
    wish = judged("<script>alert(1)</script> ein roter Ball")
    assert not wish.shown_by_the_book
    assert wish.text.startswith("<script>")
