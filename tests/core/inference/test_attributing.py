"""Why this token: each method against the simplest way to compute it, in float64."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from core.architecture.transformer import Recording
from core.errors import EmptyInput, WritingFailed
from core.inference.attributing import (
    attention_rollout,
    attribute,
    gradient_times_input,
    last_attention,
    leave_one_out,
    next_logprobs,
)

TEXT, NEXT = [3, 14, 15, 9, 3, 26], 5


@pytest.fixture
def model(config, model_of):
    return model_of(config).double().requires_grad_(False)


def logprob(model, tokens, token):
    with torch.no_grad():
        return float(model(torch.tensor([list(tokens)]))[0, -1].log_softmax(0)[token])


def test_the_last_attention_is_the_mean_over_heads_of_the_last_layer(model):
    record = Recording()
    model(torch.tensor([TEXT]), record=record)
    expected = record.attention_weights[-1][0, :, -1].mean(0)
    torch.testing.assert_close(last_attention(model, TEXT), expected)
    assert float(expected.sum()) == pytest.approx(1)


def test_the_rollout_is_the_product_of_all_layers_with_their_residuals(model):
    record = Recording()
    model(torch.tensor([TEXT]), record=record)
    product = torch.eye(6, dtype=torch.float64)
    for weights in record.attention_weights:  # first layer first: it is multiplied from the left
        product = (0.5 * weights[0].mean(0) + 0.5 * torch.eye(6)) @ product
    found = attention_rollout(model, TEXT)
    torch.testing.assert_close(found, product[-1])
    assert float(found.sum()) == pytest.approx(1)
    assert float(found[-1]) >= 0.25  # two layers, each keeping half


def test_a_rollout_by_hand(model, monkeypatch):
    """Two tokens, two layers: the second looks at the first with 0.5, then with 1."""
    layers = [torch.tensor([[[1.0, 0.0], [0.5, 0.5]]]), torch.tensor([[[1.0, 0.0], [1.0, 0.0]]])]
    monkeypatch.setattr("core.inference.attributing._attention_of", lambda *_: layers)
    # Half stays at the end and half comes from the start; of that which stayed, a quarter more.
    assert attention_rollout(model, [1, 2]).tolist() == [0.5 + 0.125, 0.375]


def test_gradient_times_input_is_the_slope_of_growing_each_tokens_vector(model):
    found = gradient_times_input(model, TEXT, NEXT)
    step = 1e-5

    def grown(place, factor):
        """The log-probability if one token's vector were this many times as long."""

        def stretch(_table, _ids, out):
            out = out.clone()
            out[:, place] *= factor
            return out

        hook = model.token_embedding.register_forward_hook(stretch)
        try:
            return logprob(model, TEXT, NEXT)
        finally:
            hook.remove()

    slopes = [(grown(i, 1 + step) - grown(i, 1 - step)) / (2 * step) for i in range(len(TEXT))]
    torch.testing.assert_close(found.tolist(), slopes, atol=1e-7, rtol=1e-6)


def test_the_gradient_leaves_nothing_behind(model):
    before = logprob(model, TEXT, NEXT)
    with torch.inference_mode():  # as whoever only generates would call it
        gradient_times_input(model, TEXT, NEXT)
    assert logprob(model, TEXT, NEXT) == before
    assert not model.token_embedding._forward_hooks
    assert all(weight.grad is None for weight in model.parameters())


def test_leaving_out_is_what_the_model_says_to_the_shorter_text(model):
    found = leave_one_out(model, TEXT, NEXT)
    for place in range(len(TEXT)):
        shorter = TEXT[:place] + TEXT[place + 1 :]
        expected = logprob(model, TEXT, NEXT) - logprob(model, shorter, NEXT)
        assert float(found[place]) == pytest.approx(expected, abs=1e-12)


def test_many_texts_are_read_as_each_alone(model):
    texts = [[i % 50, (3 * i) % 50] for i in range(70)]
    found = next_logprobs(model, texts, NEXT)
    expected = [logprob(model, text, NEXT) for text in texts]
    torch.testing.assert_close(found.tolist(), expected)


def test_all_methods_together_are_each_of_them(config, model_of):
    model = model_of(config)
    found = attribute(model, TEXT, NEXT)
    assert found.logprob == pytest.approx(logprob(model, TEXT, NEXT))
    torch.testing.assert_close(found.attention, last_attention(model, TEXT))
    torch.testing.assert_close(found.rollout, attention_rollout(model, TEXT))
    torch.testing.assert_close(found.gradient, gradient_times_input(model, TEXT, NEXT))
    torch.testing.assert_close(found.left_out, leave_one_out(model, TEXT, NEXT))
    for each in (found.attention, found.rollout, found.gradient, found.left_out):
        assert each.shape == (6,) and not each.requires_grad


def test_a_single_token_has_all_the_attention_and_cannot_be_left_out(model):
    found = attribute(model, [3], NEXT)
    assert found.attention.tolist() == found.rollout.tolist() == [1.0]
    assert found.gradient.shape == (1,) and found.left_out.shape == (0,)
    with pytest.raises(ValueError, match="left out"):
        leave_one_out(model, [3], NEXT)


def test_what_cannot_be_attributed_is_refused(model):
    with pytest.raises(EmptyInput):
        attribute(model, [], NEXT)
    with pytest.raises(ValueError, match="context of 16"):
        last_attention(model, [1] * 17)
    with pytest.raises(ValueError, match="token ids"):
        gradient_times_input(model, [1], 50)
    with torch.no_grad():
        model.output_table[9] = float("nan")
    with pytest.raises(WritingFailed):
        attribute(model, [1, 2], NEXT)


def test_many_may_ask_the_same_model_at_once(model):
    """Several visitors look at one model; none may find another's text in an answer of theirs."""
    texts = [[3 + i, *TEXT[: 2 + i % 4]] for i in range(12)]
    alone = [attribute(model, text, NEXT) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: attribute(model, text, NEXT), texts * 10))
    for found, expected in zip(together, alone * 10, strict=True):
        torch.testing.assert_close(found.gradient, expected.gradient)
        torch.testing.assert_close(found.left_out, expected.left_out)
