"""The table of shareable settings: what a URL may say, and what it may not."""

import re
from collections import Counter
from pathlib import Path

import pytest

from pages.kit import state
from pages.kit.state import SETTINGS, Setting


def test_a_number_is_taken_within_its_range_and_refused_outside():
    temperature = Setting("temperature", 0.8, low=0.0, high=2.0)
    assert temperature.admit("1.5") == 1.5
    assert temperature.admit("99") == 0.8
    assert temperature.admit("warm") == 0.8
    assert temperature.admit("nan") == 0.8


def test_a_count_is_whole():
    seed = Setting("seed", 7, low=0, high=9999)
    assert seed.admit("12") == 12
    assert seed.admit("1.5") == 7


def test_a_word_must_be_one_of_the_choices():
    depth = Setting("depth", "try", choices=("watch", "try", "dig"))
    assert depth.admit("dig") == "dig"
    assert depth.admit("<script>") == "try"


def test_free_text_is_cut_at_its_limit():
    assert Setting("sentence", "", max_length=5).admit("abcdefgh") == "abcde"


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.name)
def test_every_setting_admits_its_own_start(setting: Setting):
    assert setting.admit(setting.start) == setting.start


def test_no_two_settings_share_a_name():
    source = Path(state.__file__).read_text(encoding="utf-8")
    names = re.findall(r'\bSetting\(\s*"(\w+)"', source)
    assert [name for name, n in Counter(names).items() if n > 1] == []
