"""What is shown of a corpus is a run of what arrived, and every place leads to its picture."""

import numpy as np

from core.data.pictures import PictureSettings
from core.data.pictures.excerpt import N_PAIRS, excerpt_of
from core.data.pictures.prepare import OwnPicture, prepare

DONE = prepare(
    PictureSettings(n_pictures=300, copy_share=0.1, near_copy_share=0.1, damaged_share=0.1),
    [OwnPicture("mine.png", "mein Ball", np.full((32, 32, 3), 7, np.uint8))],
)


def test_a_run_of_what_arrived_is_shown_removed_ones_included():
    removed = {each.index: each for each in DONE.removals}
    for run in (0, 2):
        excerpt = excerpt_of(DONE, run, n_shown=40)
        for index, shown in enumerate(excerpt.shown, start=40 * run):
            assert shown.entry == DONE.arrived.entries[index]
            assert shown.removal == removed.get(index)
            if shown.at >= 0:
                assert np.array_equal(excerpt.pictures[shown.at], DONE.arrived.pictures[index])
            else:
                assert shown.removal.reason == "unreadable"
    assert any(shown.at < 0 for shown in excerpt.shown)


def test_own_pictures_are_shown_first():
    assert excerpt_of(DONE).shown[0].entry.source == "mine.png"


def test_runs_begin_again_at_the_end():
    n_runs = excerpt_of(DONE, n_shown=40).n_runs
    assert n_runs == 10  # 361 pictures
    assert excerpt_of(DONE, n_runs, 40).shown == excerpt_of(DONE, 0, 40).shown


def test_pairs_lead_to_their_pictures_near_and_exact_ones_in_turn():
    excerpt = excerpt_of(DONE)
    assert len(excerpt.pairs) == N_PAIRS
    assert [pair.removal.why for pair in excerpt.pairs[:4]] == ["near", "exact"] * 2
    for pair in excerpt.pairs:
        kept, copy = (excerpt.pictures[at] for at in (pair.kept, pair.copy))
        assert np.array_equal(kept, DONE.arrived.pictures[pair.removal.kept])
        assert np.array_equal(copy, DONE.arrived.pictures[pair.removal.index])
        assert np.array_equal(kept, copy) == (pair.removal.why == "exact")


def test_numbers_are_those_of_the_whole():
    excerpt = excerpt_of(DONE)
    assert excerpt.numbers == DONE.numbers
    assert sum(excerpt.apples.values()) > 30
