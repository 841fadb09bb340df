"""The station of fine-tuning for pictures: styles, one's own drawings, a run, its price."""

import base64
import json
import pickle

import numpy as np
import pytest

from core.alignment.pictures.tuning.adapter_files import adapter_file, read_adapter
from core.alignment.pictures.tuning.program import PictureTuningProgram
from core.alignment.pictures.tuning.settings import OWN, PictureTuningSettings
from core.api.pictures.models import painters_on_hand
from core.data.pictures import Item, beside, paint
from core.data.pictures.collecting.archive import from_bytes, to_bytes
from core.data.pictures.collecting.files import png_of
from core.house.pictures.curves import house_curves
from core.inference.pictures import DrawSettings
from core.lineage import content_id, recipe_id
from core.modality import PICTURES
from core.store import RunRecord
from pages.alignment.pictures import ground as grounds
from pages.alignment.pictures.showing import Seen
from pages.alignment.tuning.pictures import showing, teaching, trials
from pages.data.pictures.own import Desk
from pages.inference.pictures import drawer as drawers
from pages.kit import state
from pages.kit.catalogue import rich, words
from pages.kit.numbers import decimal
from pages.postprocessing.pictures import arriving

PAGE = "alignment/tuning/tuning.py"
PAGES = [paint(beside(Item("cat", "red"), Item("house", "blue"), night)) for night in (False, True)]


@pytest.fixture
def on(with_pictures):
    found = grounds.at_hand("anna", ("checkpoint",))
    assert found is not None
    return found


def open_tuning(open_page, **url):
    return open_page(PAGE, modality="pictures", **{"lang": "en", **url})


def shown(app):
    return " ".join(block.proto.body for block in app.get("html"))


def sent_to(app, name):
    """What the page sends to a component."""
    for element in app.get("bidi_component"):
        if element.proto.component_name == f"glassbox_{name}":
            return json.loads(element.proto.json)
    return None


def own_desk(kept):
    """As a reload finds it."""
    desk = Desk()
    for id, name, caption, png in kept:
        desk.files[id] = (name, base64.b64decode(png))
        desk.captions[name] = caption
    return desk


def with_own(app, *captions):
    """The visitor's own drawings lie on the desk of step 1, as after a reload."""
    kept = [
        [f"kept:{n}", f"drawing {n}", caption, base64.b64encode(png_of(PAGES[n % 2])).decode()]
        for n, caption in enumerate(captions)
    ]
    owner = app.session_state["_owner"]
    return owner, kept


@pytest.mark.parametrize("lang", ["de", "en"])
def test_without_a_model_that_draws_the_page_points_to_training(open_page, lang):
    app = open_tuning(open_page, lang=lang)
    assert not app.exception
    assert app.title[0].value == words(lang)("tuning_pictures.question")
    assert sent_to(app, "picture_wall") is None


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_style_is_shown_by_examples_before_any_click(with_pictures, open_page, lang):
    app = open_tuning(open_page, lang=lang)
    assert not app.exception
    t, wall = words(lang), sent_to(app, "picture_wall")
    assert len(wall["notes"]) == teaching.N_SHOWN
    word = {"de": "Sepia", "en": "sepia"}[lang]
    assert all(note["spoken"].endswith(f", {word}") for note in wall["notes"])
    assert rich(t("tuning_pictures.will_show")) in shown(app)
    assert "picture_tune_start" in {button.key for button in app.button}


def test_every_style_can_be_chosen_and_has_a_name(with_pictures, open_page):
    styles = state.SETTINGS["picture_tune_style"].choices
    walls = set()
    for style in styles:
        app = open_tuning(open_page, picture_tune_style=style)
        assert not app.exception
        walls.add(sent_to(app, "picture_wall")["pictures"])
    assert len(walls) == len(styles)
    for lang in ("de", "en"):
        assert set(teaching.style_names(words(lang))) == set(styles)


def test_who_only_watches_is_asked_nothing(with_pictures, open_page):
    app = open_tuning(open_page, depth="watch")
    assert not app.exception
    assert "picture_tune_start" not in {button.key for button in app.button}


def test_adapters_are_drawn_to_scale_and_all_weights_counted(with_pictures, open_page):
    low = shown(open_tuning(open_page, picture_tune_rank="2"))
    assert words("en")("tuning.n_adapters") in low
    whole = shown(open_tuning(open_page, picture_tune_way="all"))
    assert "that is 100%" in whole and words("en")("tuning.n_adapters") not in whole


def test_without_own_pictures_learning_cannot_start(with_pictures, open_page):
    for what in ("own", "draw"):
        app = open_tuning(open_page, picture_tune_what=what)
        assert not app.exception
        assert app.button(key="picture_tune_start").disabled
        assert "Nothing yet" in shown(app)


