"""What to choose instead: every way that is named goes, and none with fewer changes does."""

from dataclasses import replace
from itertools import product

import pytest

from core.architecture.config import CHOICES, ModelConfig
from core.errors import NoEqualArchitecture, SettingError
from core.taking_home.equal_architecture import equal_architecture
from core.taking_home.ways_out import ways_out

PLAN = ModelConfig(
    n_vocab=300, n_context=32, n_layers=1, n_heads=2, n_kv_heads=2, n_channels=16, n_hidden=32
)


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({"positions": "alibi"}, {"positions": "rotary"}),
        ({"norm": "layer"}, {"qk_norm": False}),
        ({"bias": True}, {"qk_norm": False}),
        ({"without": ("feedforward",)}, {"without": ()}),
        (
            {"without": ("feedforward",), "positions": "alibi"},
            {"without": (), "positions": "rotary"},
        ),
        ({"positions": "learned"}, {"positions": "rotary"}),
    ],
)
def test_the_fewest_changes_are_named(changes, way):
    found = ways_out(replace(PLAN, **changes))
    assert way in found and {len(each) for each in found} == {len(way)}


def test_every_plan_of_the_dials_that_is_refused_has_a_way_out_that_goes():
    n_refused = 0
    for positions, norm, activation, qk_norm, bias in product(*CHOICES.values(), *[(0, 1)] * 2):
        plan = replace(
            PLAN,
            positions=positions,
            norm=norm,
            activation=activation,
            qk_norm=bool(qk_norm),
            bias=bool(bias),
        )
        try:
            equal_architecture(plan)
        except NoEqualArchitecture:
            n_refused += 1
            found = ways_out(plan)
            assert found
            for change in found:
                equal_architecture(replace(plan, **change))
    assert n_refused > 20


def test_where_sizes_are_the_reason_nothing_is_promised():
    odd = replace(PLAN, n_channels=6, positions="none")  # three numbers a head cannot be rotated
    with pytest.raises(NoEqualArchitecture) as refused:
        equal_architecture(odd)
    assert list(refused.value.values["settings"]) == ["n_channels", "n_heads"]
    for change in ways_out(odd):
        equal_architecture(replace(odd, **change))
    with pytest.raises(SettingError):
        replace(odd, positions="rotary")
    assert ways_out(replace(PLAN, rope_divisors=(2.0,) * 4)) == []
