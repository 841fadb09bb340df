"""The loss of every token: against the plain formula, even beyond the context."""

import math

import pytest
import torch

from core.architecture.transformer import Transformer
from core.inference.generate import window_start
from core.inference.surprise import token_losses


def test_a_model_that_knows_nothing_is_surprised_by_the_log_of_the_vocabulary(config):
    model = Transformer(config)
    with torch.no_grad():
        model.output_table.zero_()
    torch.testing.assert_close(token_losses(model, [3, 1, 4]), torch.full((2,), math.log(50)))


@pytest.mark.parametrize("n_tokens", [2, 16, 17, 18, 45])
def test_every_loss_is_that_of_a_model_that_reads_up_to_there(config, model_of, n_tokens):
    model = model_of(config).double()
    text = [(11 * i + 3) % 50 for i in range(n_tokens)]
    losses = token_losses(model, text)
    assert losses.shape == (n_tokens - 1,)
    for n_read in range(1, n_tokens):
        seen = text[window_start(n_read, 16) : n_read]
        probs = model(torch.tensor([seen]))[0, -1].softmax(0)
        torch.testing.assert_close(losses[n_read - 1], -probs[text[n_read]].log().detach())


@pytest.mark.parametrize("text", [[], [7]])
def test_with_nothing_to_predict_there_is_no_surprise(config, model_of, text):
    assert token_losses(model_of(config), text).shape == (0,)
