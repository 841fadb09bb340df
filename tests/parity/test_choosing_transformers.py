"""Our processors against transformers', in any order, down to the last candidate.

In float64, and on logits a quarter apart: nearer ones are one probability after rounding, and a tie
for us. Presence and frequency penalties are not in transformers; the NumPy twin has them.
"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

from core.inference.choosing import choose
from core.inference.processors import (
    MinP,
    RepetitionPenalty,
    Temperature,
    TopK,
    TopP,
    Typical,
    keep_typical,
)
from core.inference.sampling import keep_nucleus

THEIRS = {
    RepetitionPenalty: RepetitionPenaltyLogitsProcessor,
    Temperature: TemperatureLogitsWarper,
    TopK: TopKLogitsWarper,
    TopP: TopPLogitsWarper,
    MinP: MinPLogitsWarper,
    Typical: TypicalLogitsWarper,
}
# Numbers that no sum or ratio of rounded probabilities meets by chance.
SHARES = st.floats(0.05, 0.95).map(lambda share: share + 1e-4 * 2**0.5)
PROCESSORS = st.one_of(
    st.floats(0.5, 2).map(RepetitionPenalty),
    st.floats(0.3, 3).map(Temperature),
    st.integers(1, 40).map(TopK),
    SHARES.map(TopP),
    SHARES.map(MinP),
    SHARES.map(Typical),
)
QUARTERS = st.integers(-80, 80).map(lambda n: n / 4)


def value_of(processor):
    (value,) = vars(processor).values()
    return value


def theirs_scores(logits, before, order):
    """(V,) after their processors."""
    ids = torch.tensor([before], dtype=torch.long)
    scores = logits[None]
    for processor in order:
        scores = THEIRS[type(processor)](value_of(processor))(ids, scores)
    return scores[0]


def assert_same(logits, before, order):
    """The same candidates with the same probabilities."""
    ours = choose(logits, before, order, 0.5).end.probs
    theirs = theirs_scores(logits, before, order).softmax(-1)
    assert torch.equal(ours > 0, theirs > 0)
    torch.testing.assert_close(ours, theirs, atol=1e-12, rtol=1e-9)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(QUARTERS, min_size=2, max_size=40, unique=True),
    st.lists(st.integers(0, 39), max_size=10),
    st.lists(PROCESSORS, min_size=1, max_size=5),
)
def test_any_order_of_processors_keeps_what_theirs_keeps(logits, before, order):
    assert_same(
        torch.tensor(logits, dtype=torch.float64), [token % len(logits) for token in before], order
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "order",
    [
        [Temperature(0.7), TopK(40), TopP(0.9)],
        [TopP(0.9), Temperature(1.7), MinP(0.05)],
        [RepetitionPenalty(1.3), MinP(0.02), Temperature(2.0)],
        [Typical(0.6), TopK(10)],
        [TopK(200), RepetitionPenalty(0.8), TopP(0.5), Temperature(0.3), Typical(0.9)],
    ],
)
def test_a_thousand_random_logits_are_left_as_theirs_are(order, seed):
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(1000, generator=generator, dtype=torch.float64)
    assert_same(logits, [5, 17, 5, 900], order)


EXTREME = {
    "ties": [1.0, 3.0, 2.0, 2.0, 0.0, 2.0],
    "some_forbidden": [float("-inf"), 1.0, 0.5, float("-inf"), -2.0],
    "one_allowed": [float("-inf"), 1.0, float("-inf")],
    "huge": [1e30, -1e30, 5.0, 1e30],
    "one_huge": [2.0, 1e30, 1.0],
    "all_equal": [0.25] * 7,
    "all_hugely_negative": [-1e30] * 3,
    "one_token": [4.0],
}


@pytest.mark.parametrize("logits", EXTREME.values(), ids=EXTREME)
@pytest.mark.parametrize(
    "processor",
    [RepetitionPenalty(1.5), Temperature(0.1), Temperature(9.0), TopK(2), MinP(0.3), MinP(1.0)],
    ids=str,
)
def test_extreme_logits_are_left_as_theirs_are(logits, processor):
    assert_same(torch.tensor(logits, dtype=torch.float64), [0], [processor])


@pytest.mark.parametrize("logits", EXTREME.values(), ids=EXTREME)
@pytest.mark.parametrize("share", [0.3, 0.55, 0.9])
def test_a_nucleus_of_extreme_logits_is_as_large_as_theirs(logits, share):
    """Among equals the lower ids stay in ours; theirs leaves that to the sort."""
    scores = torch.tensor(logits, dtype=torch.float64)
    ours = keep_nucleus(scores.softmax(0), share)
    theirs = theirs_scores(scores, [], [TopP(share)]).softmax(0)
    torch.testing.assert_close(ours.sort().values, theirs.sort().values, atol=1e-12, rtol=1e-9)


@pytest.mark.parametrize("logits", EXTREME.values(), ids=EXTREME)
@pytest.mark.parametrize("share", [0.3, 0.55, 0.9])
def test_typical_tokens_of_extreme_logits_are_theirs(logits, share):
    scores = torch.tensor(logits, dtype=torch.float64)
    theirs = theirs_scores(scores, [], [Typical(share)]).softmax(0)
    ours = keep_typical(scores.softmax(0), share)
    torch.testing.assert_close(ours, theirs, atol=1e-12, rtol=1e-9)
