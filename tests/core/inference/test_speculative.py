"""Speculative decoding: the large model's text at temperature 0, and its distribution otherwise."""

import math
from collections import Counter
from dataclasses import replace
from itertools import product
from random import Random

import pytest
import torch

from core.architecture.transformer import Transformer
from core.errors import EmptyInput, SettingError, WritingFailed
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings, next_token_probs
from core.inference.speculative import judge, left_over, tally, write_speculatively
from core.inference.watermark import Watermark
from tests.small_models import small_config


def tiny(n_vocab, seed, spread=0.35):
    """A model in which every weight has an effect."""
    model = Transformer(small_config(n_vocab)).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.05, spread, generator=generator)
    return model.eval().requires_grad_(False)


def p_value(counts, expected):
    """Pearson's chi-square test: how often chance alone would be as far from what is expected."""
    statistic = sum((counts[cell] - n) ** 2 / n for cell, n in expected.items())
    half_df = torch.tensor((len(expected) - 1) / 2, dtype=torch.float64)
    return float(torch.special.gammaincc(half_df, torch.tensor(statistic / 2).double()))


def text_of(rounds):
    return [token for one in rounds for token in one.tokens]


def greedy_text(model, prompt, n, end_id=None):
    asked = SamplingSettings(temperature=0, max_tokens=n)
    return [drawn.token for drawn in generate(model, prompt, asked, end_id)]


@pytest.mark.parametrize("n_draft", [1, 3, 8])
@pytest.mark.parametrize("seed", range(4))
def test_at_temperature_zero_it_is_the_large_models_text(n_draft, seed):
    large, small = tiny(30, seed), tiny(30, seed + 100)
    settings = SamplingSettings(temperature=0, max_tokens=40)
    rounds = list(write_speculatively(large, small, [3, 1], settings, n_draft))
    assert text_of(rounds) == greedy_text(large, [3, 1], 40)


@pytest.mark.parametrize("place", [0, 1, 7])
def test_it_ends_where_the_large_model_ends(place):
    large, small = tiny(30, 1), tiny(30, 101)
    end_id = greedy_text(large, [3], 20)[place]
    settings = SamplingSettings(temperature=0, max_tokens=20)
    for drafter in (small, large):
        rounds = list(write_speculatively(large, drafter, [3], settings, 4, end_id))
        assert text_of(rounds) == greedy_text(large, [3], 20, end_id)


def test_a_model_that_drafts_for_itself_is_never_rejected():
    model = tiny(30, 1)
    for temperature in (0.0, 1.0):
        settings = SamplingSettings(temperature=temperature, max_tokens=20)
        found = tally(write_speculatively(model, model, [3], settings, n_draft=4))
        assert (found.n_tokens, found.n_rounds) == (20, 4)  # five tokens a round
        assert found.n_accepted == found.n_checked == found.n_drafted == 16
        assert found.acceptance == 1.0


def test_every_token_is_accounted_for():
    large, small = tiny(12, 1), tiny(12, 2)
    settings = SamplingSettings(temperature=0.8, top_p=0.95, seed=3, max_tokens=60)
    rounds = list(write_speculatively(large, small, [3], settings, n_draft=5))
    text = [3]
    for one in rounds:
        verdicts = [each.verdict for each in one.drafted]
        n = one.n_accepted
        assert verdicts[:n] == ["accepted"] * n
        assert verdicts[n:] in ([], ["rejected"] + ["unread"] * (len(verdicts) - n - 1))
        assert one.own_from == ("resampled" if "rejected" in verdicts else "continued")
        for place, each in enumerate(one.drafted):
            seen = [*text, *(other.token for other in one.drafted[:place])]
            for model, told in ((large, each.large_prob), (small, each.small_prob)):
                logits = model(torch.tensor([seen]))[0, -1]
                probs = next_token_probs(logits, settings)
                assert told == pytest.approx(float(probs[each.token]), abs=1e-9)
            assert (each.dart is None) == (each.verdict == "unread")
            if each.dart is not None:
                assert (each.dart < each.acceptance) == (each.verdict == "accepted")
        text += one.tokens
    found = tally(rounds)
    assert found.n_tokens == len(text) - 1 == 60
    assert found.n_tokens == found.n_accepted + found.n_rounds  # one of its own in every round
    assert 0 < found.acceptance < 1
    assert found.n_checked < found.n_drafted


@pytest.mark.parametrize("seed", range(20))
def test_accepting_and_resampling_together_give_exactly_the_large_models_distribution(seed):
    generator = torch.Generator().manual_seed(seed)
    p, q = (2 * torch.randn(2, 7, generator=generator, dtype=torch.float64)).softmax(-1)
    q[seed % 7] = 0.0  # never drafted
    q = q / q.sum()
    accepted = torch.minimum(p, q)  # q times min(1, p / q)
    rejected = 1.0 - accepted.sum()
    torch.testing.assert_close(accepted + rejected * left_over(p, q), p, atol=1e-15, rtol=1e-12)
    # The chance of a rejection is the total variation distance of the two.
    torch.testing.assert_close(rejected, (p - q).abs().sum() / 2)


