"""Home: the slider over the shipped models, the six steps, the pair, the tour."""

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from core.data.world import PROMPTS, WorldSettings
from core.errors import WritingFailed
from core.house import chain as house_chain
from core.pipeline import STEPS
from core.training.text.verdicts import judge
from pages.home import both, life, next_words, shipped, writing
from pages.home.hero import SHOWN_CHARACTERS, readable
from pages.home.verdict import verdict_shown
from pages.kit import tour
from pages.kit.catalogue import words
from pages.kit.process import SHELL

ANNA = "a" * 32
T = words("en")


def shown(app) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_home_shows_the_steps_the_pair_and_a_number_to_check(open_page, with_house, lang, depth):
    app = open_page(lang=lang, depth=depth)
    t = words(lang)
    assert not app.exception
    for key in ("home.way", "home.life", "home.check"):
        assert t(key) in shown(app)
    labels = [button.label for button in app.button]
    assert t("home.build") in labels and t("home.watch") in labels
    assert (t("home.run") in labels) == (depth != "watch")


def test_without_shipped_models_home_says_so_and_still_shows_the_way_on(open_page):
    app = open_page(lang="en")
    assert "python -m core house" in shown(app)
    assert words("en")("home.build") in [button.label for button in app.button]


def test_a_starter_shows_what_was_written_when_the_models_were_made(with_house):
    checkpoints = house_chain.checkpoints_over_time()
    seed = house_chain.made()["sample_seed"]
    texts = shipped.written_then(checkpoints, PROMPTS["de"][0], seed)
    assert texts == [each.continuations["de"][PROMPTS["de"][0]] for each in checkpoints]
    assert shipped.written_then(checkpoints, PROMPTS["de"][0], seed + 1) is None
    assert shipped.written_then(checkpoints, "Das hat noch niemand gefragt", seed) is None


def test_a_sentence_is_written_on_by_every_checkpoint_once_for_all_who_ask(with_house):
    checkpoints = house_chain.checkpoints_over_time()
    try:
        begun = writing.broadcast(checkpoints, "Es war einmal", 3)
        while not begun.done:
            time.sleep(0.02)
            assert writing.broadcast(checkpoints, "Es war einmal", 3) is begun
        assert begun.error is None
        assert len(begun.texts()) == len(checkpoints)
        assert all(1 <= len(known) <= writing.N_TOKENS for known in begun.tokens)
    finally:
        with_house.writer.close()


def test_what_could_not_be_written_is_tried_again_later(monkeypatch):
    lost = WritingFailed("gone", reason="gone")

    class Box:
        ending = None

        def take(self, timeout_s):
            raise lost

    begun = writing.Broadcast([Box()], end_id=0, tokens=[[]])
    begun.collect()
    assert begun.error is lost and begun.done


def test_hostile_sentences_are_shown_as_text(open_page, with_house):
    app = open_page(lang="en", sentence="<img src=x onerror=alert(1)>")
    assert not app.exception
    assert "<img" not in shown(app)


def test_a_long_or_invisible_continuation_becomes_readable():
    assert readable(" and\n then\x00 ") == " and then·"
    assert readable("ab") == "ab"
    long = readable("word " * 100)
    assert long.endswith("word …") and len(long) <= SHOWN_CHARACTERS + 2
    assert len(readable("x" * 400)) == SHOWN_CHARACTERS + 2


def test_the_switch_shows_what_the_other_life_writes_and_marks_what_it_copied(
    open_page, with_house
):
    app = open_page(lang="en")
    texts = [shown(app).split('class="gb-sample"')[1].split("</p>")[0]]
    app.toggle(key="home_switch").set_value(False).run()
    texts.append(shown(app).split('class="gb-sample"')[1].split("</p>")[0])
    assert not app.exception
    assert texts[0] != texts[1] and all("<mark>" in text for text in texts)


def test_a_click_on_the_number_computes_it_again(open_page, with_house):
    app = open_page(lang="en")
    app.button(key="recheck_home").click().run()
    assert not app.exception
    assert words("en")("frame.recheck_same") in shown(app)


