"""The training page for pictures: the example model's way, a visitor's own run, its beginning."""

import base64
import json

import pytest

from core.data.pictures import PictureSettings, captions, draw_corpus
from core.data.pictures.collecting.archive import from_bytes, order_bytes
from core.data.pictures.collecting.files import png_of
from core.house.pictures.recipe import LIVE
from core.store import RunRecord
from pages.kit.catalogue import words
from pages.training.pictures import trials
from pages.training.pictures.ground import ground

PAGE = "3_training.py"
BOOK = draw_corpus(PictureSettings(n_pictures=16, seed=5))


def sent_to(app, name):
    """What the page sends to a component."""
    for element in app.get("bidi_component"):
        if element.proto.component_name == f"glassbox_{name}":
            return json.loads(element.proto.json)
    return None


def look(step, n_right):
    """A row of sixteen pictures of which so many are right."""
    pictures = [
        {
            "png": base64.b64encode(png_of(picture)).decode(),
            "caption": entry.caption,
            "whole": k < n_right,
            "reason": "",
            **dict.fromkeys(("things", "colours"), 1.0),
            **dict.fromkeys(("sides", "number", "sky"), True),
        }
        for k, (picture, entry) in enumerate(zip(BOOK.pictures, BOOK.entries, strict=True))
    ]
    return {"kind": "pictures", "step": step, "size": 32, "pictures": pictures}


def exam(step, share):
    parts = ("things", "colours", "sides", "sky", "whole")
    shares = {f"{part}_share": share for part in parts}
    return {"kind": "evaluation", "step": step, "n_judged": 32, **shares,
            "n_unseen": 32, "unseen_share": share / 2}  # fmt: skip


@pytest.fixture
def with_run(services, open_page):
    """A page whose visitor has a run under way that has looked twice."""
    app = open_page(PAGE, lang="en", modality="pictures")
    owner = app.session_state["_owner"]
    settings = LIVE.training.changed(n_steps=600).to_dict()
    record = RunRecord("run", owner, "denoising", settings, lane="a", name="run of 600 steps")
    services.store.runs.start(record, {"corpus": order_bytes(LIVE.book)})
    services.store.runs.update("run", status="running", step=200)
    step = {"kind": "step", "step": 200, "n_steps": 600, "seconds": 20.0, "loss": 0.07,
            "learning_rate": 0.02, "gradient_norm": 0.1, "pictures_per_s": 310.0}  # fmt: skip
    rows = [look(2, 0), look(100, 3), exam(100, 0.25), look(200, 9), exam(200, 0.5), step]
    services.store.runs.append("run", rows)
    return app


@pytest.mark.parametrize("lang", ["de", "en"])
def test_before_a_run_the_page_invites_to_start(open_page, lang):
    app = open_page(PAGE, lang=lang, modality="pictures")
    assert not app.exception
    assert app.title[0].value == words(lang)("training_pictures.question")
    assert "train_start" in {button.key for button in app.button}
    assert "caption" not in {field.key for field in app.text_input}  # always the same sixteen


def test_a_run_shows_its_looks_its_skills_and_its_speed(with_run):
    app = with_run.run()
    assert not app.exception
    pictures = sent_to(app, "learning_pictures")
    assert [each["step"] for each in pictures["looks"]] == [2, 100, 200]
    assert sum(one["whole"] for one in pictures["looks"][-1]["pictures"]) == 9
    assert pictures["run"] == "run" and pictures["after"] > 0
    skills = {each["name"]: each["points"] for each in sent_to(app, "skills")["skills"]}
    assert skills["whole_share"] == [[100, 0.25], [200, 0.5]]
    assert skills["unseen_share"] == [[100, 0.125], [200, 0.25]]
    assert skills["numbers_share"] == []  # nothing of that was asked for
    numbers = sent_to(app, "run_numbers")
    assert numbers["speed"] == "pictures_per_s" and numbers["runs"][0]["speeds"] == [310.0]
    assert "train_pause" in {button.key for button in app.button}


def test_of_many_looks_only_some_are_sent_the_first_and_the_last_among_them(with_run, services):
    services.store.runs.append("run", [look(step, 12) for step in range(210, 410, 10)])
    steps = [each["step"] for each in sent_to(with_run.run(), "learning_pictures")["looks"]]
    assert len(steps) == 9 and (steps[0], steps[-1]) == (2, 400)


def test_a_finished_run_is_not_followed(with_run, services):
    services.store.runs.update("run", status="finished", step=600)
    app = with_run.run()
    assert sent_to(app, "learning_pictures")["run"] is None
    assert "train_start" in {button.key for button in app.button}


def test_the_small_book_is_there_for_everybody_and_fits_its_words_and_its_plan(services):
    on = ground("anna", "small")
    store = services.store
    corpus = from_bytes(store.artifacts.read("anna", on.corpus.id))
    assert corpus.settings == LIVE.book
    config = json.loads(store.artifacts.read("anna", on.design.id))
    assert config["n_words"] == on.encoder.numbers["n_words"] and config["size"] == 32
    assert ground("anna", "small") == on  # made only once
    assert {artifact.modality for artifact in (on.corpus, on.encoder, on.design)} == {"pictures"}


def test_a_start_asks_the_engine_for_what_the_controls_say(open_page, services, monkeypatch):
    asked = []
    monkeypatch.setattr(services.engine, "experiment", lambda *a, **k: asked.append((a, k)) or [])
    app = open_page(PAGE, lang="en", modality="pictures", picture_steps="600", seed="4")
    app.button(key="train_start").click().run()
    assert not app.exception
    ((owner, (plan,)), _) = asked[0]
    assert plan.program == "denoising" and plan.lane == "a"
    assert plan.settings["n_steps"] == 600 and plan.settings["seed"] == 4
    assert services.store.artifacts.get(owner, plan.inputs["corpus"]).kind == "corpus"


def test_new_wishes_are_on_none_of_the_fifty_pages():
    pages = draw_corpus(trials.BOOK)
    known = {entry.scene.unowned() for entry in pages.entries}
    asked = trials.new_wishes(pages)
    assert len(asked) == trials.N_ASKED
    assert not known & {wish.scene.unowned() for wish in asked}
    assert {wish.lang for wish in asked} == {"de", "en"}


@pytest.mark.parametrize(
    ("n_new", "n_copies", "expected"),
    [(20, 24, "draws"), (3, 13, "copies"), (2, 0, "neither"), (0, 11, "neither"), (12, 0, "draws")],
)
def test_the_outcome_of_fifty_pages_is_what_was_counted(n_new, n_copies, expected):
    assert trials.outcome(n_new, n_copies) == expected


def test_the_starters_are_captions_that_the_book_can_show():
    from core.data.pictures import understand
    from core.data.pictures.wording.starters import STARTERS

    scenes = {
        lang: [understand(caption, lang=lang).scene for caption in found]
        for lang, found in STARTERS.items()
    }
    assert scenes["de"] == scenes["en"] and None not in scenes["de"]
    assert captions("de").words  # the vocabulary they are written in
