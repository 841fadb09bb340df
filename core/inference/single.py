"""One more token for one text: `Decoder`'s step without a batch, on numbers that stay in place.

With a small model a step of torch takes longer to be called than to compute: 1.2 microseconds for a
product of 96 numbers, of which NumPy needs 0.4. So only the matrices are torch's, which keeps to
the number of threads it was given; what lies between them is NumPy's, on the same memory, allocated
once. A test checks that it agrees with the model.
"""

import math
from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from core.architecture.attention import Attention
from core.architecture.block import Block
from core.architecture.feedforward import FeedForward
from core.architecture.transformer import Transformer
from core.inference.cache import Cache
from core.inference.packed import Packed, PackedLinear

Numbers = NDArray[Any]
KNOWN_POSITIONS: Final = ("learned", "rotary")
DTYPES: Final = (torch.float32, torch.float64)


class Single:
    """A model, taken apart to read one token of one text at a time.

    Args:
        model: reads; one of those that `suits`. It must not change in the meantime.
    """

    def __init__(self, model: Transformer) -> None:
        config, dtype = model.config, model.dtype
        self._config = config
        self._stream = torch.empty(config.n_channels, dtype=dtype)  # (C,)
        self._normed = torch.empty_like(self._stream)  # (C,)
        self._x, self._h = self._stream.numpy(), self._normed.numpy()
        self._embed = _table(model)
        learned = model.position_embedding
        self._positions = None if learned is None else learned.weight.detach().numpy()
        table = None if model.rotations is None else model.rotations.to(dtype).numpy()
        self._blocks = [_Block(block, model, self._normed, table) for block in model.blocks]
        self._final_norm = _norm(model.final_norm, self._x, self._h)
        self._score = _scores(model, self._normed)
        self._cache: Cache | None = None

    @staticmethod
    def suits(model: Transformer) -> bool:
        """Whether every part of the model is one of those that are written out here."""
        linear = [part for part in model.modules() if isinstance(part, nn.Linear)]
        return (
            model.config.positions in KNOWN_POSITIONS
            and not model.config.without
            and all(type(part) is nn.Linear for part in linear)
            and {each.device.type for each in model.parameters()} == {"cpu"}
            and {each.dtype for each in model.parameters()} == {model.dtype}
            and model.dtype in DTYPES
        )

    def read(self, token: int, cache: Cache) -> Tensor:
        """Read the newest token of the text in row 0; as in `Decoder.read`.

        Returns:
            (1, V) logits, in memory of their own.
        """
        if cache is not self._cache:
            self._meet(cache)
        at = cache.lengths[0]
        if at >= cache.n_context or not 0 <= token < self._config.n_vocab:
            cache.open(1, 1)  # says what is wrong
            raise IndexError(f"token {token} is none of the model's {self._config.n_vocab}")
        cache.lengths[0] = at + 1

        x = self._x
        x[:] = self._embed(token)
        if self._positions is not None:
            x += self._positions[at]
        for block in self._blocks:
            block.read(x, at)
        self._final_norm()
        return self._score()  # (1, V)

    def _meet(self, cache: Cache) -> None:
        """Look at the memory of another cache."""
        for block, keys, values in zip(self._blocks, cache.keys, cache.values, strict=True):
            block.keys, block.values = keys[0].numpy(), values[0].numpy()
        self._cache = cache


