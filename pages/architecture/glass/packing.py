"""The glass view's values on their way to the browser: one byte a number where it is only seen.

A row of numbers has a scale of its own, since one token's numbers may be two hundred times as
large as another's. What adds up from other values is added in the browser and does not travel.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.architecture.inside import Inside, InsideBlock
from core.architecture.transformer import Transformer

LARGEST: Final = 760_000
"""bytes; a model whose blocks take more sends only the block that is opened"""


class Packer:
    """Arrays behind each other in one run of bytes, and the table of where each lies."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.table: dict[str, list[Any]] = {}

    def put(self, name: str, kind: str, array: NDArray[Any]) -> None:
        """One array, at an address that fits its type."""
        self.data += b"\0" * (-len(self.data) % 4)
        self.table[name] = [kind, len(self.data), *array.shape]
        self.data += np.ascontiguousarray(array).tobytes()

    def exact(self, name: str, values: Tensor) -> None:
        """As they are, float32."""
        self.put(name, "f4", values.float().numpy())

    def picture(self, name: str, values: Tensor) -> None:
        """(..., n) as whole numbers from -127 to 127, with a scale for each row."""
        rows = values.reshape(-1, values.shape[-1]).float()
        scale = rows.abs().amax(-1, keepdim=True).clamp_min(1e-30) / 127
        self.put(name, "i1", (rows / scale).round().clamp(-127, 127).numpy().astype(np.int8))
        self.exact(name + ".scale", scale[:, 0])

    def shares(self, name: str, values: Tensor) -> None:
        """Shares of 1 as bytes."""
        self.put(name, "u1", (values * 255).round().clamp(0, 255).numpy().astype(np.uint8))

    def sent(self) -> dict[str, Any]:
        """As the component wants it."""
        return {"arrays": self.table, "bytes": base64.b64encode(self.data).decode("ascii")}


def packed(
    model: Transformer, inside: Inside, heads: Sequence[int], opened: int | None
) -> dict[str, Any]:
    """All values that the view draws.

    Args:
        heads: for every block the head that is shown first; H stands for the mean.
        opened: the block that is opened, if the model is too large to send all of them.
    """
    pack = Packer()
    pack.picture("x.0", inside.embedding)
    whole = _size(inside) <= LARGEST
    for layer, (block, each) in enumerate(zip(model.blocks, inside.blocks, strict=True)):
        if whole or layer == opened:
            _block(pack, layer, each)
            _norm(pack, f"{layer}.norm1", block.attention_norm)
            _norm(pack, f"{layer}.norm2", block.feedforward_norm)
            if not whole and layer:
                pack.picture(f"x.{layer}", inside.residuals[layer])
        else:
            pack.shares(f"{layer}.w.mean", each.weights.mean(0))
            head = heads[layer]
            if head < len(each.weights):
                pack.shares(f"{layer}.w.{head}", each.weights[head])
    if whole:
        _norm(pack, f"{len(inside.blocks)}.final", model.final_norm)
    return pack.sent()


def _size(inside: Inside) -> int:
    """Bytes of all blocks together."""
    first = inside.blocks[0]
    parts = [first.queries, first.keys, first.values, first.weights, first.hidden, first.middle]
    return len(inside.blocks) * (sum(each.numel() for each in parts) + first.middle.numel())


def _block(pack: Packer, layer: int, block: InsideBlock) -> None:
    pack.picture(f"{layer}.q", block.queries)
    pack.picture(f"{layer}.k", block.keys)
    pack.picture(f"{layer}.v", block.values)
    pack.shares(f"{layer}.w", block.weights)
    pack.picture(f"{layer}.out", block.attention_output)
    pack.picture(f"{layer}.hidden", block.hidden)
    pack.picture(f"{layer}.down", block.feedforward_output)


def _norm(pack: Packer, name: str, norm: nn.Module) -> None:
    weights: Mapping[str, Tensor] = dict(norm.named_parameters())
    with torch.no_grad():
        pack.exact(f"{name}.gain", weights["weight"].detach())
        if "bias" in weights:
            pack.exact(f"{name}.bias", weights["bias"].detach())
