"""What a corpus holds is counted in it."""

from core.data.pictures import HELD_OUT, Item, PictureSettings, Scene, draw_corpus
from core.data.pictures.collecting.corpus import Entry
from core.data.pictures.collecting.counting import colours_of, pairs_shown


def test_every_single_thing_counts_and_a_picture_of_unknown_truth_does_not():
    three = Scene((Item("apple", "red"),), "row", 3)
    two = Scene((Item("apple", "blue"), Item("cat", "red")), "above")
    entries = [Entry(three, "", "en", two), Entry(two, "", "en", two), Entry(None, "x", "en", None)]
    assert colours_of(entries, "apple")["red"] == 3
    assert sum(colours_of(entries, "apple").values()) == 4
    assert pairs_shown(entries) == {("apple", "red"): 3, ("apple", "blue"): 1, ("cat", "red"): 1}


def test_a_skew_shows_in_the_count_and_no_held_out_pair_does():
    even, skewed = (
        draw_corpus(PictureSettings(n_pictures=1500, colour_skew=skew)).entries for skew in (0, 0.9)
    )
    shares = [colours_of(e, "apple")["red"] / sum(colours_of(e, "apple").values())
              for e in (even, skewed)]  # fmt: skip
    assert shares[0] < 0.35 and shares[1] > 0.85
    assert not set(HELD_OUT) & set(pairs_shown(skewed))
