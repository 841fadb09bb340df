"""The form station: drawn before any click, every bad schema said in words, nothing lost."""

import json
from collections.abc import Iterator

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from core.errors import Busy
from core.postprocessing.form.formatting import read_json
from core.services import Services, use_services
from core.store import HOUSE, Store
from pages.kit.catalogue import words
from pages.kit.process import SHELL
from pages.postprocessing import drawing
from pages.postprocessing.form import answer_grid, fifty, schema
from pages.postprocessing.form.reading import problems_in_words, repairs_in_words
from pages.postprocessing.marking import detector
from tests.pages.writing_in_place import WriterInPlace, keep_chain, once_written, opened, shown


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Services]:
    store = Store.at(tmp_path_factory.mktemp("home"))
    own = Services(store, Services.of(store).engine, WriterInPlace())  # type: ignore[arg-type]
    own.store.benches.put(HOUSE, "a", keep_chain(own.store))
    with pytest.MonkeyPatch.context() as patch, use_services(own):
        patch.setattr(fifty, "N_DRAWS", 3)
        patch.setenv("GLASSBOX_HOME", str(tmp_path_factory.mktemp("key")))
        yield own
    own.store.close()


def open_form(asked: bool = True, **url: str) -> AppTest:
    """The page once the button is pressed and everything drawn in the background is written."""
    app = opened("form", **url)
    if asked and url.get("depth") != "watch":
        app.button(key="form_write").click().run()
    return once_written(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_constrained_answers_are_valid(home, lang):
    app = open_form(lang=lang)
    assert not app.exception
    t = words(lang)
    assert t("form.rate", n=3, all=3) in shown(app)
    assert t("form.valid_held") in shown(app)
    assert t("form.valid_free") in shown(app)


def test_what_a_program_makes_of_an_answer_is_shown_and_only_if_it_can_be_read(home):
    t, columns = words("en"), ["name", "street"]
    good = read_json('{"name": "Mia", "street": "<b>"}', schema.PERSON)
    line = answer_grid._filled(good, columns, {"name": "Mia", "street": "Rose Lane"}, t)
    assert "<td><small>street</small>&lt;b&gt;</td>" in line
    assert t("form.but_false") in line
    assert t("form.and_true") in answer_grid._filled(good, columns, dict(good.value), t)
    bad = answer_grid._filled(
        read_json('{"name": "Mia"', schema.PERSON, repair=False), columns, None, t
    )
    assert t("form.left_empty") in bad and "<table>" not in bad


def test_the_draw_shown_first_is_one_in_which_the_three_ways_differ(home, monkeypatch):
    monkeypatch.setattr(answer_grid.st, "session_state", {})
    good = read_json('{"name": "Mia", "street": "x"}', schema.PERSON)
    true = read_json('{"name": "Mia", "street": "y"}', schema.PERSON)
    bad = read_json("no", schema.PERSON)
    found = [
        ("free", [good, bad, bad]),
        ("mended", [good, good, good]),
        ("held", [good, good, true]),
    ]
    monkeypatch.setattr(answer_grid.state, "value", lambda name: answer_grid.st.session_state[name])
    assert answer_grid._picked(found, None) == 1
    answer_grid.st.session_state.clear()
    assert answer_grid._picked(found, {"name": "Mia", "street": "y"}) == 2


def test_the_fields_of_a_schema_are_its_columns():
    assert schema.fields_of(schema.HOURS) == ["place", "opens"]
    assert schema.fields_of('{"type": "integer"}') == schema.fields_of("[") == []


def test_watching_it_asks_nothing(home):
    app = open_form(depth="watch")
    assert not app.exception
    assert not app.radio and not app.text_area


def test_without_any_model_the_page_says_so(open_page):
    app = open_page("postprocessing/form/form.py", lang="en")
    assert not app.exception
    assert words("en")("form.none") in shown(app)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "error.empty_input"),
        ('{"type": }', "form.kept"),  # where it is wrong, the field itself says
        ('{"type": "integer", "minimum": 3, "maximum": 2}', "error.schema_impossible"),
        ('{"$ref": "http://127.0.0.1/x"}', "error.schema_unsupported"),
        ('{"type": "array", "minItems": 90}', "error.schema_needs_tokens"),
        ("[" * 99, "error.schema_too_large"),
    ],
)
def test_a_schema_that_cannot_be_used_is_said_and_kept(home, monkeypatch, typed, said):
    monkeypatch.setattr(schema, "schema_editor", lambda *_args, **_more: typed)
    app = open_form(asked=False, lang="en")
    assert not app.exception
    beginning = words("en")._texts[said].split("{")[0].split("“")[0]
    assert beginning in shown(app)
    assert app.session_state["_draft_form_own"] == typed


