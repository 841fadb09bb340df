"""The inner step of generation: one more token for each text, with as little overhead as possible.

The arithmetic is that of `Transformer.forward` for a single new token, with the same weights. A
small model spends more time calling modules than multiplying, so the modules are taken apart once
into plain functions. A test checks that both agree.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.architecture.attention import Attention
from core.architecture.block import Block
from core.architecture.feedforward import FeedForward
from core.architecture.positions import distance_penalty, rotate
from core.architecture.transformer import Transformer
from core.inference.cache import Cache, Opened
from core.inference.packed import Packed, PackedLinear
from core.inference.single import Single

Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class _Gathering:
    """A block's attention, taken apart."""

    norm: Function
    qkv: Function
    head_norm: Function
    out: Function


@dataclass(frozen=True, slots=True)
class _Layer:
    """One block, taken apart; a part that its config leaves out is None."""

    attention: _Gathering | None
    feedforward: Function | None
    """the norm and the layer"""


class Decoder:
    """A model, ready to read one token at a time.

    Args:
        model: reads. It must not change in the meantime: some weights are copied here.
    """

    def __init__(self, model: Transformer) -> None:
        self.model = model
        self.config = model.config
        self._embed = _table(model)
        self._positions = model.position_embedding
        self._rotations = (
            None if model.rotations is None else model.rotations.to(model.dtype)
        )  # (n_context, 2, D)
        self._sinusoids = (
            None if model.sinusoids is None else model.sinusoids.to(model.dtype)
        )  # (n_context, C)
        self._slopes = model.slopes
        self._adds = "residual" not in model.config.without
        self._layers = [_take_apart(block) for block in model.blocks]
        self._final_norm = _norm(model.final_norm)
        self._score = _scores(model)
        self._single = Single(model) if Single.suits(model) else None

    @torch.inference_mode()
    def read(self, tokens: list[int], cache: Cache) -> Tensor:
        """Read one token of each text, and compute the logits of what comes next.

        Args:
            tokens: B token ids, the newest of the texts in rows 0 .. B - 1.
            cache: the texts so far; the new tokens are added.

        Returns:
            (B, V) logits.
        """
        if self._single is not None and len(tokens) == 1:
            return self._single.read(tokens[0], cache)  # the same, with less overhead
        B, H, K = len(tokens), self.config.n_heads, self.config.n_kv_heads
        past = cache.open(B, 1)
        x = self._embed(torch.tensor(tokens))  # (B, C)
        if self._positions is not None:
            x = x + F.embedding(past.positions.flatten(), self._positions.weight)
        if self._sinusoids is not None:
            x = x + self._sinusoids[past.positions.flatten()]
        rotation = self._rotation_at(past.positions.flatten())
        mask = self._mask_of(past)

        for i, layer in enumerate(self._layers):
            if (part := layer.attention) is not None:
                heads = part.qkv(part.norm(x)).view(B, H + 2 * K, -1)  # (B, H + 2K, D)
                # Queries and keys go through the same steps: one call for both.
                qk, v = part.head_norm(heads[:, : H + K]), heads[:, H + K :]
                if rotation is not None:
                    qk = rotate(qk, rotation)
                keys, values = past.append(i, qk[:, None, H:], v[:, None])  # (B, S, K, D)
                mixed = F.scaled_dot_product_attention(
                    qk[:, :H, None],  # (B, H, 1, D)
                    keys.transpose(1, 2),
                    values.transpose(1, 2),
                    attn_mask=mask,
                    enable_gqa=H != K,
                )
                gathered = part.out(mixed.reshape(B, -1))  # (B, C)
                x = x + gathered if self._adds else gathered
            if layer.feedforward is not None:
                worked = layer.feedforward(x)
                x = x + worked if self._adds else worked
        return self._score(self._final_norm(x))  # (B, V)

    def _mask_of(self, past: Opened) -> Tensor | None:
        """What is hidden, (B or 1, 1, 1, S); with ALiBi, what is added to the scores, too."""
        if self._slopes is None:
            return past.visible
        penalty = distance_penalty(self._slopes, past.positions).to(self.model.dtype)
        if past.visible is None:
            return penalty  # (1, H, 1, S)
        return penalty.masked_fill(~past.visible, float("-inf"))

    def _rotation_at(self, positions: Tensor) -> tuple[Tensor, Tensor] | None:
        """Cosine and sine for (B or 1,) positions, (B or 1, 1, D) each, to meet (B, H, D)."""
        if self._rotations is None:
            return None
        table = self._rotations[positions]  # (B or 1, 2, D)
        return table[:, :1], table[:, 1:]


