"""Captions that leave one thing open, and rules measured on pictures painted from known scenes."""

from dataclasses import replace

import pytest

from core.alignment.pictures.rules import (
    LEFT_OPEN,
    RULES,
    distance,
    is_held_out,
    open_wishes,
    redness,
    rule_of,
    sky_light,
)
from core.data.pictures import Item, beside, paint, read, understand
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import SettingError

APPLE, HOUSE = Item("apple", "red"), Item("house", "blue")
INWARDS, OUTWARDS = ((3, 0), (-3, 0)), ((-3, 0), (3, 0))


@pytest.mark.parametrize("left_open", LEFT_OPEN)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_caption_says_everything_but_what_is_left_open(left_open, lang):
    for wish in open_wishes(left_open, 30, 3, (lang,)):
        found = understand(wish.caption, lang=lang)
        if left_open == "sky":
            assert found.assumed == ("sky",)
            assert found.scene.items == wish.scene.items and found.scene.relation == "beside"
        elif left_open == "colour":
            assert found.problem == "no_colour"
        else:
            assert found.scene == wish.scene and not found.assumed


def test_every_word_of_an_open_caption_is_one_that_the_model_has_read():
    encoder = CaptionEncoder.of_the_book()
    for left_open in LEFT_OPEN:
        for wish in open_wishes(left_open, 60, 1):
            unknown = [word for word, known in zip(encoder.words_of(wish.caption),
                                                   encoder.known(wish.caption), strict=True)
                       if not known]  # fmt: skip
            assert not unknown, wish.caption


def test_no_pair_of_things_is_both_learned_from_and_examined():
    def things(wishes):
        return {tuple(item.thing for item in wish.scene.items) for wish in wishes}

    learned, examined = (open_wishes("sky", 300, 5, held_out=held) for held in (False, True))
    assert not things(learned) & things(examined)
    assert all(is_held_out(wish.scene) for wish in examined)
    assert len(things(examined)) >= 15 and len(things(learned)) >= 60
    assert learned == open_wishes("sky", 300, 5) and learned != open_wishes("sky", 300, 6)


def test_what_is_left_open_does_not_count_as_wrong_and_the_rest_does():
    sky, colour, apart = (open_wishes(kind, 1, 2)[0] for kind in LEFT_OPEN)
    for wish, other in ((sky, replace(sky.scene, night=not sky.scene.night)), (colour, None)):
        if other is None:
            left, right = wish.scene.items
            repainted = "green" if left.colour != "green" else "violet"
            other = replace(wish.scene, items=(Item(left.thing, repainted), right))
        assert wish.is_met(read(paint(wish.scene))) and wish.is_met(read(paint(other)))
    for wish in (sky, colour, apart):
        left, right = wish.scene.items
        assert not wish.is_met(read(paint(replace(wish.scene, items=(right, left)))))
    assert not apart.is_met(read(paint(replace(apart.scene, night=not apart.scene.night))))


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("night", (beside(APPLE, HOUSE, True), ()), (beside(APPLE, HOUSE), ())),
        ("day", (beside(APPLE, HOUSE), ()), (beside(APPLE, HOUSE, True), ())),
        ("red", (beside(APPLE, HOUSE), ()), (beside(Item("apple", "green"), HOUSE), ())),
        ("close", (beside(APPLE, HOUSE), INWARDS), (beside(APPLE, HOUSE), OUTWARDS)),
        ("apart", (beside(APPLE, HOUSE), OUTWARDS), (beside(APPLE, HOUSE), INWARDS)),
    ],
)  # fmt: skip
def test_a_rule_prefers_and_counts_the_picture_that_keeps_it(name, better, worse):
    rule = RULES[name]
    kept, broken = (paint(scene, 32, shifts) for scene, shifts in (better, worse))
    assert rule.score(kept) - rule.score(broken) >= rule.enough
    assert rule.is_kept(read(kept)) and not rule.is_kept(read(broken))


def test_measures_of_known_pages():
    day, night = paint(beside(APPLE, HOUSE)), paint(beside(APPLE, HOUSE, True))
    assert sky_light(day) > 150 and sky_light(night) < 80
    assert redness(day) > redness(paint(beside(Item("cat", "violet"), HOUSE)))
    assert distance(read(day)) == pytest.approx(30 / 64, abs=0.02)


def test_an_unreadable_picture_keeps_no_rule_of_things():
    grey = paint(beside(APPLE, HOUSE)) * 0 + 127
    assert not any(rule.is_kept(read(grey)) for rule in RULES.values())
    assert RULES["close"].score(grey) is None and RULES["apart"].score(grey) is None


def test_an_unknown_rule_is_refused():
    with pytest.raises(SettingError, match="rule"):
        rule_of("beautiful")
    with pytest.raises(SettingError, match="left_open"):
        open_wishes("number", 1, 1)