def test_left_over_by_hand():
    p, q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.7, 0.1])
    torch.testing.assert_close(left_over(p, q), torch.tensor([0.75, 0.0, 0.25]).double())
    assert torch.equal(left_over(p, p), p)


class Darts:
    """A random generator that returns these numbers."""

    def __init__(self, *values):
        self.values = list(values)

    def random(self):
        return self.values.pop(0)


def test_a_round_by_hand():
    q = torch.tensor([0.5, 0.5, 0.0])
    p = torch.tensor([[0.25, 0.5, 0.25], [0.1, 0.1, 0.8], [0.0, 0.0, 1.0]])
    both = judge([0, 1], [q, q], p, Darts(0.49, 0.19, 0.0))
    assert [each.verdict for each in both.drafted] == ["accepted"] * 2
    assert (both.own, both.own_from, both.tokens) == (2, "continued", (0, 1, 2))
    first = judge([0, 1], [q, q], p, Darts(0.5, 0.0))
    assert [each.verdict for each in first.drafted] == ["rejected", "unread"]
    assert (first.own, first.own_from, first.tokens) == (2, "resampled", (2,))
    ended = judge([0, 1], [q, q], p, Darts(0.1), end_id=0)
    assert [each.verdict for each in ended.drafted] == ["accepted", "unread"]
    assert (ended.own, ended.own_from, ended.tokens) == (None, None, (0,))


def test_rounds_of_many_draws_are_distributed_as_the_large_model_alone():
    """The kernel, many times: three tokens, each with its own distributions."""
    generator, n = Random(0), 20_000
    tables = torch.Generator().manual_seed(1)
    q = torch.randn(2, 4, generator=tables, dtype=torch.float64).softmax(-1)
    p = torch.randn(3, 4, generator=tables, dtype=torch.float64).softmax(-1)
    first = Counter()
    for _ in range(n):
        drafts = generator.choices(range(4), q[0].tolist()) + generator.choices(
            range(4), q[1].tolist()
        )
        first[judge(drafts, list(q), p, generator).tokens[0]] += 1
    assert p_value(first, {token: n * float(p[0, token]) for token in range(4)}) > 0.001


@pytest.mark.parametrize(
    ("n_draft", "filters"),
    [(1, {}), (4, {}), (2, {"temperature": 0.7, "top_k": 3}), (4, {"top_p": 0.8})],
)
def test_whole_texts_are_distributed_as_the_large_model_writes_them(n_draft, filters):
    large, small = tiny(4, 5, spread=0.25), tiny(4, 6, spread=0.25)
    settings, n = SamplingSettings(max_tokens=3, **filters), 1500
    counts = Counter(
        tuple(
            text_of(write_speculatively(large, small, [1], replace(settings, seed=seed), n_draft))
        )
        for seed in range(n)
    )
    expected = {}
    for text in product(range(4), repeat=3):
        logits = large(torch.tensor([[1, *text[:-1]]]))[0]
        probs = next_token_probs(logits, settings)
        chance = math.prod(float(row[token]) for row, token in zip(probs, text, strict=True))
        if chance:
            expected[text] = n * chance
    assert set(counts) <= set(expected)
    rare = [text for text, mean in expected.items() if mean < 5]  # too few for the test: one cell
    if rare:
        expected["rare"] = sum(expected.pop(text) for text in rare)
        counts["rare"] = sum(counts.pop(text, 0) for text in rare)
    assert p_value(counts, expected) > 0.001


def test_the_seed_decides_the_text():
    large, small = tiny(30, 1), tiny(30, 2)
    first, again, other = (
        text_of(write_speculatively(large, small, [3], SamplingSettings(seed=s, max_tokens=30)))
        for s in (1, 1, 2)
    )
    assert first == again != other


def test_what_cannot_be_written_is_refused():
    large, small = tiny(12, 1), tiny(12, 2)
    settings = SamplingSettings(max_tokens=20)

    def write(tokens=(3,), other=small, asked=settings, n_draft=4):
        return list(write_speculatively(large, other, tokens, asked, n_draft))

    with pytest.raises(EmptyInput):
        write(())
    assert len(text_of(write([1] * 45))) == 20  # 64 tokens are read, the last is not
    for refused, name in [
        (lambda: write([1] * 46), "max_tokens"),
        (lambda: write(n_draft=0), "n_draft"),
        (lambda: write(asked=replace(settings, constraint="{}")), "constraint"),
        (lambda: write(asked=replace(settings, watermark=Watermark(key="k"))), "watermark"),
    ]:
        with pytest.raises(SettingError) as error:
            refused()
        assert error.value.values["name"] == name
    with pytest.raises(ValueError, match="different vocabularies"):
        write(other=tiny(13, 1))
    with torch.no_grad():
        large.output_table.fill_(float("nan"))
    with pytest.raises(WritingFailed):
        write()
