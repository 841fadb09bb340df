"""The key-value cache: keys and values are computed once and kept, so a text is read only once.

All memory is allocated up front. Row b belongs to one text, and its first `lengths[b]` places are
filled. Rows may have different lengths, so texts at different points advance together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.architecture.config import ModelConfig


class Cache:
    """Preallocated keys and values for `n_rows` texts of up to n_context tokens.

    Args:
        config: of the model that fills it.
        n_rows: texts side by side.
        dtype: of the keys and values, the same as the model's.

    Source: the idea is folklore; Pope et al. 2022, "Efficiently Scaling Transformer Inference",
        arXiv:2211.05102, section 2, counts what it costs and saves.
    """

    def __init__(
        self, config: ModelConfig, n_rows: int = 1, dtype: torch.dtype = torch.float32
    ) -> None:
        self.n_context = config.n_context
        self.lengths = [0] * n_rows
        shape = (n_rows, config.n_context, config.n_kv_heads, config.head_size)  # (B, T, H, D)
        n_layers = 0 if "attention" in config.without else config.n_layers
        self.keys = [torch.zeros(shape, dtype=dtype) for _ in range(n_layers)]
        self.values = [torch.zeros(shape, dtype=dtype) for _ in range(n_layers)]
        self._every_position = torch.arange(config.n_context)  # (n_context,)

    def forget(self, row: int) -> None:
        """Empty one row; its contents are overwritten later."""
        self.lengths[row] = 0

    def move(self, source: int, target: int) -> None:
        """Move the text of row `source` into row `target`, replacing what was there."""
        n_tokens = self.lengths[source]
        for layer in self.keys + self.values:
            layer[target, :n_tokens] = layer[source, :n_tokens]
        self.lengths[target] = n_tokens
        self.lengths[source] = 0

    def arrange(self, rows: Sequence[int]) -> None:
        """Move the texts of `rows` into rows 0, 1, ...; a text may be copied into several."""
        n_filled = max(self.lengths[row] for row in rows)
        for layer in self.keys + self.values:
            layer[: len(rows), :n_filled] = layer[list(rows), :n_filled]  # the right side is a copy
        self.lengths[: len(rows)] = [self.lengths[row] for row in rows]

    def open(self, n_rows: int, n_tokens: int, first_row: int = 0) -> "Opened":
        """Make room for `n_tokens` new tokens in each of `n_rows` rows, from `first_row` on.

        Raises:
            ValueError: a row would hold more than n_context tokens.
        """
        rows = slice(first_row, first_row + n_rows)
        before = self.lengths[rows]
        longest = max(before) + n_tokens
        if longest > self.n_context:
            raise ValueError(f"{longest} tokens do not fit into a context of {self.n_context}")
        self.lengths[rows] = [n + n_tokens for n in before]
        if min(before) == max(before):
            return self._open_even(rows, before[0], n_tokens)
        return self._open_ragged(rows, before, n_tokens)

    def _open_even(self, rows: slice, start: int, n_tokens: int) -> "Opened":
        """All rows are equally long, so the new tokens go into the same columns."""
        positions = self._every_position[start : start + n_tokens]  # (T,)
        visible = None
        if start > 0 and n_tokens > 1:  # not everything is visible, nor is the mask a causal square
            columns = self._every_position[: start + n_tokens]  # (S,)
            visible = (columns <= positions[:, None])[None, None]  # (1, 1, T, S)
        columns_filled = slice(start, start + n_tokens)
        return Opened(self, rows, positions, visible, start + n_tokens, columns_filled, None)

    def _open_ragged(self, rows: slice, before: list[int], n_tokens: int) -> "Opened":
        """Each row continues at its own position, and sees nothing beyond it."""
        starts = torch.tensor(before)  # (B,)
        positions = starts[:, None] + self._every_position[:n_tokens]  # (B, T)
        n_filled = max(before) + n_tokens
        columns = self._every_position[:n_filled]  # (S,)
        visible = (columns <= positions[:, :, None]).unsqueeze(1)  # (B, 1, T, S)
        first = torch.arange(rows.start, rows.stop)[:, None]  # (B, 1)
        places = (first * self.n_context + positions).flatten()  # (B * T,)
        return Opened(self, rows, positions, visible, n_filled, None, places)


@dataclass(frozen=True, slots=True)
class OneRow:
    """A single row as a cache of its own, to read one text while the others wait."""

    cache: Cache
    row: int

    def open(self, n_rows: int, n_tokens: int) -> "Opened":
        """Make room for `n_tokens` new tokens; `n_rows` is 1."""
        return self.cache.open(n_rows, n_tokens, first_row=self.row)


@dataclass(frozen=True, slots=True)
class Opened:
    """The cache during one forward pass; implements `core.architecture.attention.PastTokens`."""

    cache: Cache
    rows: slice
    positions: Tensor
    """(T,) positions of the new tokens, or (B, T) if rows differ"""
    visible: Tensor | None
    """(B or 1, 1, T, S) True where a new token may look; None: the causal mask will do"""
    n_filled: int
    """S: columns filled by the longest row"""
    columns: slice | None
    """where the new tokens go, if the same in all rows"""
    places: Tensor | None
    """(B * T,) row * n_context + position of every new token, if rows differ"""

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Store (B, T, H, D) new keys and values; return all S of them, old and new."""
        return (
            self._store(self.cache.keys[layer], keys),
            self._store(self.cache.values[layer], values),
        )

    def _store(self, memory: Tensor, new: Tensor) -> Tensor:
        if self.places is None:
            memory[self.rows, self.columns] = new
        else:
            memory.flatten(0, 1).index_copy_(0, self.places, new.flatten(0, 1))
        return memory[self.rows, : self.n_filled]  # (B, S, H, D)
