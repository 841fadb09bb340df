"""Everything that happens inside a model on its way from a text to the next word.

One forward pass keeps every value; what follows is read off it: what the model would say after
every block, and which part of it pushed a word up or down.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.architecture.attention import Recording
from core.architecture.block import Block
from core.architecture.changing import (
    AttentionOff,
    Change,
    FeedForwardOff,
    HeadOff,
    Patched,
    changed,
)
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
    model: Transformer, tokens: Sequence[int], changes: Collection[Change] = ()
) -> Inside:
    """One forward pass that keeps everything.

    Args:
        model: reads; it is not changed.
        tokens: at least one, at most n_context.
        changes: what is done to the model on its way; see `core.architecture.changing`.

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
    record = Recording(whole=True)
    with changed(model, changes) as reader:
        logits = reader(torch.tensor([list(tokens)]), record=record)[0]
    assert record.final is not None
    return Inside(
        config=model.config,
        tokens=tuple(tokens),
        embedding=record.residuals[0][0],
        blocks=tuple(_block(record, layer, changes) for layer in range(model.config.n_layers)),
        final=record.final[0],
        logits=logits,
        changes=tuple(changes),
    )


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


@dataclass(frozen=True)
class Share:
    """What one part of the model adds to a logit.

    Args:
        part: "embedding", "attention" (one head), "attention_bias", "feedforward" or "norm_bias".
        layer: from 0; None outside the blocks.
        head: from 0, for "attention".
        logit: what it adds; all parts together give the logit.
    """

    part: str
    layer: int | None
    head: int | None
    logit: float


@torch.inference_mode()
def attribute(model: Transformer, inside: Inside, at: int, token: int) -> list[Share]:
    """Which part of the model pushed a token's logit up or down, and by how much.

    The residual stream is a sum: the embedding and what every head and every feed-forward layer
    adds. The final norm divides the whole sum by one number, so each part's share of the logit can
    be read off, and the shares add up to the logit. Computed in float64.

    Args:
        at: the token whose next one is asked for, from 0.
        token: whose logit.

    Returns:
        a share for every part that is on, in the order in which they add to the stream.

    Raises:
        ValueError: the stream was patched, so it is no sum of the parts.

    Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits",
        transformer-circuits.pub, "direct path"; Wang et al. 2022, arXiv:2211.00593, section 3.
    """
    config, norm = model.config, model.final_norm
    row = model.output_table[token].double()  # (C,)
    stream = inside.residuals[-1][at].double()  # (C,)
    weights = dict(norm.named_parameters())
    gain, is_centred = weights["weight"].double(), isinstance(norm, nn.LayerNorm)
    deviation = stream - stream.mean() if is_centred else stream
    scale = (deviation.square().mean() + config.norm_eps).sqrt()
    reads = gain * row / scale  # (C,) a part's share is its product with this
    if is_centred:
        reads = reads - reads.mean()  # the same as centring every part

    def share(added: Tensor) -> float:
        return float(added @ reads)

    off = set(inside.changes)
    if any(isinstance(change, Patched) for change in off):
        raise ValueError("a patched stream is no sum of its parts")
    shares = [Share("embedding", None, None, share(inside.embedding[at].double()))]
    for layer, (block, each) in enumerate(zip(model.blocks, inside.blocks, strict=True)):
        assert isinstance(block, Block) and block.attention is not None
        out = block.attention.out
        brought = (reads @ out.weight.double()) * each.mixed[at].double()  # (H * D,)
        for head, logit in enumerate(brought.view(-1, config.head_size).sum(-1).tolist()):
            if not {HeadOff(layer, head), AttentionOff(layer)} & off:
                shares.append(Share("attention", layer, head, logit))
        if out.bias is not None and AttentionOff(layer) not in off:
            shares.append(Share("attention_bias", layer, None, share(out.bias.double())))
        worked = share(each.feedforward_output[at].double())
        shares.append(Share("feedforward", layer, None, worked))
    if "bias" in weights:
        constant = float(weights["bias"].double() @ row)
        shares.append(Share("norm_bias", None, None, constant))
    return shares
