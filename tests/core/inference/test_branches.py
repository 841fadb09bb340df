"""Branches of a text: by hand, against the score of the whole text, and that nothing is lost."""

import math
from random import Random

import pytest
import torch

from core.inference.branches import N_LIKELIEST, Branches
from core.inference.processors import Temperature, TopK
from core.inference.scoring import TextScore, score_next, score_text

BEGINNING = (3, 1, 4)
NO_SCORE = TextScore(*(torch.zeros(0),) * 5)  # of a text of one token
LOGITS = torch.tensor([0.0, math.log(2), math.log(5)])  # probabilities 1/8, 1/4, 5/8


def beginning(model) -> Branches:
    return Branches.of(BEGINNING, score_text(model, BEGINNING, N_LIKELIEST))


def by_hand() -> Branches:
    """One given token of a vocabulary of three, which nothing precedes."""
    return Branches.of([2], NO_SCORE)


def test_a_token_keeps_what_was_said_of_it_and_under_which_steps():
    order = (Temperature(1.0), TopK(2))
    found = by_hand().take(1, LOGITS, order, [], "forced")
    token = found.taken[-1]
    assert token.seen is not None
    assert math.exp(token.seen.logprob) == pytest.approx(1 / 4)
    assert token.seen.bits == pytest.approx(2.0)
    bits = 1 / 8 * 3 + 1 / 4 * 2 + 5 / 8 * math.log2(8 / 5)
    assert token.seen.entropy / math.log(2) == pytest.approx(bits)
    assert token.seen.rank == 1
    assert [each for each, _ in token.seen.likeliest] == [2, 1, 0]
    assert token.share == pytest.approx((1 / 4) / (7 / 8))  # of what top-k 2 has left
    assert token.order == order and token.how == "forced"


def test_what_a_filter_left_out_can_be_forced_and_has_no_share():
    found = by_hand().take(0, LOGITS, [TopK(1)], [], "forced")
    assert found.taken[-1].share == 0.0
    assert found.logprob() == pytest.approx(math.log(1 / 8))  # the model's own account


def test_rewinding_keeps_everything_as_branches():
    one = by_hand().take(1, LOGITS, [], [], "forced").take(0, LOGITS, [], [], "drawn")
    two = one.go(0).take(2, LOGITS, [], [], "drawn")
    assert two.tokens() == (2, 2)
    assert [each.token for each in two.path(2)] == [2, 1, 0]
    assert two.ends() == (2, 3)
    assert one.tokens() == (2, 1, 0)  # as it was
    again = two.go(0).take(1, LOGITS, [TopK(1)], [], "forced")
    assert len(again.taken) == len(two.taken) and again.current == 1
    assert again.taken[1].share == 0.0  # under the steps of the last time
    assert again.go(2).tokens() == (2, 1, 0)


def test_tokens_that_do_not_exist_are_refused():
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match="token ids"):
            by_hand().take(wrong, LOGITS, [], [], "forced")
    with pytest.raises(ValueError, match="no token 7"):
        by_hand().go(7)
    with pytest.raises(ValueError, match="at least one"):
        Branches.of([], NO_SCORE)


def test_every_branch_has_the_score_of_its_whole_text(config, model_of):
    model, dial = model_of(config), Random(5)
    found = beginning(model)
    for _ in range(30):
        if len(found.path()) > 12 or dial.random() < 0.3:
            found = found.go(dial.randrange(len(found.taken)))
        with torch.inference_mode():
            logits = model(torch.tensor([found.tokens()]))[0, -1]
        found = found.take(dial.randrange(config.n_vocab), logits, [], [], "drawn")
    assert len(found.ends()) > 3
    for end in found.ends():
        path = found.path(end)
        whole = score_text(model, [each.token for each in path], N_LIKELIEST)
        assert found.logprob(end) == pytest.approx(whole.total, abs=1e-3)
        for place, each in enumerate(path[1:]):
            assert each.seen is not None
            assert each.seen.entropy == pytest.approx(float(whole.entropies[place]), abs=1e-4)
            assert each.seen.rank == int(whole.ranks[place])


def test_one_place_is_scored_as_in_a_whole_text(config, model_of):
    model = model_of(config)
    whole = score_text(model, [5, 6, 7], 2)
    with torch.inference_mode():
        one = score_next(model(torch.tensor([[5, 6]]))[0, -1], 7, 2)
    torch.testing.assert_close(one.logprobs[0], whole.logprobs[1], atol=1e-5, rtol=1e-5)
    assert one.likeliest[0].tolist() == whole.likeliest[1].tolist()