def test_other_dice_are_thrown_with_the_next_seed(open_page, with_house):
    app = open_page(lang="en")
    app.button(key="home_again").click().run()
    assert not app.exception
    assert "8" in app.query_params["seed"]
    with_house.writer.close()


def test_the_tour_leads_through_every_step_and_ends_with_building(open_page, with_house):
    app = open_page(lang="en")
    t = words("en")
    app.button(key="home_watch").click().run()
    stops = (*STEPS, "journey")  # which says what it all means
    for n, stop in enumerate(stops, start=1):
        assert not app.exception
        assert t("tour.stop", n=n, of=len(stops)) in shown(app)
        assert t(f"tour.{stop}") in shown(app)
        assert app.title[0].value == t(f"{stop}.question")
        assert "watch" in app.query_params["depth"]
        app.button(key="tour_next" if n < len(stops) else "tour_build").click().run()
    assert app.title[0].value == t("data.question")
    assert "tour" not in app.query_params and "depth" not in app.query_params


def test_a_link_into_the_tour_opens_there_and_can_be_left(open_page, with_house):
    app = open_page("3_training.py", lang="en", depth="watch", tour="True")
    assert words("en")("tour.stop", n=3, of=len(tour.STOPS)) in shown(app)
    app.button(key="tour_leave").click().run()
    assert words("en")("tour.stop", n=3, of=len(tour.STOPS)) not in shown(app)
    assert "depth" not in app.query_params


def put_pair(services, owner):
    """A pair that differs in duplicates: lane a as far as an answer, lane b as far as training."""
    store, lanes = services.store, house_chain.duplicates_pair()
    store.benches.put(owner, "a", lanes["a"].checkpoint.artifact.id)
    store.benches.fork(owner, "text", "data", "duplicates", a=False, b=True)
    store.benches.put(owner, "b", lanes["b"].checkpoint.artifact.id)
    above = [lanes["a"].checkpoint.artifact.id]
    for kind, numbers in (
        ("tuned", {"rate_truthful": 0.5}),
        ("preferences", {"n_preferences": 30}),
        ("aligned", {"rate_truthful": 0.75, "rate_polite": 0.9}),
    ):
        made = store.artifacts.keep(owner, kind, kind.encode(), parents=above, numbers=numbers)
        above = [*above, made.id]
    said = json.dumps({"prompt": "Hi", "text": "Ben lives here.", "tokens": [1]}).encode()
    text = store.artifacts.keep(
        owner, "generation", said, parents=[made.id], numbers={"n_tokens": 1}
    )
    left = store.artifacts.keep(
        owner, "answer", b"{}", parents=[text.id], numbers={"n_filtered": 2}
    )
    store.benches.put(owner, "a", left.id, "answer")


def test_the_table_of_an_own_pair_reaches_from_the_data_to_the_answer(with_house):
    put_pair(with_house, ANNA)
    found = {
        row.label: row
        for row in both.own_rows(with_house.store.benches.view(ANNA, "text"), ANNA, T)
    }
    lanes = house_chain.duplicates_pair()
    read = found[T("home.row_read")]
    assert (read.a, read.b) == tuple(lanes[x].compared["n_documents_kept"] for x in "ab")
    truthful = found[T("home.row_truthful")]
    assert (truthful.a_shown, truthful.b_shown) == ("75%", "–")  # the furthest model's
    assert truthful.href.startswith("/aligning") and truthful.note == T("home.not_yet")
    assert found[T("home.row_answer")].a_shown == "Ben lives here."
    assert found[T("home.row_filtered")].a == 2.0
    assert all(row.href for row in found.values())


def test_an_own_pair_is_shown_on_home(with_house):
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.context = {"locale": "en-GB"}
    app.session_state["_owner"] = ANNA
    assert T("home.own_pair") not in shown(app.run())
    put_pair(with_house, ANNA)
    app.run()
    assert not app.exception
    assert T("home.own_pair") in shown(app)


