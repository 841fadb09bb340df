"""What aligning the model that draws comes to: measured by one command, and what is shipped."""

import pytest

from core.alignment.pictures.settings import LEASHES
from core.house.files import SHIPPED, Folder
from core.house.pictures.curves import (
    COMMAND,
    N_JUDGED,
    RANKS,
    RECORD,
    RULE,
    STYLE,
    house_curves,
    measure_curves,
)
from core.intervals import share_interval


@pytest.fixture(scope="module")
def measured(folder):
    return measure_curves(folder, is_quick=True, say=lambda line: None)


def test_every_rank_and_every_leash_is_measured_after_the_model_itself(folder, measured):
    found = house_curves(folder)
    before, *ranks = found.ranks
    assert "rank" not in before and "leash" not in found.leashes[0]
    assert [row["rank"] for row in ranks] == [rank for rank in RANKS if rank <= 16]
    assert [row["leash"] for row in found.leashes[1:]] == list(LEASHES)
    assert found.made["command"].startswith(COMMAND)
    trained = {row["rank"]: row["n_trained"] for row in ranks}
    assert trained[1] < trained[2] < trained[4] < trained[8] < trained[0]


def test_without_a_model_that_draws_nothing_is_measured(tmp_path):
    with pytest.raises(FileNotFoundError):
        measure_curves(Folder(tmp_path), is_quick=True, say=lambda line: None)
    assert house_curves(Folder(tmp_path)) is None


def test_what_is_shipped_was_measured_whole_and_its_intervals_are_those_of_its_counts():
    found = house_curves(Folder(SHIPPED))
    assert (found.rule, found.style) == (RULE, STYLE) and "--quick" not in found.made["command"]
    assert [row["rank"] for row in found.ranks[1:]] == list(RANKS)
    assert [row["leash"] for row in found.leashes[1:]] == list(LEASHES)
    for row in found.ranks:
        assert row["n_asked"] == row["n_plain"] == N_JUDGED
        for name in ("learned", "recognised", "plain", "leaked"):
            low, high = share_interval(round(N_JUDGED * row[f"{name}_share"]), N_JUDGED)
            assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx((low, high))
    assert (Folder(SHIPPED).path / RECORD).stat().st_size < 20_000


def test_the_lesson_of_the_curves_holds_on_the_shipped_model():
    """A short leash keeps what was known and learns less; a higher rank learns more."""
    found = house_curves(Folder(SHIPPED))
    loose, *_, tight = found.leashes[1:]
    assert loose["rate"] > tight["rate"] and loose["plain_share"] < tight["plain_share"]
    by_rank = {row["rank"]: row for row in found.ranks[1:]}
    assert by_rank[8]["learned_share"] > by_rank[1]["learned_share"]