def test_drawing_goes_on_without_a_page_and_is_found_again(home):
    key, tokens = ("test", 1), ((5,), detector.SamplingSettings(max_tokens=4))
    model_id = home.store.benches.of(HOUSE, "text").lanes["a"]["checkpoint"]
    first = drawing.begin(home, HOUSE, model_id, None, key, lambda: [tokens] * 3)
    assert first.over.wait(60)
    assert first.is_whole and [len(text) for text in first.texts] == [4, 4, 4]
    again = drawing.begin(home, HOUSE, model_id, None, key, lambda: 1 / 0)
    assert again is first and drawing.find(key) is first


def test_a_drawing_waits_for_a_place_where_others_write(home, monkeypatch):
    real, n_refused = home.writer.write, iter(range(3))

    def full_at_first(*args, **about):
        if next(n_refused, None) is not None:
            raise Busy("full", n_waiting=100)
        return real(*args, **about)

    monkeypatch.setattr(home.writer, "write", full_at_first, raising=True)
    model_id = home.store.benches.of(HOUSE, "text").lanes["a"]["checkpoint"]
    wanted = [((5,), detector.SamplingSettings(max_tokens=4))] * 2
    drawn = drawing.begin(home, HOUSE, model_id, None, ("test", 3), lambda: wanted)
    assert drawn.over.wait(60)
    assert drawn.is_whole and drawn.error is None


def test_an_error_of_the_writer_is_told_and_ends_the_drawing(home):
    wanted = [((5,), detector.SamplingSettings(max_tokens=4))]
    failed = drawing.begin(home, HOUSE, "0" * 40, None, ("test", 2), lambda: wanted)
    assert failed.over.wait(60)
    assert failed.error is not None and failed.error.key == "not_found"


def test_every_repair_and_problem_has_a_sentence():
    t = words("en")
    broken = read_json("Sure: {'name': 7,", schema.PERSON)
    assert t("form.repaired", what=t("form.repair_around"), n=1) in repairs_in_words(broken, t)
    assert f"name: {t('form.problem_type', what='string')}" in problems_in_words(broken, t)
    assert t("form.no_json", n=1) in problems_in_words(read_json("Mia"), t)


def editors(app: AppTest) -> list[dict]:
    protos = [json.loads(each.proto.json or "{}") for each in app.get("bidi_component")]
    return [each for each in protos if "rows" in each]


def test_nothing_is_written_before_the_button_is_pressed(home):
    app = open_form(asked=False, lang="en", seed="77")
    assert app.button(key="form_write").label == words("en")("form.write", n=3)
    assert words("en")("form.boxes") in shown(app) and "<b>" not in shown(app)
    app.button(key="form_write").click().run()
    assert words("en")("form.boxes") not in shown(app) and "<b>" in shown(app)
    assert "form_write" not in [each.key for each in app.button]


def test_a_changed_starter_becomes_ones_own_and_no_other_results_are_shown(home, monkeypatch):
    real = schema.schema_editor
    typed = iter(['{"type": '])
    monkeypatch.setattr(schema, "schema_editor", lambda start, *_, **__: next(typed, start))
    app = open_form(lang="en")  # answers to the starter have been written
    assert app.session_state["form_schema"] == "own"
    assert words("en")("form.held") not in shown(app)  # none of them is shown with the draft
    assert words("en")("form.kept") in shown(app)
    monkeypatch.setattr(schema, "schema_editor", real)
    again = AppTest.from_file(str(SHELL), default_timeout=120)
    again.context = {"locale": "en-GB"}
    again.session_state["_owner"] = app.session_state["_owner"]
    again.query_params.update({"form_schema": "own", "form_draw": "2"})
    again.run()
    again.switch_page("../postprocessing/form/form.py").run()
    assert [each["text"] for each in editors(again)] == ['{"type": ']  # nothing was thrown away
    assert words("en")("form.held") not in shown(again)
    again.segmented_control(key="form_schema").set_value("person").run()
    assert [each["text"] for each in editors(again)] == [schema.PERSON]
    again.segmented_control(key="form_schema").set_value("own").run()
    assert [each["text"] for each in editors(again)] == ['{"type": ']


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_question_and_the_fields_belong_to_the_schema_chosen(home, lang):
    app, t = open_form(asked=False, lang=lang), words(lang)
    assert app.text_input(key="form_question").value == t("form.ask_person")
    assert "<code>name</code> <code>street</code>" in shown(app)
    app.segmented_control(key="form_schema").set_value("hours").run()
    assert app.text_input(key="form_question").value == t("form.ask_hours")
    assert "<code>place</code> <code>opens</code>" in shown(app)
    app.text_input(key="form_question").set_value("Who?").run()
    app.segmented_control(key="form_schema").set_value("person").run()
    assert app.text_input(key="form_question").value == "Who?"  # one's own stays


def test_a_client_that_sends_no_widget_states_loses_nothing(home):
    app = open_form(lang="en")
    app._run(WidgetStates())
    assert not app.exception
    assert words("en")("form.held") in shown(app)
