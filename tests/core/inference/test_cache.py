"""Reading piece by piece with a cache gives the same as reading all at once."""

import pytest
import torch

from core.inference.cache import Cache, OneRow


def tokens(n_rows, n_tokens):
    return torch.randint(50, (n_rows, n_tokens), generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("pieces", [[1] * 16, [16], [5, 1, 4, 6], [15, 1]])
def test_a_text_read_in_pieces_gives_the_same_as_at_once(config, model_of, pieces):
    model, text = model_of(config).double(), tokens(2, 16)
    cache, logits = Cache(config, 2, torch.float64), []
    for piece in text.split(pieces, dim=1):
        logits.append(model(piece, cache))
    torch.testing.assert_close(torch.cat(logits, dim=1), model(text))
    assert cache.lengths == [16, 16]


def test_rows_of_different_lengths_advance_together_as_if_alone(config, model_of):
    model, text = model_of(config).double(), tokens(3, 16)
    cache = Cache(config, 4, torch.float64)
    lengths = [2, 9, 5]
    for row, n in enumerate(lengths):
        model(text[row : row + 1, :n], OneRow(cache, row))
    new = torch.stack([text[row, n : n + 3] for row, n in enumerate(lengths)])  # (3, 3)
    together = model(new, cache)
    for row, n in enumerate(lengths):
        torch.testing.assert_close(together[row], model(text[row : row + 1])[0, n : n + 3])
    assert cache.lengths == [5, 12, 8, 0]


def test_a_forgotten_row_leaves_no_trace(config, model_of):
    model, text = model_of(config).double(), tokens(2, 8)
    cache = Cache(config, 1, torch.float64)
    model(text[:1], cache)
    cache.forget(0)
    torch.testing.assert_close(model(text[1:], cache), model(text[1:]))


def test_a_moved_row_goes_on_where_it_was(config, model_of):
    model, text = model_of(config).double(), tokens(1, 10)
    cache = Cache(config, 3, torch.float64)
    model(text[:, :6], OneRow(cache, 2))
    cache.move(2, 0)
    assert cache.lengths == [6, 0, 0]
    torch.testing.assert_close(model(text[:, 6:], cache), model(text)[:, 6:])


def test_more_than_the_context_does_not_fit(config):
    cache = Cache(config)
    cache.open(1, 16)
    with pytest.raises(ValueError, match="do not fit"):
        cache.open(1, 1)