def drawn(open_page, *captions):
    """The page with own drawings on the desk."""
    app = open_tuning(open_page)
    owner, kept = with_own(app, *captions)
    app.session_state["_draft_own_pictures"] = kept
    app.session_state["_own_desk"] = own_desk(kept)
    app.session_state["picture_tune_what"] = "draw"
    return app.run(), owner


def test_own_drawings_bring_their_captions_and_new_words(with_pictures, open_page):
    app, _ = drawn(open_page, "a zottel on the left", "two zottels by night", "")
    assert not app.exception
    page = shown(app)
    assert "New to the model: zottels, zottel" in page or "zottel, zottels" in page
    assert "Pictures without a caption are left out: 1" in page
    assert not app.button(key="picture_tune_start").disabled
    assert len([field for field in app.text_input if field.key.startswith("own_caption_")]) == 3


def test_captions_of_known_words_are_said_to_overwrite(with_pictures, open_page):
    app, _ = drawn(open_page, "a red cat on the left")
    assert "knows all of these words already" in shown(app)


def test_a_caption_too_long_for_the_model_is_named_and_left_out(with_pictures, open_page):
    app, _ = drawn(open_page, "red " * 24)
    page = shown(app)
    assert "“drawing 0” has more than 20 words" in page
    assert app.button(key="picture_tune_start").disabled


def test_far_too_many_new_words_are_refused_in_a_sentence(with_pictures, open_page):
    made = iter(range(1000))
    captions = [" ".join(f"wort{next(made)}" for _ in range(6)) for _ in range(6)]
    app, _ = drawn(open_page, *captions)
    assert not app.exception
    assert "36 words that the model does not know" in shown(app)
    assert app.button(key="picture_tune_start").disabled


def test_a_start_asks_for_a_run_on_the_examples(with_pictures, open_page, monkeypatch):
    asked = []
    engine = with_pictures.engine
    monkeypatch.setattr(engine, "experiment", lambda *a, **k: asked.append(a) or [])
    app = open_tuning(open_page, seed="4", picture_tune_rank="2", picture_tune_style="mosaic",
                      picture_tune_book="False")  # fmt: skip
    app.button(key="picture_tune_start").click().run()
    assert not app.exception
    owner, (plan,) = asked[0]
    assert plan.program == "picture_tuning" and plan.lane == "a"
    settings = PictureTuningSettings.from_dict(plan.settings)
    assert (settings.subject, settings.rank, settings.seed) == ("mosaic", 2, 4)
    assert settings.n_plain == 0
    examples = from_bytes(with_pictures.store.artifacts.read(owner, plan.inputs["examples"]))
    assert len(examples.entries) == 64
    slots = with_pictures.store.benches.view(owner, PICTURES)["a"]
    assert slots["examples"].artifact.numbers["n_examples"] == 64


def test_a_start_on_own_drawings_hands_them_over(with_pictures, open_page, monkeypatch):
    asked = []
    engine = with_pictures.engine
    monkeypatch.setattr(engine, "experiment", lambda *a, **k: asked.append(a) or [])
    app, _ = drawn(open_page, "a zottel", "a zottel by night")
    app.button(key="picture_tune_start").click().run()
    assert not app.exception
    owner, (plan,) = asked[0]
    assert plan.settings["subject"] == OWN
    examples = from_bytes(with_pictures.store.artifacts.read(owner, plan.inputs["examples"]))
    assert {entry.caption for entry in examples.entries} == {"a zottel", "a zottel by night"}


def test_a_picture_of_another_size_is_brought_to_the_models():
    large = np.zeros((64, 64, 3), np.uint8)
    large[:, ::2] = 100
    assert (teaching.fitted(large, 32) == 50).all()
    assert teaching.fitted(PAGES[0], 64).shape == (64, 64, 3)
    assert (teaching.fitted(PAGES[0], 32) == PAGES[0]).all()


def look(step, n_kept, n_leaked=0):
    pictures = [
        {"png": base64.b64encode(png_of(PAGES[0])).decode(), "caption": "c", "lang": "en",
         "seed": k, "left_open": "word" if k < 8 else "", "kept": k < n_kept,
         "leaked": 8 <= k < 8 + n_leaked, "met": None if k < 8 else True}
        for k in range(16)
    ]  # fmt: skip
    return {"kind": "pictures", "step": step, "size": 32, "pictures": pictures}


def exam(step, learned, plain):
    row = {"kind": "exam", "step": step, "n_asked": 48, "n_plain": 48}
    for name, value in (("learned", learned), ("recognised", 0.5), ("plain", plain),
                        ("leaked", 0.1)):  # fmt: skip
        row |= {f"{name}_share": value, f"{name}_low": max(0.0, value - 0.1),
                f"{name}_high": min(1.0, value + 0.1)}  # fmt: skip
    return row


