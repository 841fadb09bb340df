"""What heads do, on attention that can be written down."""

import pytest
import torch

from core.architecture.heads import (
    Habits,
    even_share_at_distance,
    habits,
    most_telling_head,
    share_at_distance,
)
from core.errors import SettingError

ONE_BACK = torch.tensor([[1.0, 0.0, 0.0], [0.75, 0.25, 0.0], [0.0, 0.5, 0.5]])


def test_the_share_on_the_previous_token_is_the_mean_below_the_diagonal():
    assert share_at_distance(ONE_BACK, 1).item() == 0.625  # (0.75 + 0.5) / 2
    assert share_at_distance(ONE_BACK, 0).item() == pytest.approx((1 + 0.25 + 0.5) / 3)


def test_every_head_is_measured_for_itself():
    found = share_at_distance(torch.stack([ONE_BACK, torch.eye(3)]), 1)
    assert found.tolist() == [0.625, 0.0]


def test_the_shares_of_all_distances_weighted_by_their_tokens_are_all_attention():
    weights = torch.rand(2, 5, 5, generator=torch.Generator().manual_seed(3)).tril()
    weights = weights / weights.sum(-1, keepdim=True)
    total = sum(share_at_distance(weights, d) * (5 - d) for d in range(5))
    torch.testing.assert_close(total, torch.full((2,), 5.0))


def test_chance_is_what_even_attention_gives():
    even = torch.ones(6, 6).tril()
    even = even / even.sum(-1, keepdim=True)
    for distance in range(6):
        ours = even_share_at_distance(6, distance)
        assert share_at_distance(even, distance).item() == pytest.approx(ours)


@pytest.mark.parametrize("distance", [-1, 3])
def test_a_distance_no_token_has_is_refused(distance):
    with pytest.raises(SettingError):
        share_at_distance(ONE_BACK, distance)


def test_the_most_telling_head_looks_far_back_and_not_where_all_look():
    weights = torch.zeros(2, 2, 5, 5)
    weights[0, :, :, 0] = 1.0  # two heads look at the first token
    weights[1, 1, 0, 0] = 1.0
    weights[1, 1, 1:, 1] = 1.0  # one looks at the second, whichever token is looking
    weights[1, 0] = torch.eye(5).roll(-2, 1).tril()  # one looks two positions back
    weights[1, 0, :2, 0] = 1.0
    assert most_telling_head(weights) == (1, 0)


def test_a_text_too_short_to_look_back_shows_the_first_head():
    assert most_telling_head(torch.ones(2, 2, 3, 3)) == (0, 0)


def test_habits_by_hand():
    """Three tokens, of which the last is the first one again."""
    half = torch.tensor([[1.0, 0, 0], [0.5, 0.5, 0], [0.5, 0.25, 0.25]])
    found = habits(torch.stack([half, torch.eye(3)]), [7, 8, 7])
    assert found == [
        Habits(
            previous=0.375,  # of 0.5 and 0.25
            itself=pytest.approx((1 + 0.5 + 0.25) / 3),
            first=0.5,
            same=0.5,  # only the last token has an earlier one like itself
            distance=pytest.approx((0 + 0.5 + 1.25) / 3),
            entropy=pytest.approx((0 + 1 + 1.5) / 3),
        ),
        Habits(previous=0.0, itself=1.0, first=0.0, same=0.0, distance=0.0, entropy=0.0),
    ]
    assert [each.same for each in habits(half[None], [7, 8, 9])] == [None]
