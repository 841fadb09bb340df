"""The watermark's station: found with the key, lost by editing, and the record of origin."""

from collections.abc import Iterator

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from core.inference.sampling import SamplingSettings
from core.postprocessing.marking.marking import Detection
from core.services import Services, use_services
from core.store import HOUSE, Store
from pages.kit.catalogue import words
from pages.postprocessing import drawing
from pages.postprocessing.marking import detector
from pages.postprocessing.marking.alarms import replaced
from tests.pages.writing_in_place import WriterInPlace, keep_chain, once_written, opened, shown


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Services]:
    store = Store.at(tmp_path_factory.mktemp("home"))
    own = Services(store, Services.of(store).engine, WriterInPlace())  # type: ignore[arg-type]
    own.store.benches.put(HOUSE, "a", keep_chain(own.store))
    with pytest.MonkeyPatch.context() as patch, use_services(own):
        patch.setattr(detector, "N_TOKENS", 30)
        patch.setenv("GLASSBOX_HOME", str(tmp_path_factory.mktemp("key")))
        yield own
    own.store.close()


def open_marking(**url: str) -> AppTest:
    """The page once everything drawn in the background is written."""
    return once_written(opened("marking", **url))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_both_texts_are_examined_and_the_record_belongs_to_the_text(home, lang):
    app, t = open_marking(lang=lang), words(lang)
    assert not app.exception
    for key in ("unmarked", "marked", "intact", "green_with", "green_without"):
        assert t(f"marking.{key}") in shown(app)


def test_without_a_mark_both_texts_are_the_same(home):
    app = open_marking(lang="en", mark_strength="0")
    assert not app.exception
    shelf = {key: each for key, each in drawing._shelf.items() if len(key) == 4}
    written = {
        (key[2], key[3].watermark): each.texts
        for key, each in shelf.items()
        if isinstance(key[3], SamplingSettings)
    }
    zero = [(sentence, mark) for sentence, mark in written if mark and mark.strength == 0]
    assert zero
    assert all(written[sentence, mark] == written[sentence, None] for sentence, mark in zero)


def test_watching_it_asks_nothing(home):
    app = open_marking(depth="watch")
    assert not app.exception
    assert not app.radio and not app.text_area


def test_without_any_model_the_page_says_so(open_page):
    app = open_page("postprocessing/marking/marking.py", lang="en")
    assert not app.exception
    assert words("en")("marking.none") in shown(app)


def test_a_client_that_sends_no_widget_states_loses_nothing(home):
    app = open_marking(lang="en")
    app._run(WidgetStates())
    assert not app.exception
    assert words("en")("marking.intact") in shown(app)


def test_a_changed_letter_breaks_the_record_and_can_be_put_back(home):
    app = open_marking(lang="en")
    app.button(key="tamper").click().run()
    assert words("en")("marking.text_changed") in shown(app)
    app.button(key="restore").click().run()
    assert words("en")("marking.intact") in shown(app)


def test_a_pasted_text_is_examined_and_shown_as_text(home):
    app = open_marking(lang="en")
    app.text_area(key="marking_pasted").set_value("<script>alert(1)</script> " * 3).run()
    assert not app.exception
    assert "<script" not in shown(app)
    assert words("en")("marking.too_short") in shown(app)


def test_a_prediction_about_an_edited_text_is_measured(home):
    app = open_marking(lang="en")
    radio = next(r for r in app.radio if "marking_edit" in r.key)
    radio.set_value("lost").run()
    app.button(key=radio.key.replace("guess_", "reveal_")).click().run()
    assert not app.exception
    assert words("en")("marking.edit_quarter") in shown(app)


def test_one_word_in_five_is_replaced():
    text = replaced([f"w{i}" for i in range(10)], 5, ["x"], seed=1)
    assert text == "w0 w1 w2 w3 x w5 w6 w7 w8 x"


def test_tiny_chances_are_written_as_powers_of_ten():
    t = words("en")
    assert detector.chance(0.5, t) == "0.50"
    assert detector.chance(2.4e-7, t) == "2 · 10⁻⁷"
    assert detector.chance(0.0, t) == "< 10⁻³⁰⁰"


def test_a_found_mark_is_told_with_its_numbers():
    found = Detection(tuple(range(50)), (True,) * 50, 0.25)
    assert words("en")("marking.found") in detector.found_in_words(found, words("en"))


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.2, "20 of 100"), (0.004, "1 of 100 "), (3e-8, "1 of 1,000,000 "), (0.0, "1 of 1,000,000 ")],
)
def test_chance_is_said_in_plain_words_and_never_as_smaller_than_it_is(p, said):
    assert said in detector.luck(p, words("en"))
