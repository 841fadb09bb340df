"""A watermark is found only with its key; a record fits one text and nothing else."""

import json
import os
import stat
from dataclasses import asdict
from fractions import Fraction
from itertools import pairwise
from math import comb
from pathlib import Path

import numpy as np
import pytest

from core.data.text.bpe import train_bpe
from core.errors import SettingError
from core.inference.watermark import Watermark, green_list
from core.postprocessing.marking.marking import MarkStage, chance_of, colours, detect, z_score
from core.postprocessing.marking.provenance import KEY_FILE, Origin, key_in, signed, verify
from core.postprocessing.stages import Context, StageSetting, run_stages

MARK = Watermark(key="a secret", share=0.25)
ENCODER = train_bpe(["Mia wohnt im Rosenweg und mag Kuchen. " * 3], 300)


def test_three_of_four_green_at_even_odds_by_hand():
    """Five of sixteen ways to toss four coins show at least three heads."""
    assert chance_of(3, 4, 0.5) == pytest.approx(5 / 16)
    assert z_score(3, 4, 0.5) == pytest.approx(1.0)  # (3 - 2) / sqrt(4 / 4)


@pytest.mark.parametrize(("n_green", "n", "share"), [(0, 9, 0.3), (9, 9, 0.3), (70, 150, 0.25)])
def test_the_p_value_is_the_binomial_tail(n_green, n, share):
    p = Fraction(share)
    exact = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n_green, n + 1))
    assert chance_of(n_green, n, share) == pytest.approx(float(exact), rel=1e-9)


def test_nothing_counted_says_nothing():
    found = detect("", ENCODER, MARK)
    assert (found.n_scored, found.z, found.p_value, found.is_marked) == (0, 0.0, 1.0, False)


def test_repeated_places_are_counted_once_and_the_first_token_never():
    found = colours([10, 11, 12, 11, 12, 10, 11], MARK)
    counted = [place for place, each in enumerate(found) if each is not None]
    assert counted == [1, 2, 3, 5]  # 10-11, 11-12, 12-11, 12-10; then 11-12 and 10-11 again


def test_the_colours_are_those_of_the_writing():
    tokens = list(range(20, 60))
    found = colours(tokens, MARK)
    expected = [green_list((a,), 300, MARK)[b] for a, b in pairwise(tokens)]
    assert found[1:] == [bool(each) for each in expected]


def greenest(key, n):
    """A text of tokens that are all green under a key."""
    mark, tokens = Watermark(key=key, share=0.25), [20]
    for _ in range(n):
        green = np.flatnonzero(green_list((tokens[-1],), 259, mark)[:259])
        green = [t for t in green if 100 <= t < 130 and (tokens[-1], t) not in pairwise(tokens)]
        tokens.append(int(green[0]) if green else 131 + len(tokens) % 20)
    return tokens


def test_a_marked_text_is_found_with_its_key_and_not_with_another():
    tokens = greenest("mine", 80)
    mine = colours(tokens, Watermark(key="mine", share=0.25))
    other = colours(tokens, Watermark(key="other", share=0.25))
    n = sum(each is not None for each in mine)
    assert chance_of(mine.count(True), n, 0.25) < 1e-10
    assert chance_of(other.count(True), n, 0.25) > 1e-3


def test_random_texts_raise_the_alarm_as_rarely_as_the_p_value_says():
    rng = np.random.default_rng(4)
    p = []
    for _ in range(2000):
        tokens = rng.integers(3, 3000, size=60).tolist()
        found = colours(tokens, MARK)
        n = sum(each is not None for each in found)
        p.append(chance_of(found.count(True), n, MARK.share))
    for level in (0.5, 0.1, 0.02):  # at most the level, apart from the noise of 2,000 texts
        assert np.mean(np.array(p) <= level) <= level + 4 * (level / 2000) ** 0.5


# The record

KEY = b"k" * 32
TEXT = "Mia wohnt im Rosenweg."
ORIGIN = Origin(
    model="a" * 40,
    lineage=("b" * 40, "c" * 40),
    settings={"temperature": 0.8},
    seed=7,
    stages=("private", "mark"),
    written_at="2026-11-22T10:00:00+00:00",
)


def over_the_wire(record):
    return json.loads(json.dumps(asdict(record)))


def test_a_record_fits_its_text_even_after_a_round_trip_through_json():
    assert verify(TEXT, over_the_wire(signed(TEXT, ORIGIN, KEY)), KEY) == "intact"


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_one_changed_letter_anywhere_is_noticed(place):
    changed = TEXT[:place] + "#" + TEXT[place + 1 :]
    record = over_the_wire(signed(TEXT, ORIGIN, KEY))
    assert verify(changed, record, KEY) == "text_changed"


@pytest.mark.parametrize("name", [name for name in asdict(signed(TEXT, ORIGIN, KEY))])
def test_one_changed_field_is_noticed(name):
    record = over_the_wire(signed(TEXT, ORIGIN, KEY))
    record[name] = "forged" if isinstance(record[name], str) else ["forged"]
    assert verify(TEXT, record, KEY) == "record_changed"


def test_another_installation_cannot_vouch_for_it():
    assert verify(TEXT, over_the_wire(signed(TEXT, ORIGIN, KEY)), b"other" * 8) == "record_changed"


@pytest.mark.parametrize("record", [{}, {"signature": 5}, {"signature": "x", "text_hash": "y"}])
def test_what_is_not_a_record_is_called_so(record):
    assert verify(TEXT, record, KEY) == "unreadable"


def test_strange_characters_and_values_break_nothing():
    record = over_the_wire(signed("\ud800", ORIGIN, KEY))
    assert verify("\ud800", record, KEY) == "intact"
    record["signature"] = "ä\ud800"
    assert verify("\ud800", record, KEY) == "record_changed"


def test_an_installation_draws_its_key_once_and_keeps_it_to_itself(tmp_path: Path):
    key = key_in(tmp_path / "home")
    assert len(key) == 32
    key_in.cache_clear()
    assert key_in(tmp_path / "home") == key
    assert [file.name for file in (tmp_path / "home").iterdir()] == [KEY_FILE]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "home" / KEY_FILE).stat().st_mode) == 0o600


# The stage


def test_the_stage_labels_and_signs_what_leaves(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBOX_HOME", str(tmp_path))
    line = [StageSetting("mark", settings={"label": " (KI)", "lineage": ["b" * 40]})]
    answer = run_stages(TEXT, line, Context("de", model_id="a" * 40, seed=3))
    record = answer.steps[0][1].notes["provenance"]
    assert answer.text == f"{TEXT} (KI)"
    assert (record["model"], record["seed"]) == ("a" * 40, 3)
    assert verify(answer.text, json.loads(json.dumps(record))) == "intact"
    assert verify(TEXT, json.loads(json.dumps(record))) == "text_changed"


@pytest.mark.parametrize("wrong", [{"label": "x" * 999}, {"lineage": [5]}, {"label": 5}])
def test_impossible_settings_of_the_stage_are_refused(wrong):
    with pytest.raises(SettingError):
        MarkStage(wrong)