def _take_apart(block: nn.Module) -> _Layer:
    assert isinstance(block, Block)
    attention, feedforward = None, None
    if block.attention is not None and block.attention_norm is not None:
        attention = _Gathering(
            norm=_norm(block.attention_norm),
            qkv=_linear(block.attention.qkv),
            head_norm=_head_norm(block.attention),
            out=_linear(block.attention.out),
        )
    if block.feedforward is not None and block.feedforward_norm is not None:
        feedforward = _after(_norm(block.feedforward_norm), _feedforward(block.feedforward))
    return _Layer(attention, feedforward)


def _after(first: Function, second: Function) -> Function:
    return lambda x: second(first(x))


def _table(model: Transformer) -> Function:
    """From (B,) ids to their rows, (B, C)."""
    if isinstance(model, Packed):
        return model.token_embedding.forward
    weight = model.token_embedding.weight
    return lambda ids: F.embedding(ids, weight)


def _scores(model: Transformer) -> Function:
    """From (B, C) final streams to logits, (B, V)."""
    if isinstance(model, Packed):
        return model.output_matrix.multiply
    output = model.output_table.t()  # (C, V)
    return lambda x: x.mm(output)


def _linear(layer: nn.Module) -> Function:
    if isinstance(layer, PackedLinear):
        return layer.flat
    assert isinstance(layer, nn.Linear)
    weight, bias = layer.weight.t(), layer.bias  # a view: the memory is the model's
    if bias is None:
        return lambda x: x.mm(weight)
    return lambda x: torch.addmm(bias, x, weight)


def _norm(layer: nn.Module) -> Function:
    if isinstance(layer, nn.Identity):  # a model without norms
        return lambda x: x
    if isinstance(layer, nn.LayerNorm):
        shape, gain, bias, eps = layer.normalized_shape, layer.weight, layer.bias, layer.eps
        return lambda x: torch.layer_norm(x, shape, gain, bias, eps)
    assert isinstance(layer, nn.RMSNorm)
    return _rms_norm(layer.weight.detach(), layer.eps)


def _rms_norm(gain: Tensor, eps: float | None) -> Function:
    """RMSNorm over the last axis, (..., C) -> (..., C), in a third of the time torch takes.

    x g / sqrt(|x|^2 / C + eps) is x g sqrt(C) / sqrt(|x|^2 + C eps), and the root of two squares is
    a hypotenuse: three calls on few numbers instead of six.
    """
    n_channels = gain.shape[-1]
    small = torch.finfo(gain.dtype).eps if eps is None else eps  # the default of torch.rms_norm
    scaled, least = gain * math.sqrt(n_channels), gain.new_tensor(math.sqrt(n_channels * small))
    return lambda x: (x * scaled).div_(
        torch.hypot(torch.linalg.vector_norm(x, dim=-1, keepdim=True), least)
    )


def _head_norm(attention: Attention) -> Function:
    """The norms of queries and keys in one: (B, H + K, D), each head with its own gain."""
    queries, keys = attention.query_norm, attention.key_norm
    if not (isinstance(queries, nn.RMSNorm) and isinstance(keys, nn.RMSNorm)):
        return lambda qk: qk
    H, K, _ = attention.heads
    gains = torch.cat([queries.weight.expand(H, -1), keys.weight.expand(K, -1)]).detach()
    return _rms_norm(gains, queries.eps)  # gains: (H + K, D)


def _feedforward(layer: FeedForward) -> Function:
    up, down = _linear(layer.up), _linear(layer.down)
    if layer.gate is not None:
        gate = _linear(layer.gate)
        return lambda x: down(F.silu(gate(x)) * up(x))
    if layer.activation == "gelu":
        return lambda x: down(F.gelu(up(x), approximate="tanh"))
    return lambda x: down(F.relu(up(x)).square())
