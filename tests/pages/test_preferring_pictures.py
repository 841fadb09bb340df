"""The station of preferring for pictures: a reward model from clicks, what it likes, its hacks."""

import json

import numpy as np
import pytest

from core.alignment.pictures.preferring import PicturePair
from core.alignment.pictures.reward import FEWEST, PictureReward, features, taught
from core.alignment.pictures.rules import open_wishes
from core.data.pictures import Item, beside, paint
from pages.alignment.pictures import ground as grounds
from pages.alignment.preferring.pictures import learned, trials
from pages.kit.catalogue import words

PAGE = "alignment/preferring/preferring.py"
COLOURS = ("red", "blue", "green", "white", "yellow", "violet")


@pytest.fixture
def on(with_pictures):
    found = grounds.at_hand("anna")
    assert found is not None
    return found


def pair(n):
    items = Item("apple", COLOURS[n % 6]), Item("house", COLOURS[(n + 1 + n // 6) % 6])
    day, night = (paint(beside(*items, is_night)) for is_night in (False, True))
    return PicturePair("c", "en", "sky", day, night, 16 * n, 16 * n + 1)


def choose(services, on, owner, choices, judge="you"):
    services.store.ballots.cast(
        owner,
        [grounds.ballot(pair(n), choice, judge, on.model.id) for n, choice in enumerate(choices)],
    )


def shown(app):
    return " ".join(block.proto.body for block in app.get("html")).replace("\u202f", "")


def sent(app, name):
    """What the page sends to its components of a kind, by key."""
    found = []
    for element in app.get("bidi_component"):
        if element.proto.component_name == f"glassbox_{name}":
            found.append(json.loads(element.proto.json))
    return found


@pytest.mark.parametrize("lang", ["de", "en"])
def test_without_a_model_that_draws_the_page_points_to_training(open_page, lang):
    app = open_page(PAGE, lang=lang, modality="pictures")
    assert not app.exception
    assert app.title[0].value == words(lang)("preferring_pictures.question")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_with_too_few_clicks_the_page_says_how_many_are_missing(with_pictures, on, open_page, lang):
    app = open_page(PAGE, lang=lang, modality="pictures")
    choose(with_pictures, on, app.session_state["_owner"], "b" * (FEWEST - 1))
    app = app.run()
    assert not app.exception
    t = words(lang)
    assert str(t("preferring_pictures.too_few", n="9", fewest="10")) in shown(app)
    assert sent(app, "picture_ballot") and not sent(app, "picture_wall")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_from_clicks_it_learns_at_once_and_everything_is_shown(with_pictures, on, open_page, lang):
    app = open_page(PAGE, lang=lang, modality="pictures")
    choose(with_pictures, on, app.session_state["_owner"], "b" * 12)
    app = app.run()
    assert not app.exception
    page, t = shown(app), words(lang)
    assert str(t("preferring_pictures.from_you", n="12")) in page
    for n in ("10", "12"):
        assert str(t("preferring_pictures.after", n=n)) in page
    walls = sent(app, "picture_wall")
    assert [len(wall["notes"]) for wall in walls] == [learned.N_WALL, learned.N_BEST, 6]
    values = [float(note["text"].replace("−", "-").replace(",", ".")) for note in walls[0]["notes"]]
    assert values == sorted(values, reverse=True)
    assert sum(note["sign"] == "yes" for note in walls[1]["notes"]) == 1
    first, *_, last = (note["text"] for note in walls[2]["notes"][:5])
    assert first != last and "reward_download" in str(app.get("download_button"))


def test_another_caption_can_be_asked_for(with_pictures, on, open_page):
    app = open_page(PAGE, lang="en", modality="pictures")
    choose(with_pictures, on, app.session_state["_owner"], "b" * FEWEST)
    app = app.run()
    before = sent(app, "picture_wall")[1]["pictures"]
    app.button(key="best_next").click().run()
    assert not app.exception
    assert sent(app, "picture_wall")[1]["pictures"] != before


def test_a_rules_choices_count_where_own_ones_are_too_few(with_pictures, on, open_page):
    app = open_page(PAGE, lang="en", modality="pictures")
    owner = app.session_state["_owner"]
    choose(with_pictures, on, owner, "b" * 14, judge="rule:night")
    choose(with_pictures, on, owner, "a" * 2)
    page = shown(app.run())
    assert "Learned from 14 pairs that a rule has decided" in page


def test_clicks_without_a_pattern_are_called_that(with_pictures, on, open_page, monkeypatch):
    app = open_page(PAGE, lang="en", modality="pictures")
    choose(with_pictures, on, app.session_state["_owner"], "abbabaabbaba")
    monkeypatch.setattr("core.alignment.pictures.reward.Accuracy.beats_a_coin", False)
    assert "no better than a coin: your clicks contradict" in shown(app.run())


def test_who_only_watches_is_asked_for_no_rule(with_pictures, open_page):
    app = open_page(PAGE, lang="en", modality="pictures", depth="watch")
    assert not app.exception
    assert "picture_let_judge" not in {button.key for button in app.button}


def test_the_best_of_several_is_the_one_with_the_highest_reward(on):
    model = grounds.model_of("anna", on)
    wishes = open_wishes("sky", 2, 3)
    pages = [[paint(wish.scene), paint(beside(*wish.scene.items, True))] for wish in wishes]
    seen = features(model, [pages[0][1], pages[0][0]])
    apart = seen[0] - seen[1]
    reward = PictureReward(apart * 0.0, apart * 0.0 + 1.0, apart)
    best = trials.kept(model, reward, wishes, pages, 2, "night")
    assert best.rate == 1.0 and best.met == 1.0
    first = trials.kept(model, reward, wishes, [[each[0]] for each in pages], 1, "night")
    assert first.rate == np.mean([wish.scene.night for wish in wishes])


def test_learning_again_from_the_same_choices_gives_the_same(with_pictures, on):
    choose(with_pictures, on, "anna", "b" * FEWEST)
    said = grounds.chosen("anna", on, "sky", 32).own
    model = grounds.model_of("anna", on)
    found = learned.learn(on.model.id, model, said)
    assert found is learned.learn(on.model.id, model, said)
    assert found.reward.row.tolist() == taught(model, said).reward.row.tolist()
    assert learned.learn(on.model.id, model, said[:3]) is None
