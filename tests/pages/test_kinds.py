"""Four kinds of data in one frame: live examples of those that are here, labels on the others."""

from unittest.mock import patch

import pytest

from core.data.pictures import Item, Scene, paint
from core.house.pictures.recipe import PICTURES
from core.modality import MODALITIES, PLANNED
from core.services import services
from pages.kinds import frame, overview, pictures
from pages.kinds import text as text_kind
from pages.kit.catalogue import words
from pages.kit.numbers import whole

PAGE = "kinds/kinds.py"


def shown(app) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_kind_answers_every_question_and_planned_ones_are_labelled(
    open_page, with_house, lang
):
    app, t = open_page(PAGE, lang=lang), words(lang)
    assert not app.exception
    page = shown(app)
    assert page.count("<tr>") == 1 + len(frame.QUESTIONS)
    assert page.count("class='gb-planned'") == len(PLANNED) * len(frame.QUESTIONS)
    assert page.count(str(t("kinds.not_here"))) == len(PLANNED)
    lane = services().store.benches.view("", "text")["a"]  # as the ribbon counts it
    assert whole(lane["corpus"].artifact.numbers["n_kept"], lang) in page
    assert whole(lane["checkpoint"].artifact.numbers["step"], lang) in page
    assert whole(PICTURES.book.n_pictures, lang) in page
    for name in ("gb-patches", "gb-tokens", "gb-three"):
        assert f'class="{name}' in page


def test_all_places_of_the_table_hold_code_that_can_be_shown():
    for kind in MODALITIES.values():
        assert all(callable(each) for each in frame.code_of(kind))


def test_patches_show_the_page_of_the_visitors_caption(open_page, with_house):
    page = paint(Scene((Item("apple", "red"),)), 32)
    said = pictures._patches(page, "a red apple", words("en"))
    assert said.count("<i ") == 64 and "48" in said


def test_a_caption_that_is_not_understood_has_no_loss_and_no_verdict(open_page, with_house):
    app, t = open_page(PAGE, lang="en", caption="a dragon"), words("en")
    assert not app.exception
    assert str(t("kinds.pictures_no_page")) in shown(app).replace("&#x27;", "'")
    assert 'class="gb-three"' not in shown(app)


def test_a_failure_is_what_the_reader_saw_and_where_it_was_found():
    t, told = words("en"), []
    dog = paint(Scene((Item("dog", "blue"),)), 32)
    apple = paint(Scene((Item("apple", "red"),)), 32)
    with (
        patch.object(pictures, "_denied", side_effect=[apple, apple, dog]),
        patch.object(pictures.state, "seed", lambda: 7),
    ):
        found = pictures.failure(t, told.append)
    assert str(t("kinds.found_in", n="3")) in found and len(told) == 2


def test_where_no_failure_is_found_that_is_said():
    t = words("de")
    apple = paint(Scene((Item("apple", "red"),)), 32)
    with (
        patch.object(pictures, "_denied", lambda caption, seed: apple),
        patch.object(pictures.state, "seed", lambda: 7),
    ):
        found = pictures.failure(t, lambda share: None)
    assert str(t("kinds.none_found", n=str(pictures.MOST_DRAWS))) in found


def test_what_was_found_stands_in_its_cell_until_something_else_travels(open_page, with_house):
    app = open_page(PAGE, lang="en")
    column = {"failure": frame.Live("it fails")}
    with (
        patch.object(overview, "asked", lambda t: ("en", "a", "b", 7)),
        patch.object(overview.st, "session_state",
                     {"_kinds_failures": {("text", "en", "a", "b", 7): "<p>there</p>"}}),
    ):  # fmt: skip
        t = words("en")
        assert overview.with_failure("text", column, t)["failure"].markup == "<p>there</p>"
        assert overview.with_failure("pictures", column, t)["failure"].markup == ""
    assert "kinds_look" in {button.key for button in app.button}


def test_what_a_visitor_types_is_never_markup(open_page, with_house):
    app = open_page(PAGE, lang="en", sentence="<b>bold</b> <img src=x>", caption="<i>red</i>")
    assert not app.exception
    assert "<img src=x>" not in shown(app) and "<i>red</i>" not in shown(app)


def test_without_an_example_model_the_sentences_stand_alone():
    t = words("en")
    with patch.object(text_kind, "example", lambda: None):
        assert all(not live.markup for live in text_kind.examples(t).values())
