"""The quick step computes what the model computes."""

import pytest
import torch

from core.inference.cache import Cache, OneRow
from core.inference.decoder import Decoder, _rms_norm


def tokens(n_rows, n_tokens):
    return torch.randint(50, (n_rows, n_tokens), generator=torch.Generator().manual_seed(8))


def test_one_text_token_by_token_is_read_as_by_the_model(config, model_of):
    model, text = model_of(config).double(), tokens(1, 16)
    decoder, cache = Decoder(model), Cache(config, 1, torch.float64)
    logits = [decoder.read([token], cache)[0] for token in text[0].tolist()]
    torch.testing.assert_close(torch.stack(logits), model(text)[0].detach())


def test_texts_of_different_lengths_are_read_as_by_the_model(config, model_of):
    model, text = model_of(config).double(), tokens(3, 16)
    decoder, cache = Decoder(model), Cache(config, 5, torch.float64)
    lengths = [11, 1, 6]
    for row, n in enumerate(lengths):
        model(text[row : row + 1, :n], OneRow(cache, row))
    for further in range(4):
        newest = [int(text[row, n + further]) for row, n in enumerate(lengths)]
        logits = decoder.read(newest, cache)
        for row, n in enumerate(lengths):
            expected = model(text[row : row + 1])[0, n + further]
            torch.testing.assert_close(logits[row], expected.detach())


@pytest.mark.parametrize("size", [0.0, 1e-6, 1.0, 1e4])  # where eps is everything, much, or nothing
@pytest.mark.parametrize("eps", [1e-5, None])
def test_the_norm_by_a_hypotenuse_is_torchs(size, eps):
    random = torch.Generator().manual_seed(3)
    x = size * torch.randn(2, 5, 32, generator=random, dtype=torch.float64)
    gain = torch.rand(32, generator=random, dtype=torch.float64)
    theirs = torch.rms_norm(x, (32,), gain, eps)
    torch.testing.assert_close(_rms_norm(gain, eps)(x), theirs)
