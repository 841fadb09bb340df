"""Continuous batching: one model generates many texts at once, each independent of the others.

A text may join or leave between any two steps. It gets the tokens it would get alone with the same
seed: rows share nothing but the arithmetic. (The same product may be rounded differently in a
larger batch, by about one part in a million; a draw that falls into so narrow a gap may differ.)
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

import torch
from torch import Tensor

from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.errors import EmptyInput
from core.inference.cache import Cache, OneRow
from core.inference.decoder import Decoder
from core.inference.generate import window_start
from core.inference.sampling import Drawn, SamplingSettings, draw, next_token_probs
from core.inference.shaping import Shaper

Ending = Literal["end", "length", "closed"]
"""why a text ended: the end token was drawn; max_tokens were reached; or, under a schema, the JSON
had to be closed before they were"""


@dataclass(frozen=True, slots=True)
class Step:
    """One token of one of the texts."""

    ticket: int
    """what `join` returned for this text"""
    drawn: Drawn
    """the token and what it was drawn from"""
    ending: Ending | None
    """set with the last token: the text has left the batch"""


@dataclass(slots=True)
class _Text:
    """A text being generated; its index in the list is its row in the cache."""

    ticket: int
    tokens: list[int]
    settings: SamplingSettings
    end_id: int | None
    generator: Random
    shaper: Shaper | None = None
    """changes its logits before each draw; such a text is drawn on its own"""
    start: int = 0
    """the first token the model still sees, see `window_start`"""
    n_drawn: int = 0


class ContinuousBatch:
    """A model with room for `n_rows` texts; all memory is allocated here.

    The rows in use are always 0 .. n_active - 1: when a text leaves, the last one moves into its
    row, so that one product over the first rows advances every text.

    Args:
        model: generates; it must not change in the meantime.
        n_rows: texts that can be generated at the same time.

    Source: Yu et al. 2022, "Orca", OSDI, section 3.1 (iteration-level scheduling).
    """

    def __init__(self, model: Transformer, n_rows: int) -> None:
        self.model = model
        self.n_rows = n_rows
        self.cache = Cache(model.config, n_rows, model.dtype)
        self._decoder = Decoder(model)
        self._texts: list[_Text] = []
        self._n_tickets = 0

    @property
    def n_active(self) -> int:
        """Texts being generated."""
        return len(self._texts)

    @property
    def n_free(self) -> int:
        """Texts that can still join."""
        return self.n_rows - len(self._texts)

    def join(
        self,
        tokens: Sequence[int],
        settings: SamplingSettings,
        end_id: int | None = None,
        encoder: Encoder | None = None,
    ) -> int:
        """Add a text to continue; its first new token comes with the next step.

        Args:
            tokens: the text so far, at least one token.
            settings: how to draw and how much; `stop` is left to whoever decodes the tokens.
            end_id: the token after which to stop.
            encoder: turns text into tokens; needed if the settings name a schema.

        Returns:
            The ticket that its steps carry.

        Raises:
            EmptyInput: there is no token to continue.
            SchemaError: the settings name a schema that cannot be used.
            ValueError: no row is free, or a token is none of the model's.
        """
        if not tokens:
            raise EmptyInput("there is no token to continue")
        if not self.n_free:
            raise ValueError(f"all {self.n_rows} rows are in use")
        if not 0 <= min(tokens) <= max(tokens) < self.model.config.n_vocab:
            raise ValueError(f"token ids must lie in [0, {self.model.config.n_vocab})")
        shaper = Shaper.of(settings, tokens, encoder)
        self._n_tickets += 1
        text = _Text(self._n_tickets, list(tokens), settings, end_id, Random(settings.seed), shaper)
        self._texts.append(text)
        self._read_window(self.n_active - 1)
        return text.ticket

    def leave(self, ticket: int) -> None:
        """Drop a text before its end; doing so twice does no harm."""
        for row, text in enumerate(self._texts):
            if text.ticket == ticket:
                last = self._texts.pop()
                if row < len(self._texts):
                    self._texts[row] = last
                    self.cache.move(len(self._texts), row)
                return

    @torch.inference_mode()
    def step(self) -> list[Step]:
        """Read the newest token of every text and draw the one after it.

        Returns:
            One step per text, in no particular order.

        Raises:
            WritingFailed: the model's scores are not numbers; no text can go on.
        """
        if not self._texts:
            return []
        for row in self._sliding():
            self._read_window(row)
        newest = [text.tokens[-1] for text in self._texts]  # B
        logits = self._decoder.read(newest, self.cache)  # (B, V)
        steps = [self._advance(text, drawn) for text, drawn in self._draw(logits)]
        for step in steps:
            if step.ending is not None:
                self.leave(step.ticket)
        return steps

    @property
    def slides(self) -> bool:
        """Whether the next step reads a longer piece again, because a text has left its window."""
        return bool(self._sliding())

    def _sliding(self) -> list[int]:
        n_context = self.cache.n_context
        return [
            row
            for row, text in enumerate(self._texts)
            if window_start(len(text.tokens), n_context) != text.start
        ]

    @torch.inference_mode()
    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next step gives the same bits with one thread and with so many: tried.

        A step that slides would read other shapes; it is not what is tried here.
        """
        before, n_before = torch.get_num_threads(), list(self.cache.lengths)
        newest, found = [text.tokens[-1] for text in self._texts], []
        try:
            for n in (1, n_threads):
                torch.set_num_threads(n)
                found.append(self._decoder.read(newest, self.cache))
                self.cache.lengths[:] = n_before  # what was read is read again, over itself
        finally:
            torch.set_num_threads(before)
        return torch.equal(*found)

    @torch.inference_mode()
    def _read_window(self, row: int) -> None:
        """Read what the model still sees of a text, except the newest token, which `step` reads."""
        text = self._texts[row]
        text.start = window_start(len(text.tokens), self.cache.n_context)
        self.cache.forget(row)
        seen = text.tokens[text.start : -1]
        if seen:
            self.model(torch.tensor([seen]), OneRow(self.cache, row), only_last=True)

    def _draw(self, logits: Tensor) -> Iterator[tuple[_Text, Drawn]]:
        """Draw a token for each row of (B, V) logits; rows with equal filters go together."""
        groups: dict[object, list[int]] = defaultdict(list)
        for row, text in enumerate(self._texts):
            if text.shaper is None:
                groups[text.settings.filters].append(row)
            else:
                yield text, text.shaper.draw_from(logits[row], text.generator)
        for rows in groups.values():
            scores = logits if len(rows) == len(logits) else logits[rows]
            probs = next_token_probs(scores, self._texts[rows[0]].settings)
            for i, row in enumerate(rows):
                text = self._texts[row]
                yield text, Drawn(draw(probs[i], text.generator), logits[row], probs[i])

    def _advance(self, text: _Text, drawn: Drawn) -> Step:
        """Append a drawn token to its text, and find out whether it was the last."""
        text.tokens.append(drawn.token)
        text.n_drawn += 1
        ending: Ending | None = None
        if drawn.token == text.end_id:
            ending = "closed" if text.shaper and text.shaper.hurried else "end"
        elif text.n_drawn == text.settings.max_tokens:
            ending = "length"
        return Step(text.ticket, drawn, ending)