def test_the_house_pair_is_followed_to_the_filters(with_house):
    labels = [row.label for row in life.rows(T, house_chain.duplicates_pair())]
    steps = ("row_read", "row_bits", "row_truthful", "row_polite", "row_copied", "row_whole")
    assert labels[:6] == [T(f"home.{name}") for name in steps]
    assert T("home.row_hits") in labels


def test_the_next_words_are_drawn_from_the_candidates_probabilities_and_alike_for_a_seed(
    with_house,
):
    found = next_words.guesses(PROMPTS["en"][0], 7, T)
    assert 1 <= len(found) <= next_words.N_WORDS
    for each in found:
        shares = [one.probability for one in each.candidates]
        assert shares == sorted(shares, reverse=True) and sum(shares) <= 1.0001
        assert len(shares) <= next_words.N_CANDIDATES
    assert next_words.guesses(PROMPTS["en"][0], 7, T) == found
    assert any(next_words.guesses(PROMPTS["en"][0], seed, T) != found for seed in (8, 9, 10))


def sent(app):
    return [json.loads(one.proto.json) for one in app.get("bidi_component")]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_home_and_architecture_show_the_same_next_words_with_the_same_shares(
    open_page, with_house, lang
):
    for sentence in PROMPTS[lang]:
        home = sent(open_page(lang=lang, sentence=sentence))
        there = sent(open_page("2_architecture.py", lang=lang, sentence=sentence))
        ((*rows, _),) = [one["guesses"][0]["rows"] for one in home if "guesses" in one]
        (passage,) = [one["passage"] for one in there if "passage" in one]
        guesses = passage["lanes"][-1]["guesses"]
        assert rows
        assert [row["word"] for row in rows] == [each["text"] for each in guesses]
        assert [row["size"] for row in rows] == [each["probability"] for each in guesses]


def test_words_are_shown_without_blanks_and_the_end_of_a_text_by_name():
    assert next_words.readable(" mit", T) == "mit"
    assert next_words.readable("\n", T) == "⏎"
    assert next_words.readable("<|end|>", T) == T("home.text_ends")


TOWN = WorldSettings(n_documents=10, german_share=1.0)


def test_the_judge_marks_the_sentences_that_are_wrong_and_leaves_the_visitors_own_alone():
    prompt, text = "Am Montag.", " Mia wohnt im Rosenweg.\n\nMia Rosenweg im wohnt. Und dann"
    shown = prompt + readable(text)
    verdict = verdict_shown(prompt, text, len(shown), TOWN)
    assert [shown[a:b] for a, b in verdict.ungrammatical] == ["Mia Rosenweg im wohnt."]
    assert verdict.n == 2


def test_home_judges_a_text_exactly_as_the_other_pages_do():
    prompt, text = (
        "Am Montag",
        " ging Mia.\nMia wohnt im Rosenweg. Mia wohnt im Brunnenweg. Mia Rosenweg im.",
    )
    shown = verdict_shown(prompt, text, len(prompt + text), TOWN)
    assert shown == judge(prompt, text, TOWN)
    assert shown.untrue and shown.ungrammatical  # Mia lives in one street only


def test_what_is_not_shown_is_neither_counted_nor_marked():
    prompt, text = "Am Montag", " Brot der. " + "Mia wohnt im Rosenweg im. " * 30
    shown = readable(text)
    assert shown.endswith(" …")
    n_shown = len(prompt + shown) - len(" …")
    verdict = verdict_shown(prompt, text, n_shown, TOWN)
    assert verdict.n == len(verdict.ungrammatical) < 31
    assert verdict.n == shown.count(".")
    assert all(end <= n_shown for _, end in verdict.ungrammatical)


def test_home_says_how_small_the_model_is_beside_published_ones(open_page, with_house):
    text = shown(open_page(lang="en"))
    assert "175 billion" in text and "arXiv:2005.14165" in text
