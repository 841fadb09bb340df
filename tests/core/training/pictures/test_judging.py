"""The exam: what is asked for, and what the reader says of pictures that are right and wrong."""

import pytest

from core.architecture.pictures import Denoiser
from core.data.pictures import (
    HELD_OUT,
    Item,
    PictureSettings,
    Scene,
    draw_scene,
    paint,
    understand,
)
from core.inference.pictures import DrawSettings, PictureModel
from core.training.pictures.judging import (
    Wish,
    drawing,
    is_unseen,
    judged,
    seen_and_unseen,
    shares_right,
    wishes,
)

RED_CAT, BLUE_TREE = Item("cat", "red"), Item("tree", "blue")
BESIDE = Scene((RED_CAT, BLUE_TREE), "beside", 1, False)
THREE = Scene((RED_CAT,), "row", 3, True)


def drawn_as(asked, shown):
    return judged(Wish(asked, "", "de", 0), paint(shown).astype("float32"))


def test_half_of_an_exam_has_pairs_that_were_never_drawn_and_captions_say_what_is_asked():
    settings = PictureSettings()
    exam = seen_and_unseen(settings, 40, seed=5)
    assert exam == seen_and_unseen(settings, 40, seed=5)
    assert exam != seen_and_unseen(settings, 40, seed=6)
    unseen = [wish for wish in exam if is_unseen(wish, settings)]
    assert unseen == exam[20:]
    assert all({(i.thing, i.colour) for i in wish.scene.items} & set(HELD_OUT) for wish in unseen)
    assert {wish.lang for wish in exam} == {"de", "en"}
    assert len({wish.seed for wish in exam}) == 40
    plain = [wish for wish in exam if not any(item.owner for item in wish.scene.items)]
    assert all(understand(wish.caption).scene == wish.scene for wish in plain)


def test_where_nothing_is_held_out_all_are_as_in_the_book():
    settings = PictureSettings(held_out=())
    exam = seen_and_unseen(settings, 10, seed=5)
    assert len(exam) == 10 and not any(is_unseen(wish, settings) for wish in exam)


def test_one_language_only_if_asked_for():
    asked = wishes(draw_scene, PictureSettings(), 5, 1, languages=("en",))
    assert {wish.lang for wish in asked} == {"en"}


def test_shares_tell_the_parts_of_a_scene_apart():
    right = drawn_as(BESIDE, BESIDE)
    assert shares_right([right]) == {
        "things": 1.0, "colours": 1.0, "sides": 1.0, "sky": 1.0, "whole": 1.0
    }  # fmt: skip
    turned = drawn_as(BESIDE, Scene((BLUE_TREE, RED_CAT), "beside", 1, False))
    assert shares_right([turned]) == {
        "things": 1.0, "colours": 1.0, "sides": 0.0, "sky": 1.0, "whole": 0.0
    }  # fmt: skip
    by_night = drawn_as(BESIDE, Scene((RED_CAT, BLUE_TREE), "beside", 1, True))
    assert shares_right([by_night])["sky"] == 0.0
    two = drawn_as(THREE, Scene((RED_CAT,), "row", 2, True))
    assert shares_right([two])["numbers"] == 0.0 and shares_right([two])["things"] < 1.0
    both = shares_right([right, two])
    assert both["sides"] == 1.0 and both["numbers"] == 0.0 and both["whole"] == 0.5


def test_a_verdict_is_plain_json():
    row = drawn_as(BESIDE, BESIDE).as_row()
    assert Scene.from_dict(row["read"]) == Scene.from_dict(row["scene"]) == BESIDE
    assert row["whole"] is True and row["reason"] == ""


def test_drawing_yields_between_questions_to_the_model(encoder, config):
    model = PictureModel(Denoiser(config), encoder)
    asked = wishes(draw_scene, PictureSettings(), 17, 1)
    work, n_pieces = drawing(model, asked, DrawSettings(n_steps=2)), 0
    while True:
        try:
            next(work)
            n_pieces += 1
        except StopIteration as end:
            found = end.value
            break
    assert n_pieces >= 2 * 3  # two helpings of three frames
    assert [one.wish for one in found] == asked
    # A model that answers 0 leaves the noise as it is, and noise cannot be read.
    assert not any(one.agreement.whole for one in found) and found[0].reading.reason


@pytest.mark.parametrize("n", [0, 1])
def test_of_nothing_there_is_no_share(n):
    drawn = [drawn_as(THREE, THREE)] * n
    assert ("sides" in shares_right(drawn)) is False
    assert ("whole" in shares_right(drawn)) is bool(n)
