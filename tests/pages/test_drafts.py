"""Drafts: what was typed and not handed in is there again in a new session of the same person."""

import pytest

from core.data.world import PROMPTS
from core.store.retention import ARTIFACT_DAYS, BENCH_DAYS, DRAFT_DAYS
from pages.kit import surround
from pages.kit.catalogue import words

ANNA, BEN = "a" * 32, "b" * 32
STORY = "The baker sold his last loaf. " * 40


@pytest.fixture
def visit(open_page, monkeypatch):
    """Open a page in a new session, as a reload does, for one of two people."""

    def open_(file, owner=ANNA, **url):
        monkeypatch.setattr("pages.kit.state.owner", lambda: owner)
        app = open_page(file, **url)
        assert not app.exception
        return app

    return open_


FIELDS = [
    ("1_data.py", {"data_source": "text"}, "data_text"),
    ("alignment/tuning/tuning.py", {"fine_tune_what": "own"}, "fine_tune_own_text"),
    ("6_postprocessing.py", {"answer_source": "own"}, "own_answer"),
    ("postprocessing/safety/safety.py", {}, "tone_text"),
    ("postprocessing/marking/marking.py", {}, "marking_pasted"),
]


@pytest.mark.usefixtures("with_house")
@pytest.mark.parametrize(("file", "url", "key"), FIELDS, ids=[key for *_, key in FIELDS])
def test_a_draft_outlives_its_session_and_is_seen_by_its_owner_alone(visit, file, url, key):
    app = visit(file, **url)
    start = app.text_area(key=key).value
    app.text_area(key=key).set_value(f"<b>{STORY}</b>").run()
    assert not app.exception
    assert "baker" not in str(dict(app.query_params))
    assert visit(file, **url).text_area(key=key).value == f"<b>{STORY}</b>"
    assert visit(file, owner=BEN, **url).text_area(key=key).value == start


def test_a_draft_that_was_deleted_is_gone(visit):
    app = visit("1_data.py", data_source="text")
    app.text_area(key="data_text").set_value(STORY).run()
    app.text_area(key="data_text").set_value("").run()
    assert app.text_area(key="data_text").value == ""
    assert visit("1_data.py", data_source="text").text_area(key="data_text").value == ""


def test_a_draft_is_there_again_where_its_field_was_away(visit):
    app = visit("1_data.py", data_source="text")
    app.text_area(key="data_text").set_value(STORY).run()
    app.segmented_control(key="data_source").set_value("world").run()
    app.segmented_control(key="data_source").set_value("text").run()
    assert app.text_area(key="data_text").value == STORY


def test_a_text_that_nobody_has_touched_follows_the_language_and_a_typed_one_stays(visit):
    app = visit("postprocessing/safety/safety.py", lang="en")
    app.segmented_control(key="lang").set_value("de").run()
    assert app.text_area(key="tone_text").value == words("de")("safety.tone_start")
    app.text_area(key="tone_text").set_value("Ganz mein Text.").run()
    app.segmented_control(key="lang").set_value("en").run()
    assert app.text_area(key="tone_text").value == "Ganz mein Text."


def test_files_that_were_read_outlive_their_session_until_they_are_put_aside(visit):
    app = visit("1_data.py", data_source="files", lang="en")
    app.get("file_uploader")[0].set_value([("tale.txt", STORY.encode(), "text/plain")]).run()
    assert "data_files_forget" not in [button.key for button in app.button]  # the uploader's task
    again = visit("1_data.py", data_source="files", lang="en")
    assert "tale.txt" in shown(again) and "data_prepare" in [b.key for b in again.button]
    again.get("file_uploader")[0].set_value([("more.txt", STORY.encode(), "text/plain")]).run()
    assert "tale.txt" in shown(again) and "more.txt" in shown(again)
    again.button(key="data_files_forget").click().run()
    assert "tale.txt" not in shown(again) and "more.txt" in shown(again)
    last = visit("1_data.py", data_source="files", lang="en")
    assert "tale.txt" not in shown(last) and "more.txt" in shown(last)


def shown(app) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def test_the_menu_says_how_long_things_are_kept():
    assert (surround.ARTIFACT_DAYS, surround.BENCH_DAYS) == (ARTIFACT_DAYS, BENCH_DAYS)
    assert DRAFT_DAYS == ARTIFACT_DAYS  # one number is said for both


LONG = "Am Montag ging Frau Lindner " * 20


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_sentence_that_is_too_long_stays_in_its_field_and_is_told(open_page, lang):
    app, t = open_page("1_data.py", lang=lang), words(lang)
    app.text_input(key="sentence").set_value(LONG).run()
    assert not app.exception
    assert app.text_input(key="sentence").value == LONG
    said = " ".join(block.proto.body for block in app.get("html"))
    assert t("frame.too_long", n=len(LONG), most=160) in said
    assert app.run().text_input(key="sentence").value == LONG
    app.text_input(key="sentence").set_value("Guten Morgen").run()
    assert "160" not in " ".join(block.proto.body for block in app.get("html"))


@pytest.mark.parametrize("unseen", ["\u200b\u200b", "\u2060 \u00ad", "\u3164\u2800"])
def test_a_sentence_nobody_can_see_is_told_and_the_first_beginning_is_used(open_page, unseen):
    app, t = open_page("1_data.py", lang="en"), words("en")
    app.text_input(key="sentence").set_value(unseen).run()
    assert not app.exception
    said = " ".join(block.proto.body for block in app.get("html"))
    assert t("shell.sentence_unseen", start=PROMPTS["en"][0]) in said
    assert app.text_input(key="sentence").value == unseen  # nothing is lost


@pytest.mark.parametrize(
    ("file", "key", "most"),
    [
        ("postprocessing/safety/safety.py", "safety_text", 1000),
        ("postprocessing/safety/safety.py", "tone_text", 4000),
        ("postprocessing/safety/safety.py", "own_label_text", 300),
    ],
)
def test_a_longer_text_than_a_field_can_use_is_kept_and_told(open_page, file, key, most):
    app, text = open_page(file, lang="en"), "All is well. " * 400
    (field,) = [one for one in (*app.text_input, *app.text_area) if one.key == key]
    field.set_value(text).run()
    assert not app.exception
    said = " ".join(block.proto.body for block in app.get("html"))
    assert f"at most {most:,} fit" in said.replace("\u202f", ",") or f"at most {most} fit" in said
    (field,) = [one for one in (*app.text_input, *app.text_area) if one.key == key]
    assert field.value == text
