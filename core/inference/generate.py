"""Generating one text: read it, draw the next token, append it, repeat.

Nothing is read twice as long as the text fits into the context window. Which tokens the model sees
depends only on how many there are (`window_start`), so generation can be resumed at any point.
"""

from collections.abc import Iterator, Sequence
from random import Random

import torch
from torch import Tensor

from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.errors import EmptyInput
from core.inference.cache import Cache
from core.inference.decoder import Decoder
from core.inference.sampling import Drawn, SamplingSettings, draw_from
from core.inference.shaping import Shaper


def window_start(n_tokens: int, n_context: int) -> int:
    """The first token of a text that the model still sees.

    A text longer than the context window loses its beginning in steps of half a window: after each
    step the newer half is read again from position 0, leaving room for half a window of new tokens.
    Sliding by one token would mean reading everything again for every token.

    Args:
        n_tokens: length of the text so far.
        n_context: tokens the model can look at together.

    Returns:
        Index of the first token seen; n_tokens minus it is at most n_context.
    """
    step = max(1, n_context // 2)
    n_too_many = max(0, n_tokens - n_context)
    return -(-n_too_many // step) * step  # rounded up to whole steps


def generate(
    model: Transformer,
    tokens: Sequence[int],
    settings: SamplingSettings,
    end_id: int | None = None,
    encoder: Encoder | None = None,
) -> Iterator[Drawn]:
    """Continue a text, token by token.

    Args:
        model: generates; it is not changed.
        tokens: the text so far, at least one token.
        settings: how to draw and how much; `stop` is ignored, since tokens are not text yet.
        end_id: the token after which to stop; it is yielded last.
        encoder: turns text into tokens; needed if the settings name a schema.

    Yields:
        Every token as soon as it is drawn.

    Raises:
        EmptyInput: there is no token to continue.
        WritingFailed: the model's scores are not numbers.
        SchemaError: the settings name a schema that cannot be used.
    """
    if not tokens:
        raise EmptyInput("there is no token to continue")
    generator = Random(settings.seed)
    shaper = Shaper.of(settings, tokens, encoder)
    reader = Reader(model, tokens)
    for _ in range(settings.max_tokens):
        if shaper is None:
            drawn = draw_from(reader.logits, settings, generator)
        else:
            drawn = shaper.draw_from(reader.logits, generator)
        yield drawn
        if drawn.token == end_id:
            return
        reader.read(drawn.token)


class Reader:
    """A model reading a growing text, with the logits of the next token at hand.

    Args:
        model: reads.
        tokens: the text so far, at least one token.
    """

    def __init__(self, model: Transformer, tokens: Sequence[int]) -> None:
        self.model = model
        self.decoder = Decoder(model)
        self.tokens = list(tokens)
        self.cache = Cache(model.config, dtype=model.dtype)
        self.start = 0
        self.logits = self._read_window()
        """(V,) logits of the next token"""

    def read(self, token: int) -> None:
        """Append one token to the text."""
        self.tokens.append(token)
        if window_start(len(self.tokens), self.cache.n_context) == self.start:
            self.logits = self.decoder.read([token], self.cache)[0]
        else:
            self.logits = self._read_window()

    @torch.inference_mode()
    def _read_window(self) -> Tensor:
        """Read everything the model still sees, and return the logits of what comes next; (V,)."""
        self.start = window_start(len(self.tokens), self.cache.n_context)
        self.cache.forget(0)
        seen = torch.tensor([self.tokens[self.start :]])  # (1, T)
        logits: Tensor = self.model(seen, self.cache, only_last=True)
        return logits[0, 0]
