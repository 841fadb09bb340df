"""The page of fine-tuning: on the house's model at once, with a run, and with bad pairs."""

import json
import math
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.alignment.comparing import Rate
from core.alignment.text.examples import Example
from core.data.text.bpe import Encoder
from core.house import examined
from core.services import Services
from pages.alignment import one_question, per_letter, questions
from pages.alignment.tuning import lesson, teaching, trials
from pages.kit import models
from pages.kit.catalogue import rich, words
from pages.kit.numbers import share

PAGE = "alignment/tuning/tuning.py"
FILLED: dict[str, dict[str, str]] = {
    "tuning.own_missing": {},
    "error.no_answer": {"line": "1"},
    "error.too_few_pairs": {"needed": "2"},
}
LOCALES = {"de": "de-DE", "en": "en-GB"}


def shown(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def components(app: AppTest) -> dict[str, Any]:
    """What the page sends to its components, by name."""
    return {
        element.proto.component_name.removeprefix("glassbox_"): json.loads(
            element.proto.json or "{}"
        )
        for element in app.get("bidi_component")
    }


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_works_on_the_house_model_before_any_click(with_house, open_page, lang):
    app = open_page(PAGE, locale=LOCALES[lang])
    assert not app.exception
    t = words(lang)
    page = shown(app)
    for key in ("question", "answer", "mask_note", "adapter", "forgot"):
        assert rich(t(f"tuning.{key}")) in app.title[0].value + page, key
    strip = components(app)["tokens"]
    counted = [value is not None for value in strip["values"]]
    assert not counted[0] and counted[-1]  # the question is read, the answer counts
    assert "fine_tune_start" in {button.key for button in app.button}
    assert components(app)["answers"]["rows"]


def test_choosing_adapters_draws_them_to_scale_and_counts_them(with_house, open_page):
    app = open_page(PAGE, fine_tune_way="low", fine_tune_rank="2")
    assert not app.exception
    page = shown(app)
    assert all(f'<i class="{name}"' in page for name in "wba")
    assert words("en")("tuning.n_adapters") in page


def test_counting_the_question_counts_every_token_but_none_before_it(with_house, open_page):
    app = open_page(PAGE, fine_tune_questions="True", depth="dig")
    assert all(value is not None for value in components(app)["tokens"]["values"])


@pytest.mark.parametrize("counts_question", ["False", "True"])
def test_the_loss_on_the_example_is_the_same_with_numpy(with_house, open_page, counts_question):
    app = open_page(PAGE, fine_tune_questions=counts_question, depth="dig")
    app.button(key="recheck_example_loss").click().run()
    assert not app.exception
    page = shown(app)
    assert words("en")("frame.recheck_same") in page
    strip = components(app)["tokens"]
    spans = zip(strip["spans"], strip["values"], strict=True)
    counted = [value is not None for span, value in spans for _ in span["ids"]]
    n_counted = sum(counted[1:])  # nothing stands before the first that could foresee it
    assert f"<td>{words('en')('tuning.n_counted')}</td><td>{n_counted}</td>" in page


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ("", "tuning.own_missing"),
        ("Wo?\nWann?", "error.no_answer"),
        ("Wo?\tHier.", "error.too_few_pairs"),
    ],
)
def test_pairs_that_cannot_be_used_are_said_and_nothing_can_be_started(
    with_house, open_page, lang, pairs, said
):
    app = open_page(PAGE, locale=LOCALES[lang], fine_tune_what="own")
    app.text_area(key=teaching.OWN_TEXT).set_value(pairs).run()
    assert not app.exception
    assert words(lang)(said, **FILLED[said]) in shown(app)
    start = next(button for button in app.button if button.key == "fine_tune_start")
    assert start.disabled


def test_markup_in_own_pairs_is_shown_as_letters(with_house, open_page):
    app = open_page(PAGE, fine_tune_what="own")
    hostile = "<script>alert(1)</script>\t<b>x</b>\nWho?\tNobody."
    app.text_area(key=teaching.OWN_TEXT).set_value(hostile).run()
    assert not app.exception
    assert "<script>" not in shown(app)
    strip = components(app)["tokens"]
    assert "<script>alert(1)</script>" in "".join(span["text"] for span in strip["spans"])


def test_lines_without_an_answer_are_named_and_the_rest_can_be_taught(with_house, open_page):
    app = open_page(PAGE, fine_tune_what="own")
    app.text_area(key=teaching.OWN_TEXT).set_value("Who?\tMe.\nWhy?\t\nWhen?\tNow.").run()
    assert words("en")("tuning.own_skipped", n="1", lines="2") in shown(app)
    assert not next(b for b in app.button if b.key == "fine_tune_start").disabled