@pytest.fixture
def with_run(with_pictures, open_page):
    app = open_tuning(open_page)
    owner = app.session_state["_owner"]
    settings = PictureTuningSettings(n_steps=40).to_dict()
    record = RunRecord("run", owner, "picture_tuning", settings, lane="a", name="sepia")
    with_pictures.store.runs.start(record, {"model": b"m"})
    with_pictures.store.runs.update("run", status="running", step=40)
    steps = [{"kind": "step", "step": n, "loss": 1.0 / n, "learning_rate": 1e-3} for n in (1, 20)]
    rows = [look(0, 0), exam(0, 0.0, 0.98), *steps, look(40, 7, 1), exam(40, 0.9, 0.8)]
    with_pictures.store.runs.append("run", rows)
    return app


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_run_shows_the_same_sixteen_its_loss_and_its_exam(with_run, lang):
    with_run.session_state["lang"] = lang
    app = with_run.run()
    assert not app.exception
    walls = sent_to(app, "before_now")
    assert sum(one["kept"] for one in walls["now"]) == 7 and walls["step"] == 40
    assert walls["run"] == "run" and words(lang)("tuning_pictures.sepia") in walls["words"]["kept"]
    moved = sent_to(app, "moved_shares")
    assert [each["name"] for each in moved["shares"]] == [
        "learned_share", "recognised_share", "plain_share", "leaked_share"
    ]  # fmt: skip
    assert [row["plain_share"] for row in moved["exams"]] == [0.98, 0.8]
    assert sum("figure" in each.proto.component_name for each in app.get("bidi_component")) == 2
    assert {"picture_tune_pause", "picture_tune_stop"} <= {button.key for button in app.button}
    assert "picture_tune_start" not in {button.key for button in app.button}


@pytest.fixture
def tuned(with_pictures, on):
    """The file that a finished run on the example model leaves."""
    store = with_pictures.store
    inputs = {
        "model": store.artifacts.read("anna", on.model.id),
        "encoder": store.artifacts.read("anna", on.encoder.id),
        "examples": to_bytes(teaching.styled("sepia", 32, 7)),
    }
    asked = {"rank": 2, "n_steps": 3, "n_held_out": 1, "n_draw_steps": 1, "learning_rate": 0.05}
    program = PictureTuningProgram(inputs, asked)
    while not program.finished:
        program.advance()
    return program.result()


def test_a_finished_run_says_what_it_came_to_and_hands_its_adapter_over(
    with_run, with_pictures, on, tuned, monkeypatch
):
    store, owner = with_pictures.store, with_run.session_state["_owner"]
    made = store.artifacts.keep(owner, "tuned", tuned, parents=[on.model.id], modality=PICTURES)
    store.runs.update("run", status="finished", step=40, result=made.id, seconds=66.0)
    app = with_run.run()
    assert not app.exception
    page = shown(app).replace("\u202f", "")
    assert "appears in 90% of the pictures" in page and "98% were all right before, now 80%" in page
    assert sent_to(app, "before_now")["run"] is None
    monkeypatch.setattr(state, "owner", lambda: owner)
    data = showing.adapter_of(Seen(store.runs.get("run", owner), [], [], {}, 0))
    assert read_adapter(data).learned_on == content_id(b"m")  # the model of that run
    assert read_adapter(data).words == ("sepia",)
    assert "0% → 90%" in page and "98% → 80%" in page


def given(app, data, name="adapter.safetensors"):
    """Choose a file in the page's field."""
    (field,) = app.get("file_uploader")
    return field.set_value((name, data, "application/octet-stream")).run()


def pictures_of(services, owner, caption):
    (first, *_) = drawers.on_hand(services, owner)
    return first, drawers.drawn(first, [caption], [5], DrawSettings(4, guidance=1.5)).pictures


