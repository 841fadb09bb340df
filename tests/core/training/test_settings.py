"""The settings table refuses what cannot be run."""

import json

import pytest

from core.errors import SettingError
from core.training.settings import TrainingSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_steps", 0),
        ("n_batch", 0),
        ("evaluate_every", 0),
        ("n_warmup_steps", -1),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("embedding_learning_rate", 11.0),
        ("decay_share", 1.1),
        ("clip_norm", float("inf")),
        ("weight_decay", -0.1),
        ("optimizer", "sgd"),
        ("precision", "float16"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(name, value):
    with pytest.raises(SettingError) as caught:
        TrainingSettings(**{name: value})
    assert caught.value.values["name"] == name


def test_settings_survive_json():
    settings = TrainingSettings(n_steps=7, world={"seed": 3}, prompt="Anna")
    assert TrainingSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_missing_fields_take_their_defaults_and_unknown_names_are_refused():
    assert TrainingSettings.from_dict({"seed": 4}) == TrainingSettings(seed=4)
    with pytest.raises(SettingError, match="n_stepz"):
        TrainingSettings.from_dict({"n_stepz": 4})
