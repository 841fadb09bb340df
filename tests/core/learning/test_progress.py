"""Progress: what is counted, how two are joined, what a file may hold."""

import json

import pytest

from core.errors import NewerProgress, NoProgress, TooLarge
from core.learning.progress import (
    MOST_BYTES,
    MOST_SAID,
    MOST_TRIES,
    NAME_OF_FILE,
    VERSION,
    Answered,
    Own,
    Progress,
    from_file,
    kept,
)

EARLY, LATE = "2026-11-29T20:00:00+00:00", "2026-11-30T20:00:00+00:00"
KNOWN = ("tokens", "heads")


def file(units, **others):
    made = {"format": NAME_OF_FILE, "version": VERSION, "units": units} | others
    return json.dumps(made).encode()


def test_the_first_measurement_of_a_unit_stays():
    twice = Progress().measured("tokens", Own(EARLY, said="a")).measured("tokens", Own(LATE))
    assert twice.of("tokens").own == Own(EARLY, said="a")
    assert twice.of("heads").own is None


def test_tries_are_counted_until_the_right_one():
    progress = Progress()
    for right in (False, True, False, True):
        progress = progress.answered("tokens", "wrong", right, LATE)
    assert progress.of("tokens").checks == {"wrong": Answered(2, LATE)}


def test_two_are_joined_without_losing_anything():
    one = Progress().measured("tokens", Own(LATE)).answered("tokens", "a", False, LATE)
    two = Progress().measured("tokens", Own(EARLY)).answered("tokens", "a", True, EARLY)
    for joined in (one.joined(two), two.joined(one)):
        assert joined.of("tokens").own == Own(EARLY)
        assert joined.of("tokens").checks == {"a": Answered(1, EARLY)}
    assert one.joined(Progress()) == one == Progress().joined(one)


def test_what_is_exported_is_read_again_and_marked():
    own = Own(EARLY, "de", "gemessen", {"share": 0.25})
    progress = Progress().measured("tokens", own).answered("tokens", "a", True, LATE)
    assert kept(progress.to_dict()) == progress
    read = from_file(json.dumps(progress.to_dict()).encode(), KNOWN)
    assert read.of("tokens").own == Own(EARLY, "de", "gemessen", {"share": 0.25}, True)
    assert read.of("tokens").checks == progress.of("tokens").checks


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b"{}",
        file([]),
        file({}, version=0),
        file({}, version=True),
        file({}, version="1"),
        file({}, format="another"),
        file({"tokens": []}),
        file({"tokens": {"checks": [1]}}),
        file({"tokens": {"checks": {"a": {"n_tries": -1}}}}),
        file({"tokens": {"checks": {"a": {"n_tries": 1.5}}}}),
        file({"tokens": {"checks": {"a": {"n_tries": 0, "right_at": EARLY}}}}),
        file({"tokens": {"checks": {"a": {"n_tries": 1, "right_at": "yesterday"}}}}),
        file({"tokens": {"checks": {str(n): {"n_tries": 1} for n in range(50)}}}),
        file({"tokens": {"own": {"at": "2026-11-29"}}}),
        file({"tokens": {"own": {"at": EARLY, "said": 5}}}),
        file({"tokens": {"own": {"at": EARLY, "figures": {"a": "1"}}}}),
        file({"tokens": {"own": {"at": EARLY, "figures": {"a": float("nan")}}}}),
        file({"tokens": {"own": {"at": EARLY, "figures": {"a": 10**400}}}}),
        file({"tokens": {"own": {"at": EARLY, "figures": {str(n): 1 for n in range(50)}}}}),
    ],
)
def test_nonsense_is_refused(data):
    with pytest.raises(NoProgress):
        from_file(data, KNOWN)


def test_a_newer_file_and_a_huge_one_are_refused_by_name():
    with pytest.raises(NewerProgress):
        from_file(file({}, version=VERSION + 1), KNOWN)
    with pytest.raises(TooLarge):
        from_file(b" " * (MOST_BYTES + 1), KNOWN)


def test_units_that_are_unknown_are_left_out_and_long_texts_are_cut():
    own = {"at": EARLY, "said": "x" * 5_000}
    tried = {"a": {"n_tries": 10**6}}
    read = from_file(file({"tokens": {"own": own, "checks": tried}, "other": {}}), KNOWN)
    assert set(read.units) == {"tokens"}
    unit = read.of("tokens")
    assert unit.own is not None and len(unit.own.said) == MOST_SAID
    assert unit.checks["a"].n_tries == MOST_TRIES


def test_what_the_store_holds_and_cannot_be_read_counts_as_nothing():
    for found in (None, 5, {"units": 1}, {"format": NAME_OF_FILE, "version": 99, "units": {}}):
        assert kept(found) == Progress()
