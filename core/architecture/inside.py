"""Everything that happens inside a model on its way from a text to the next word.

One forward pass keeps every value; what the model would say after every block is read off it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import torch
from torch import Tensor, nn

from core.architecture.attention import Recording
from core.architecture.changing import AttentionOff, Change, FeedForwardOff, changed
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.errors import EmptyInput, SettingError, TooLong


@dataclass(frozen=True)
class InsideBlock:
    """One block on one text of T tokens."""

    attention_input: Tensor
    """(T, C) the residual stream after the first norm"""
    queries: Tensor
    """(H, T, D) as compared: after norm and rotation"""
    keys: Tensor
    """(H of keys, T, D) as compared: after norm and rotation"""
    values: Tensor
    """(H of keys, T, D)"""
    weights: Tensor
    """(H, T, T) attention weights; every row sums to 1"""
    mixed: Tensor
    """(T, H * D) what every head brings: values, added up by the weights"""
    attention_output: Tensor
    """(T, C) what attention adds to the residual stream"""
    middle: Tensor
    """(T, C) the residual stream after attention"""
    feedforward_input: Tensor
    """(T, C) the same after the second norm"""
    up: Tensor
    """(T, hidden) what the first matrix of the feed-forward layer makes of it"""
    gate: Tensor | None
    """(T, hidden) what its gate makes of it, if it has one"""
    hidden: Tensor
    """(T, hidden) the neurons: after the nonlinearity"""
    feedforward_output: Tensor
    """(T, C) what the feed-forward layer adds to the residual stream"""
    after: Tensor
    """(T, C) the residual stream after this block"""


@dataclass(frozen=True)
class Inside:
    """A model on one text of T tokens, with every value in between."""

    config: ModelConfig
    tokens: tuple[int, ...]
    embedding: Tensor
    """(T, C) what enters the first block"""
    blocks: tuple[InsideBlock, ...]
    final: Tensor
    """(T, C) the last residual stream after the final norm"""
    logits: Tensor
    """(T, V)"""
    changes: tuple[Change, ...] = ()
    """what was done to the model on its way"""

    @property
    def residuals(self) -> list[Tensor]:
        """(T, C) each: the embedding, then the residual stream after every block."""
        return [self.embedding, *(block.after for block in self.blocks)]


@torch.inference_mode()
def look_inside(
    model: Transformer,
    tokens: Sequence[int],
    changes: Collection[Change] = (),
    known: Inside | None = None,
) -> Inside:
    """One forward pass that keeps everything.

    Args:
        model: reads; it is not changed.
        tokens: at least one, at most n_context.
        changes: what is done to the model on its way; see `core.architecture.changing`.
        known: another text in the same model. No token looks ahead, so what was computed for the
            tokens with which both texts begin is taken from it.

    Raises:
        EmptyInput: there is no token.
        TooLong: there are more than the context holds.
        SettingError: the model was made without one of its parts.
    """
    if model.config.without:
        raise SettingError("without", model.config.without, "must be empty to look inside")
    if not tokens:
        raise EmptyInput("there is no token to look at")
    if len(tokens) > model.config.n_context:
        limit = model.config.n_context
        raise TooLong(f"{len(tokens)} tokens, {limit} fit", n=len(tokens), limit=limit)
    n_known = n_shared(known, tokens) if known and not changes and not known.changes else 0
    cache = _Beginning(known, n_known) if known and n_known else None
    record = Recording(whole=True)
    with changed(model, changes) as reader:
        logits = reader(torch.tensor([list(tokens[n_known:])]), cache, record)[0]
    assert record.final is not None
    new = Inside(
        config=model.config,
        tokens=tuple(tokens),
        embedding=record.residuals[0][0],
        blocks=tuple(_block(record, layer, changes) for layer in range(model.config.n_layers)),
        final=record.final[0],
        logits=logits,
        changes=tuple(changes),
    )
    return new if cache is None else cache.continued(new)


def n_shared(known: Inside, tokens: Sequence[int]) -> int:
    """How many tokens a text has in common with the beginning of a known one.

    At most all but its last: what comes after a text is read from a pass over its last token.
    """
    pairs = zip(known.tokens, tokens[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


class _Beginning:
    """The first tokens of a known text, from which a forward pass goes on: its key-value cache.

    Args:
        known: the text.
        n: how many of its tokens.
    """

    visible = None

    def __init__(self, known: Inside, n: int) -> None:
        self._known, self._n = known, n
        self.positions = torch.empty(0, dtype=torch.long)

    def open(self, n_rows: int, n_tokens: int) -> "_Beginning":
        """Make room for the tokens that follow; there is one row."""
        self.positions = torch.arange(self._n, self._n + n_tokens)
        return self

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """(1, T, H, D) new keys and values behind the known ones."""
        block = self._known.blocks[layer]
        known = (block.keys, block.values)  # (H, S, D) each
        return tuple(  # type: ignore[return-value]
            torch.cat([old[:, : self._n].transpose(0, 1)[None], new], dim=1)
            for old, new in zip(known, (keys, values), strict=True)
        )

    def continued(self, new: Inside) -> Inside:
        """The whole text: the known tokens, then what was recorded for the others."""
        known = self._known
        return replace(
            new,
            embedding=self._rows(known.embedding, new.embedding),
            blocks=tuple(map(self._block, known.blocks, new.blocks)),
            final=self._rows(known.final, new.final),
            logits=self._rows(known.logits, new.logits),
        )

    def _rows(self, known: Tensor, new: Tensor) -> Tensor:
        """(..., T, n) with the known tokens' rows first."""
        return torch.cat([known[..., : self._n, :], new], dim=-2)

    def _block(self, known: InsideBlock, new: InsideBlock) -> InsideBlock:
        n_new = new.weights.shape[-2]
        looks = nn.functional.pad(known.weights[..., : self._n], (0, n_new))  # at none that follow
        rows = {
            name: self._rows(value, getattr(new, name))
            for name, value in vars(known).items()
            if name not in ("keys", "values", "weights") and value is not None
        }
        return replace(new, weights=self._rows(looks, new.weights), **rows)


def _block(record: Recording, layer: int, changes: Collection[Change]) -> InsideBlock:
    part = {name: value[0] for name, value in record.parts[layer].items()}
    # What is switched off is computed, but adds nothing.
    if AttentionOff(layer) in changes:
        part["attention_output"] = torch.zeros_like(part["attention_output"])
    if FeedForwardOff(layer) in changes:
        part["feedforward_output"] = torch.zeros_like(part["feedforward_output"])
    return InsideBlock(
        queries=record.queries[layer][0],
        keys=record.keys[layer][0],
        values=record.values[layer][0],
        weights=record.attention_weights[layer][0],
        gate=part.pop("gate", None),
        after=record.residuals[layer + 1][0],
        **part,
    )


@torch.inference_mode()
def logit_lens(model: Transformer, residual: Tensor) -> Tensor:
    """What the model would say if it stopped here: the stream read as if it were the last.

    Args:
        residual: (..., C) the residual stream at any depth.

    Returns:
        (..., V) logits.

    Source: nostalgebraist 2020, "interpreting GPT: the logit lens", lesswrong.com.
    """
    return nn.functional.linear(model.final_norm(residual), model.output_table)