@pytest.mark.parametrize("lang", ["de", "en"])
def test_an_adapter_put_on_by_somebody_else_draws_what_the_run_drew(
    with_pictures, open_page, on, tuned, lang, monkeypatch
):
    store, caption = with_pictures.store, "a red cat by day, sepia"
    theirs = store.artifacts.keep("ben", "tuned", tuned, parents=[on.model.id, on.encoder.id])
    store.benches.put("ben", "a", theirs.id)
    home = adapter_file(tuned, on.model.id)

    app = given(open_tuning(open_page, lang=lang), home)
    assert not app.exception
    t, owner = words(lang), app.session_state["_owner"]
    found = t("tuning_pictures.put_on_found", what=t("tuning_pictures.sepia"), rank="2",
              words="sepia")  # fmt: skip
    assert found in shown(app)
    assert rich(t("tuning_pictures.put_on_other")) not in shown(app)
    assert "tuned" not in store.benches.view(owner, PICTURES)["a"]  # nothing before the click
    app.button(key="adapter_put_on").click().run()
    assert not app.exception and "adapter_put_on" not in {button.key for button in app.button}
    assert rich(t("tuning_pictures.put_on_lies", what=t("tuning_pictures.sepia"),
                  words="sepia")) in shown(app)  # fmt: skip

    kept = store.benches.view(owner, PICTURES)["a"]["tuned"].artifact
    assert kept.parents == (on.encoder.id, on.model.id)
    assert kept.recipe == recipe_id("tuned", kept.parents, kept.settings, None, PICTURES)
    assert kept.settings["adapter"] == content_id(home) and kept.numbers["n_words_learned"] == 1
    (run, drew), (again, draws) = (
        pictures_of(with_pictures, who, caption) for who in ("ben", owner)
    )
    assert (run.id, again.id) == (theirs.id, kept.id)
    assert np.abs(drew.astype(int) - draws.astype(int)).max() <= 2  # of 256 levels: half precision
    assert again.model.words_learned == ("sepia",) and again.model.guidance == 1.5
    assert painters_on_hand(store, owner)[kept.id].model.words_learned == ("sepia",)
    monkeypatch.setattr(state, "owner", lambda: owner)
    step_6 = arriving.hand()
    assert step_6.own and (step_6.id, step_6.words_learned) == (kept.id, ("sepia",))
    assert step_6.painter.usual.guidance == 1.5
    (finding,) = arriving.wish_of(caption, step_6.words_learned).findings
    assert (finding.kind, finding.rule) == ("not_shown", "learned_words")
    assert adapter_file(store.artifacts.read(owner, kept.id), on.model.id) == home


BAD = {
    "not_safetensors": b"no weights",
    "pickled_weights": pickle.dumps([1]),
    "too_large": b"\0" * 8_100_000,
}


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("key", BAD)
def test_a_file_that_is_no_adapter_is_refused_and_nothing_is_lost(
    with_pictures, open_page, key, lang
):
    app = given(open_tuning(open_page, lang=lang), BAD[key], "adapter.bin")
    assert not app.exception
    filled = {"size_mb": decimal(8.1, lang, 2), "limit_mb": "8"} if key == "too_large" else {}
    assert rich(words(lang)(f"error.{key}", **filled)) in shown(app)
    assert "adapter_put_on" not in {button.key for button in app.button}
    assert (
        "tuned" not in with_pictures.store.benches.view(app.session_state["_owner"], PICTURES)["a"]
    )


def test_an_adapter_of_another_model_may_be_put_on_but_this_is_said(
    with_pictures, open_page, tuned
):
    app = given(open_tuning(open_page), adapter_file(tuned, "elsewhere"))
    assert rich(words("en")("tuning_pictures.put_on_other")) in shown(app)
    assert not app.button(key="adapter_put_on").disabled


def test_while_a_run_goes_on_no_adapter_is_put_on(with_run, on, tuned):
    app = given(with_run.run(), adapter_file(tuned, on.model.id))
    assert app.button(key="adapter_put_on").disabled
    assert rich(words("en")("tuning_pictures.put_on_waits")) in shown(app)


def test_an_adapter_takes_the_place_of_a_runs_model_and_that_one_can_still_be_taken_home(
    with_run, with_pictures, on, tuned
):
    store, owner = with_pictures.store, with_run.session_state["_owner"]
    parents = [on.model.id, on.encoder.id]
    made = store.artifacts.keep(owner, "tuned", tuned, parents=parents)
    store.benches.put(owner, "a", made.id)
    store.runs.update("run", status="finished", step=40, result=made.id, seconds=66.0)
    app = given(with_run.run(), adapter_file(tuned, on.model.id))
    assert rich(words("en")("tuning_pictures.put_on_replaces")) in shown(app)
    app.button(key="adapter_put_on").click().run()
    assert not app.exception
    assert store.benches.view(owner, PICTURES)["a"]["tuned"].artifact.id != made.id
    assert store.artifacts.read(owner, made.id) == tuned
    assert len(app.get("download_button")) == 1


def test_outcomes_are_read_off_the_exams():
    good, bad = {"plain_share": 0.9}, {"plain_share": 0.2}
    assert trials.outcome_of_book(good, bad) == "spreads"
    assert trials.outcome_of_book(good, {"plain_share": 0.8}) == "same"
    assert trials.outcome_of_ways(bad, good) == "all"
    assert trials.outcome_of_ways(good, bad) == "low"
    assert trials.outcome_of_ways(good, good) == "same"


def test_every_rank_is_shown_with_what_it_learned_and_forgot(with_pictures, open_page):
    figure = sent_to(open_tuning(open_page), "figure")
    rows = house_curves().ranks[1:]
    assert figure["fig"]["data"][0]["customdata"][-1] == words("en")("tuning.all")
    assert list(figure["fig"]["data"][2]["y"]) == pytest.approx(
        [100 * row["plain_share"] for row in rows]
    )
