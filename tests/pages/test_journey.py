"""The journey: one sentence through all six steps, computed for it and telling one story."""

import pytest
from streamlit.testing.v1 import AppTest

from core.data.world import PROMPTS
from core.house import chain as house_chain
from core.pipeline import STEPS
from core.services import services
from pages.journey import chain, checking, parts
from pages.kit.catalogue import words
from pages.kit.process import SHELL

ANNA = "a" * 32
T = words("en")
PAGE = "journey/journey.py"
ODD = (
    "مرحبا بالعالم",
    "👨‍👩‍👧‍👦🏳️‍🌈",
    "<script>alert(1)</script>",
    "word " * 31,
    "￼\u200b",
    "{n} [[loss|x]] $x$ **b**",
)


def shown(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_step_says_what_it_makes_of_the_sentence_and_links_to_its_page(
    open_page, with_house, lang
):
    app = open_page(PAGE, lang=lang)
    t = words(lang)
    assert not app.exception
    for step in STEPS:
        assert t(f"journey.{step}") in shown(app)
    assert t("journey.of_example") in shown(app)
    assert t("journey.leaves") in shown(app)


@pytest.mark.parametrize("sentence", ODD)
def test_odd_long_and_foreign_sentences_go_all_the_way_and_stay_text(
    open_page, with_house, sentence
):
    app = open_page(PAGE, lang="en", sentence=sentence)
    assert not app.exception
    assert T("journey.leaves") in shown(app)
    assert "<script" not in shown(app)


def test_the_surprise_of_a_sentence_is_that_of_its_tokens(with_house):
    own, sentence = chain.chain(ANNA), PROMPTS["en"][0]
    assert own is not None and own.whose == "house"
    n = parts.n_tokens(own, sentence)
    for place, moment in enumerate(own.moments):
        one = chain.learned(f"{own.base.id}:{place}", own.base, moment, sentence, 7)
        assert len(one.bits) == n
        assert one.per_letter == pytest.approx(sum(one.bits) / len(sentence.encode()))
        assert one.mean is not None
    means = [moment.mean for moment in own.moments]
    assert means == sorted(means, reverse=True)


def test_the_attention_shown_is_one_row_of_one_head(with_house):
    own = chain.chain(ANNA)
    seen = chain.look(own.base.id, own.base, PROMPTS["en"][0])
    assert len(seen.shares) == parts.n_tokens(own, PROMPTS["en"][0])
    assert 0 < sum(seen.shares) <= 1.0001  # the rest looks at the sign for the beginning
    assert len(seen.vector) == own.base.config.n_channels


def test_the_text_that_is_drawn_is_the_text_that_is_answered_with_and_checked(
    open_page, with_house
):
    app = open_page(PAGE, lang="en")
    own, sentence = chain.chain(ANNA), PROMPTS["en"][0]
    last = len(own.moments) - 1
    drawn = chain.learned(f"{own.base.id}:{last}", own.base, own.moments[last], sentence, 7).text
    done = checking.check(sentence + drawn, sentence, "en", 7, own.base.id, own.base)
    assert done.answer.steps[0][0] == "facts"
    texts = shown(app).split('class="gb-written"')
    begins = " ".join(drawn.split())[:8]
    assert sum(begins in text for text in texts) >= 4  # after training, base, drawn, checked


def test_a_word_that_was_drawn_is_marked_among_the_candidates(with_house):
    assert parts._begins(" mit dem Hund", " mit")
    assert not parts._begins(" mitten", " mit")
    own, sentence = chain.chain(ANNA), PROMPTS["en"][0]
    known = chain.next_words(own.base.id, own.base, sentence)
    assert 'class="hit"' in parts.drawing(own, sentence, known[2][0], T)


def test_a_model_of_ones_own_takes_the_example_models_place(with_house):
    store = services().store
    mine = store.artifacts.keep(
        ANNA,
        "checkpoint",
        store.artifacts.read(ANNA, house_chain.checkpoints_over_time()[0].artifact.id),
        parents=house_chain.checkpoints_over_time()[-1].artifact.parents,
        seed=3,
        numbers={"step": 0},
    )
    store.benches.put(ANNA, "a", mine.id)
    own = chain.chain(ANNA)
    assert own is not None and own.whose == "yours" and list(own.models) == ["checkpoint"]
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.context = {"locale": "en-GB"}
    app.session_state["_owner"] = ANNA
    app.run()
    app.switch_page(f"../{PAGE}").run()
    assert not app.exception
    assert T("journey.of_yours") in shown(app)
    assert T("journey.only_base") in shown(app)


def test_the_sheet_says_on_paper_where_and_when_it_was_made(open_page, with_house):
    app = open_page(PAGE, lang="en", seed="12")
    foot = shown(app).split('class="gb-foot"')[1]
    assert "seed 12" in foot and "Glassbox" in foot


def test_without_shipped_models_the_journey_says_so(open_page):
    assert "python -m core house" in shown(open_page(PAGE, lang="en"))