def test_a_click_begins_a_run_and_lays_the_examples_on_the_bench(with_house: Services, open_page):
    app = open_page(PAGE, fine_tune_what="style", fine_tune_style="terse", fine_tune_steps="50")
    next(button for button in app.button if button.key == "fine_tune_start").click().run()
    assert not app.exception
    owner = app.session_state["_owner"]
    (run,) = with_house.store.runs.of_owner(owner)
    assert run.program == "fine_tuning"
    assert (run.settings["subject"], run.settings["n_steps"]) == ("terse", 50)
    assert set(run.inputs) == {"model", "encoder", "examples", "dataset"}
    assert "examples" in with_house.store.benches.of(owner, "text").lanes["a"]
    assert {"fine_tune_pause", "fine_tune_stop"} <= {button.key for button in app.button}
    again = open_page(PAGE)  # another visitor sees nothing of it
    assert "fine_tune_start" in {button.key for button in again.button}


def test_without_any_model_the_page_says_so(services, open_page):
    app = open_page(PAGE)
    assert not app.exception
    assert words("en")("tuning.none") in shown(app)


def test_watching_shows_the_example_and_asks_nothing(with_house, open_page):
    app = open_page(PAGE, depth="watch")
    assert not app.exception
    assert "tokens" in components(app)
    assert "fine_tune_start" not in {button.key for button in app.button}


def test_outcomes_follow_what_was_measured():
    assert trials.outcome_of_forgetting(0.20, 0.05) == "all"
    assert trials.outcome_of_forgetting(0.05, 0.20) == "low"
    assert trials.outcome_of_forgetting(0.100, 0.101) == "same"
    assert trials.outcome_of_mask(1.0, 1.2) == "worse"
    assert trials.outcome_of_mask(1.0, 0.8) == "better"
    assert trials.outcome_of_mask(1.0, 1.01) == "same"


def test_the_first_example_is_a_good_one_where_there_is_one():
    made = [
        Example(f"Who {n}?", answer, "en", manner)
        for n, (answer, manner) in enumerate(
            [("So what. Tom.", "curt"), ("Gladly. Tom.", "polite"), ("Tom.", "plain")]
        )
    ]
    assert lesson.example_now(made, words("en")).manner == "polite"
    assert lesson.example_now(made[:1], words("en")).manner == "curt"  # none better
    assert lesson.example_now(made[::2], words("en")).manner == "plain"


@pytest.mark.parametrize("lang", ["de", "en"])
def test_ones_own_question_is_asked_first_and_what_is_none_is_named(with_house, open_page, lang):
    app = open_page(PAGE, lang=lang, sentence="Wer ist <i>Tom</i>?")
    rows = components(app)["answers"]["rows"]
    assert rows[0]["question"] == "Wer ist <i>Tom</i>?"
    assert "<i>Tom" not in shown(app)
    other = open_page(PAGE, lang=lang, sentence="Tom lief")
    assert "Tom lief" not in [row["question"] for row in components(other)["answers"]["rows"]]
    assert words(lang)("alignment.no_question", sentence="Tom lief") in shown(other)


def test_the_loss_of_an_example_lies_within_the_scale_of_its_colours(with_house, open_page):
    strip = components(open_page(PAGE))["tokens"]
    values = [value for value in strip["values"] if value is not None]
    assert max(values) <= strip["top"]
    assert not strip["unit"]  # a unit is for those who dig
    assert components(open_page(PAGE, depth="dig"))["tokens"]["unit"] == "bits"


def test_without_digging_surprise_has_no_unit_and_no_number(with_house, open_page):
    assert components(open_page(PAGE))["tokens"]["ends"] is not None
    assert components(open_page(PAGE, depth="dig"))["tokens"]["ends"] is None


def test_a_loss_per_token_becomes_bits_per_letter_of_the_tokens_that_count():
    encoder = Encoder([])  # every byte is a token
    mark = encoder.end_id
    a = encoder.encode("a")[0]
    rows = [([a, a, a, mark], [True, False, True, True])]  # "a" and the mark count, one letter
    assert per_letter.n_letters(encoder, rows) == 1
    assert per_letter.bits_per_letter(encoder, rows) == pytest.approx(2 / math.log(2))


def test_both_models_answer_as_on_the_overview_and_each_answer_has_its_verdict(
    with_house, open_page
):
    rows = components(open_page(PAGE))["answers"]["rows"]
    t = words("en")
    by_kind = {one.kind: one for one in models.on_hand(with_house, "a" * 32)}
    for row in rows:
        seed = questions.seed_now(t)
        base = one_question.drawn(by_kind["checkpoint"], row["question"], seed).strip()
        assert " ".join(base.split()).startswith(row["before"].removesuffix(" …"))
        said = one_question.drawn(by_kind["tuned"], row["question"], seed).strip()
        assert row["now"] == said
        assert isinstance(row["verdict"][0], bool) and row["verdict"][1]


def test_the_page_says_how_often_the_example_model_is_right(with_house, open_page):
    true = Rate(**examined()["rates"]["tuned"]["truthful"])
    assert f"Overall, {share(true.share, 'en')} of the answers" in shown(open_page(PAGE))
