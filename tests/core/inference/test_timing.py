"""Times are of real calls, bytes of real tensors; none of these tests depends on speed."""

import pytest
import torch

from core.architecture.weights import checkpoint_bytes
from core.errors import TooLittleMemory
from core.inference import timing
from core.inference.generate import generate
from core.inference.packed import PRECISIONS
from core.inference.sampling import SamplingSettings
from core.inference.surprise import token_losses
from core.inference.timing import Source, Spread, bytes_per_token

PROMPT = [3, 8, 1]


@pytest.fixture
def model(config, model_of):
    return model_of(config)


@pytest.fixture
def source(model):
    return Source(checkpoint_bytes(model))


def test_a_text_is_written_greedily_and_its_cache_counted(source, model, config):
    seen = []
    found = timing.time_text(source, PROMPT, 5, 3, 60.0, lambda *now: seen.append(now))
    greedy = SamplingSettings(temperature=0.0, max_tokens=5)
    assert found.tokens == [each.token for each in generate(model, PROMPT, greedy)]
    assert found.n_prompt == 3 and found.prefill.n == 3 and found.per_token.n == 15
    assert len(found.without_s) == 5 and min(found.without_s) > 0
    per_token = 2 * config.n_layers * config.n_kv_heads * config.head_size * 4
    assert found.cache_bytes == [n * per_token for n in range(3, 9)]
    assert found.weight_bytes == 4 * model.n_parameters
    assert found.best_rate >= 1 / max(found.of_each) and 0 < found.computing <= 1
    shares = [now[0] for now in seen]
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    assert len(seen[2][2]) == 3  # the third call has told of three tokens


def test_rounds_end_with_the_budget_but_one_is_always_done(source):
    found = timing.time_text(source, PROMPT, 2, 50, 0.0)
    assert found.prefill.n == 1 and found.without_s == []
    assert set(timing.time_batches(source, PROMPT, 2, 50, 0.0)) == set(timing.BATCHES)


def test_every_precision_has_its_bytes_its_loss_and_its_text(source, model):
    held_out = torch.randint(50, (40,), generator=torch.Generator().manual_seed(4)).tolist()
    rows = timing.time_precisions(source, PROMPT, held_out, 4, 2)
    assert [row.precision for row in rows] == list(PRECISIONS)
    assert [len(row.tokens) for row in rows] == [4] * 4
    sizes = [row.weight_bytes for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    n = model.config.n_context
    pieces = [token_losses(model, held_out[at : at + n + 1]) for at in range(0, 39, n)]
    assert rows[0].loss_nats == pytest.approx(float(torch.cat(pieces).sum()), rel=1e-5)
    assert rows[2].loss_nats != rows[0].loss_nats


def test_precisions_that_do_not_fit_are_not_begun(source, monkeypatch):
    free = type("Free", (), {"available": 10})()
    monkeypatch.setattr(timing.psutil, "virtual_memory", lambda: free)
    with pytest.raises(TooLittleMemory):
        timing.time_precisions(source, PROMPT, PROMPT, 1, 1)


def test_the_memory_is_measured_at_the_size_of_the_model_too(monkeypatch):
    monkeypatch.setattr(timing, "LARGEST_READ", 4_000_000)
    found = timing.time_memory(2_000_000, 2)
    assert [one.n_bytes for one in found] == [1_000_000, 2_000_000, 4_000_000]
    assert all(one.read.low > 0 and one.copied.n == 2 for one in found)


def test_a_spread_by_hand():
    assert Spread.of([3.0, 1.0, 2.0, 10.0]) == Spread(2.5, 1.0, 10.0, 4)


def test_a_table_that_gives_no_logits_is_not_read_whole():
    assert bytes_per_token(100, 30, True, 5) == 105
    assert bytes_per_token(100, 30, False, 5) == 75
