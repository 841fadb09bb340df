"""What changes a model's logits before a token is drawn: a watermark, then a schema.

The schema has the last word: a token it forbids stays forbidden, even a green one.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import torch
from torch import Tensor

from core.data.text.bpe import Encoder
from core.inference.sampling import Drawn, SamplingSettings, draw_from
from core.inference.text.constraint import Constraint, grammar_of
from core.inference.watermark import favour_green


class Shaper:
    """Changes the logits of one text as its settings ask.

    Args:
        settings: name a schema, a watermark or both.
        tokens: the text so far.
        encoder: turns text into tokens; needed for a schema.

    Raises:
        SchemaError: the schema cannot be used, or nothing that fits it fits into `max_tokens`.
        ValueError: there is a schema and no encoder.
    """

    def __init__(
        self, settings: SamplingSettings, tokens: Sequence[int], encoder: Encoder | None
    ) -> None:
        self._settings = settings
        self._tokens = list(tokens)
        self.constraint: Constraint | None = None
        if settings.constraint is not None:
            if encoder is None:
                raise ValueError("to hold a text to a schema, its encoder is needed")
            grammar = grammar_of(settings.constraint, encoder)
            self.constraint = Constraint(grammar, settings.max_tokens, settings.stop)

    @classmethod
    def of(
        cls, settings: SamplingSettings, tokens: Sequence[int], encoder: Encoder | None
    ) -> "Shaper | None":
        """A shaper, if the settings ask for one."""
        if settings.constraint is None and settings.watermark is None:
            return None
        return cls(settings, tokens, encoder)

    @property
    def hurried(self) -> bool:
        """Whether the text had to be closed before the model was done, for lack of tokens."""
        return self.constraint is not None and self.constraint.hurried

    def draw_from(self, logits: Tensor, generator: Random) -> Drawn:
        """Draw a token from (V,) logits; the logits returned with it are the model's own."""
        scores = logits
        if self._settings.watermark is not None:
            scores = favour_green(scores, self._tokens, self._settings.watermark)
        if self.constraint is not None:
            allowed = self.constraint.allowed(len(scores))  # (V,)
            scores = scores.masked_fill(~allowed, float("-inf"))
        drawn = replace(draw_from(scores, self._settings, generator), logits=logits)
        if self.constraint is not None:
            drawn = _taken(drawn, self.constraint.take(drawn.token))
        self._tokens.append(drawn.token)
        return drawn


def _taken(drawn: Drawn, token: int) -> Drawn:
    """The draw; where the way out was taken instead, its token had probability 1."""
    if token == drawn.token:
        return drawn
    certain = torch.zeros_like(drawn.probs)
    certain[token] = 1.0
    return replace(drawn, token=token, probs=certain)
