"""Settings of a picture training run."""

import pytest

from core.errors import SettingError
from core.training.pictures.settings import PictureTrainingSettings


def test_settings_go_through_json_and_back():
    asked = PictureTrainingSettings(n_steps=7, objective="noise", memory=0.9)
    assert PictureTrainingSettings.from_dict(asked.to_dict()) == asked
    assert PictureTrainingSettings.from_dict({}) == PictureTrainingSettings()


@pytest.mark.parametrize(
    "value",
    [
        {"n_steps": 0},
        {"n_batch": 10_000},
        {"n_batch": 2.5},
        {"n_part": 0},
        {"objective": "picture"},
        {"optimizer": "sgd"},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"embedding_learning_rate": -1.0},
        {"decay_share": 1.5},
        {"memory": 1.0},
        {"empty_share": -0.1},
        {"clip_norm": float("inf")},
        {"n_judged": -1},
        {"n_draw_steps": 0},
        {"guidance": 99.0},
        {"seed": -1},
        {"colour": "red"},
    ],
)
def test_values_out_of_range_and_unknown_names_are_refused_by_name(value):
    with pytest.raises(SettingError) as refused:
        PictureTrainingSettings.from_dict(value)
    assert refused.value.values["name"] in value
