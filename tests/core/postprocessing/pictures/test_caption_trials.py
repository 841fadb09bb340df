"""How often pictures carry what was asked for: fair questions, honest counts."""

from dataclasses import replace
from random import Random

import pytest
import torch

from core.data.pictures import Item, PictureSettings, draw_shifts, paint, understand
from core.inference.pictures import DrawSettings
from core.postprocessing.pictures import caption_trials
from core.postprocessing.pictures.caption_check import check_caption
from core.postprocessing.pictures.caption_trials import (
    Carried,
    asked_for,
    carried,
    checked,
)

BOOK = PictureSettings(n_pictures=10, count_share=0.0, fact_share=0.0)


class Film:
    """Finished pictures, as drawing gives them."""

    def __init__(self, pictures):
        self.pictures = pictures


def drawn_right(captions):
    """What a perfect model would draw."""
    scenes = [understand(caption).scene for caption in captions]
    return Film([paint(scene, 32, draw_shifts(scene, Random(1))) for scene in scenes])


@pytest.mark.parametrize("fault", ["wrong_caption_share", "colour_skew", "open_colour_share"])
@pytest.mark.parametrize("ask", ["book", "rare"])
def test_books_with_faults_are_asked_what_clean_ones_are_asked(ask, fault):
    faulty = replace(BOOK, **{fault: 0.9})
    assert asked_for(ask, faulty, 30, ("de", "en")) == asked_for(ask, BOOK, 30, ("de", "en"))


def test_rare_scenes_have_an_apple_that_is_not_red_and_no_pair_never_shown():
    for wish in asked_for("rare", BOOK, 60, ("de",)):
        (apple,) = (item for item in wish.scene.items if item.thing == "apple")
        assert apple.colour != "red"
        assert not set(wish.scene.items) & {Item(*pair) for pair in BOOK.held_out}


def test_a_perfect_model_carries_everything_and_a_book_of_other_pages_next_to_nothing(monkeypatch):
    monkeypatch.setattr(
        caption_trials, "draw", lambda model, captions, **how: drawn_right(captions)
    )
    asked = asked_for("book", BOOK, 12, ("de", "en"))
    told = []
    found = carried(checked(None, asked, DrawSettings(), told.append))
    assert (found.n, found.n_whole, found.share) == (12, 12, 1.0)
    assert told == [8 / 12, 1.0]
    assert all(kept == n for kept, n in found.words.values()) and found.words["sky"] == (12, 12)
    moved = [*asked[1:], asked[0]]
    checks = [
        check_caption(picture, wish.caption, lang=wish.lang)
        for picture, wish in zip(
            drawn_right([w.caption for w in moved]).pictures, asked, strict=True
        )
    ]
    wrong = carried(checks)
    assert wrong.n_whole == 0 and wrong.words["colour"][0] < wrong.words["colour"][1]


def test_pictures_of_pure_noise_carry_nothing(monkeypatch):
    noise = torch.rand(8, 32, 32, 3).mul(255).byte().numpy()
    monkeypatch.setattr(caption_trials, "draw", lambda *a, **how: Film(noise))
    found = carried(checked(None, asked_for("book", BOOK, 8, ("en",)), DrawSettings()))
    assert found.n_whole == 0 and found.interval[1] > 0.3  # eight pictures prove little


def test_counts_survive_their_way_through_json():
    found = Carried(8, 5, {"sky": (7, 8)})
    assert Carried.from_dict(found.to_dict()) == found
    assert found.interval == pytest.approx((0.306, 0.863), abs=1e-3)  # Wilson, by hand
