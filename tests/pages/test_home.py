"""Home: the slider over the shipped models, the six steps, the pair, the tour."""

import time
from pathlib import Path

import pytest

from core.data.world import PROMPTS
from core.errors import WritingFailed
from core.house import chain as house_chain
from core.house.command import make_house
from core.house.files import Folder
from core.pipeline import STEPS
from pages.home import shipped, writing
from pages.home.hero import SHOWN_CHARACTERS, readable
from pages.kit.catalogue import words


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny shipped models, made by the command that makes the real ones."""
    folder = tmp_path_factory.mktemp("house")
    make_house(Folder(folder), is_quick=True, say=lambda line: None)
    return folder


@pytest.fixture
def with_house(house, services, monkeypatch):
    monkeypatch.setattr(house_chain, "SHIPPED", house)
    house_chain.install(services.store)
    return services


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
    for n, step in enumerate(STEPS, start=1):
        assert not app.exception
        assert t("tour.stop", n=n, of=len(STEPS)) in shown(app)
        assert app.title[0].value == t(f"{step}.question")
        assert "watch" in app.query_params["depth"]
        app.button(key="tour_next" if n < len(STEPS) else "tour_build").click().run()
    assert app.title[0].value == t("data.question")
    assert "tour" not in app.query_params and "depth" not in app.query_params


def test_a_link_into_the_tour_opens_there_and_can_be_left(open_page, with_house):
    app = open_page("3_training.py", lang="en", depth="watch", tour="True")
    assert words("en")("tour.stop", n=3, of=len(STEPS)) in shown(app)
    app.button(key="tour_leave").click().run()
    assert words("en")("tour.stop", n=3, of=len(STEPS)) not in shown(app)
    assert "depth" not in app.query_params
