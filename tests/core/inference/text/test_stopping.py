"""Stop texts end the generation, and no part of them is ever shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.text.stopping import StopText


def shown(stop, pieces):
    watcher = StopText(stop)
    return "".join([watcher.push(piece) for piece in pieces] + [watcher.finish()])


@pytest.mark.parametrize(
    ("stop", "pieces", "expected"),
    [
        ([], ["abc", "def"], "abcdef"),
        (["\n\n"], ["one\n", "\ntwo"], "one"),
        (["END"], ["the E", "N", "D of it"], "the "),
        (["END"], ["EN", "ENDE"], "EN"),
        (["aab"], ["aaa", "ab"], "aa"),
        (["xyz", "y"], ["wxyz"], "w"),
        (["END"], ["THE EN"], "THE EN"),
    ],
)
def test_text_is_shown_up_to_the_first_stop(stop, pieces, expected):
    assert shown(stop, pieces) == expected


def test_only_a_possible_beginning_is_held_back():
    watcher = StopText(["END"])
    assert watcher.push("the E") == "the "
    assert watcher.push("gg") == "Egg"
    assert not watcher.stopped
    assert watcher.push("END") == ""
    assert watcher.stopped
    assert watcher.push("more") == ""


@given(
    st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(st.text("abc", max_size=4), max_size=10),
)
def test_pieces_do_not_matter(stop, pieces):
    text = "".join(pieces)
    # The stop completed first counts; of those completed together, the one that began first.
    ends = [(text.find(s) + len(s), text.find(s)) for s in stop if s in text]
    assert shown(stop, pieces).startswith(text[: min(at for _, at in ends)] if ends else text)
    assert not any(s in shown(stop, pieces) for s in stop)
