"""The settings of the picture book say what is wrong with them."""

import json

import pytest

from core.data.pictures import COLOUR_NAMES, HELD_OUT, PLAIN_THINGS, PictureSettings
from core.errors import SettingError


def test_settings_come_back_from_json():
    settings = PictureSettings(n_pictures=10, size=64, held_out=(("cat", "blue"),))
    assert PictureSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_pictures", 0),
        ("n_pictures", 2.5),
        ("n_pictures", True),
        ("size", 48),
        ("seed", -1),
        ("seed", "1"),
        ("german_share", 1.5),
        ("german_share", float("nan")),
        ("copy_share", 6),
        ("fact_share", 0.9),  # with the counts more than all
        ("version", 2),
        ("held_out", "cat"),
        ("held_out", [["cat"]]),
        ("held_out", [["cat", "pink"]]),
        ("held_out", [["pony", "red"]]),  # drawn only where it is owned
        ("held_out", [["cat", colour] for colour in COLOUR_NAMES]),
        ("colour", 1),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name, value):
    with pytest.raises(SettingError) as refused:
        PictureSettings.from_dict({name: value})
    assert refused.value.values["name"] == name


def test_every_colour_and_six_things_are_held_out_once_by_default():
    assert sorted(colour for _, colour in HELD_OUT) == sorted(COLOUR_NAMES)
    assert len({thing for thing, _ in HELD_OUT}) == 6
    assert {thing for thing, _ in HELD_OUT} <= set(PLAIN_THINGS)