class _Block:
    """One block; `keys` and `values` are the text's part of the cache, (n_context, K, D)."""

    keys: Numbers
    values: Numbers

    def __init__(self, block: nn.Module, model: Transformer, h: Tensor, table: Any) -> None:
        assert isinstance(block, Block)
        attention, feedforward = block.attention, block.feedforward
        norms = block.attention_norm, block.feedforward_norm
        # A model that lacks one of its parts does not suit.
        assert attention is not None and feedforward is not None
        assert norms[0] is not None and norms[1] is not None
        config = model.config
        self._h = h.numpy()
        H, K, D = config.n_heads, config.n_kv_heads, config.head_size
        self._n_query_heads, self._groups = H, (K, H // K, D)
        self._scale = 1.0 / math.sqrt(D)

        self._qkv, qkv = _product(attention.qkv, h)
        heads = qkv.numpy().reshape(H + 2 * K, D)
        self._qk, self._v = heads[: H + K], heads[H + K :]
        self._head_norm = _head_norm(attention, self._qk)
        self._turned, partner = np.empty_like(self._qk), np.empty_like(self._qk)
        self._table, self._partner = table, partner
        self._halves = (
            (partner[:, : D // 2], self._qk[:, D // 2 :]),
            (partner[:, D // 2 :], self._qk[:, : D // 2]),
        )
        mixed = torch.empty(H * D, dtype=h.dtype)
        self._mixed = mixed.numpy().reshape(self._groups)
        self._out, out = _product(attention.out, mixed)
        self._added = out.numpy()
        self._norms: tuple[Callable[[], None], Callable[[], None]] | None = None
        self._parts = norms[0], norms[1]
        self._feedforward, brought = _feedforward(feedforward, h)
        self._brought = brought.numpy()

    def read(self, x: Numbers, at: int) -> None:
        """Add to x, (C,) the stream of the token at position `at`, what this block brings."""
        if self._norms is None:
            first, second = self._parts
            self._norms = _norm(first, x, self._h), _norm(second, x, self._h)
        attention_norm, feedforward_norm = self._norms
        attention_norm()
        self._qkv()
        self._head_norm()
        qk = self._qk if self._table is None else self._rotated(at)
        n = self._n_query_heads
        self.keys[at], self.values[at] = qk[n:], self._v
        self._attend(qk[:n].reshape(self._groups), at + 1)
        self._out()
        x += self._added
        feedforward_norm()
        self._feedforward()
        x += self._brought

    def _rotated(self, at: int) -> Numbers:
        """(H + K, D) queries and keys, every pair of channels rotated; see `positions.rotate`."""
        cos, signed_sin = self._table[at]  # (D,) each
        for half, other in self._halves:
            half[:] = other
        np.multiply(self._qk, cos, out=self._turned)
        np.multiply(self._partner, signed_sin, out=self._partner)
        np.add(self._turned, self._partner, out=self._turned)
        return self._turned

    def _attend(self, queries: Numbers, n: int) -> None:
        """Mix the values of n tokens; queries (K, H / K, D), those that share a key together."""
        keys, values = self.keys[:n].transpose(1, 2, 0), self.values[:n].transpose(1, 0, 2)
        scores = np.matmul(queries, keys)  # (K, H / K, n)
        scores -= np.maximum.reduce(scores, axis=-1, keepdims=True)
        scores *= self._scale
        np.exp(scores, out=scores)
        np.matmul(scores, values, out=self._mixed)
        self._mixed /= np.add.reduce(scores, axis=-1, keepdims=True)


def _product(layer: nn.Module, x: Tensor) -> tuple[Callable[[], object], Tensor]:
    """A function that multiplies what stands in x, (inputs,), and where it puts the result."""
    if isinstance(layer, PackedLinear):
        return _packed_product(layer, x)
    assert isinstance(layer, nn.Linear)
    weight = layer.weight.detach()
    out = torch.empty(weight.shape[0], dtype=x.dtype)
    if layer.bias is None:
        return lambda: torch.mv(weight, x, out=out), out
    bias = layer.bias.detach()
    return lambda: torch.addmv(bias, weight, x, out=out), out


def _packed_product(layer: PackedLinear, x: Tensor) -> tuple[Callable[[], object], Tensor]:
    flat = x[None]  # (1, inputs)
    out = layer.flat(torch.zeros_like(flat))[0]
    return lambda: out.copy_(layer.flat(flat)[0]), out


def _table(model: Transformer) -> Callable[[int], Numbers]:
    """From a token to its row, (C,)."""
    if isinstance(model, Packed):
        table, ids = model.token_embedding, torch.arange(model.config.n_vocab)
        return lambda token: cast(Numbers, table(ids[token]).numpy())
    rows: Numbers = model.token_embedding.weight.detach().numpy()  # (V, C)
    return rows.__getitem__


def _scores(model: Transformer, normed: Tensor) -> Callable[[], Tensor]:
    """A function that reads the logits, (1, V), from what stands in `normed`, (C,)."""
    if isinstance(model, Packed):
        matrix, row = model.output_matrix, normed[None]
        return lambda: matrix.multiply(row)
    output = model.output_table.detach()  # (V, C)
    return lambda: torch.mv(output, normed)[None]


def _norm(layer: nn.Module, x: Numbers, out: Numbers) -> Callable[[], None]:
    """A function that normalises what stands in x, (C,), into `out`."""
    gain = layer.weight.detach().numpy()  # type: ignore[operator]
    n, dtype = gain.shape[0], gain.dtype.type
    eps = float(np.finfo(dtype).eps) if layer.eps is None else float(layer.eps)  # type: ignore[arg-type]
    if isinstance(layer, nn.LayerNorm):
        bias = None if layer.bias is None else layer.bias.detach().numpy()

        def layer_norm() -> None:
            """LayerNorm of x into out."""
            np.subtract(x, dtype(np.add.reduce(x) / n), out=out)
            np.multiply(out, dtype(1.0 / math.sqrt(out.dot(out) / n + eps)), out=out)
            np.multiply(out, gain, out=out)
            if bias is not None:
                np.add(out, bias, out=out)

        return layer_norm
    assert isinstance(layer, nn.RMSNorm)

    def rms_norm() -> None:
        """RMSNorm of x into out."""
        np.multiply(x, dtype(1.0 / math.sqrt(x.dot(x) / n + eps)), out=out)
        np.multiply(out, gain, out=out)

    return rms_norm


def _head_norm(attention: Attention, qk: Numbers) -> Callable[[], None]:
    """A function that normalises (H + K, D) queries and keys in place, each head with its gain."""
    queries, keys = attention.query_norm, attention.key_norm
    if not (isinstance(queries, nn.RMSNorm) and isinstance(keys, nn.RMSNorm)):
        return lambda: None
    H, K, _ = attention.heads
    gains = torch.cat([queries.weight.expand(H, -1), keys.weight.expand(K, -1)]).detach().numpy()
    D, squares = qk.shape[1], np.empty_like(qk)
    eps = float(np.finfo(qk.dtype).eps) if queries.eps is None else queries.eps

    def head_norm() -> None:
        """RMSNorm of every head, in place."""
        np.multiply(qk, qk, out=squares)
        size = np.add.reduce(squares, axis=-1, keepdims=True)  # (H + K, 1)
        size /= D
        size += eps
        np.divide(qk, np.sqrt(size, out=size), out=qk)
        np.multiply(qk, gains, out=qk)

    return head_norm


def _feedforward(layer: FeedForward, x: Tensor) -> tuple[Callable[[], None], Tensor]:
    up, hidden = _product(layer.up, x)
    down, out = _product(layer.down, hidden)
    inner = hidden.numpy()
    if layer.gate is not None:
        gate, opened = _product(layer.gate, x)
        opened_numbers = opened.numpy()

        def swiglu() -> None:
            """From x to out, by SwiGLU."""
            gate()
            up()
            F.silu(opened, inplace=True)
            np.multiply(inner, opened_numbers, out=inner)
            down()

        return swiglu, out
    if layer.activation == "gelu":

        def gelu() -> None:
            """From x to out, by GELU."""
            up()
            inner[:] = F.gelu(hidden, approximate="tanh").numpy()
            down()

        return gelu, out

    def squared_relu() -> None:
        """From x to out, by the square of ReLU."""
        up()
        np.maximum(inner, 0.0, out=inner)
        np.multiply(inner, inner, out=inner)
        down()

    return squared_relu, out
