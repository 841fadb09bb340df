"""A model whose matrices take fewer bytes: bfloat16, 8 bits or 4 bits instead of float32.

A token written alone reads every matrix once, so fewer bytes can mean more tokens a second, though
only where a kernel multiplies with the small numbers as they are. Torch has such kernels; where one
does not run, the matrix is still small in memory and is made large again for every product:
smaller, not faster, and `Matrix.native` says so. Norms, biases and the stream stay in float32.

Source: for products with the activations in bfloat16 and the integers as they are, torch's
    `_weight_int8pack_mm` and `_weight_int4pack_mm_for_cpu` (aten/src/ATen/native/cpu).
"""

from collections.abc import Callable
from typing import Final, Literal, cast, get_args

import torch
from torch import Tensor, nn

from core.architecture.block import Block
from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.inference.quantization import BLOCK, Quantized, quantize

Precision = Literal["float32", "bfloat16", "int8", "int4"]
PRECISIONS: Final[tuple[Precision, ...]] = get_args(Precision)
STEP: Final = 32
"""the kernels' steps divide this; of other sizes they would read beyond the end, unchecked"""
MANY: Final = 32
"""rows from which it is quicker to make 8 bits large once than to multiply with them as they are"""


class Matrix(nn.Module):
    """(N, K) weights in few bytes."""

    native: bool = True
    """whether a kernel multiplies with them as they are"""

    def multiply(self, x: Tensor) -> Tensor:
        """(M, K) float32 -> (M, N) float32: x W^T."""
        raise NotImplementedError

    def rows(self, ids: Tensor) -> Tensor:
        """Rows as float32 numbers: (...) ids -> (..., K)."""
        raise NotImplementedError

    def restored(self) -> Tensor:
        """(N, K) all of them, in float32."""
        raise NotImplementedError


class BfloatMatrix(Matrix):
    """16 bits each: the upper half of a float32."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight: Tensor
        self.register_buffer("weight", weight.detach().bfloat16())

    def multiply(self, x: Tensor) -> Tensor:
        """x W^T, both in bfloat16."""
        small = x.bfloat16()
        if len(x) == 1:  # torch has a quicker kernel for a single vector
            return torch.mv(self.weight, small[0]).float()[None]
        return small.mm(self.weight.t()).float()

    def rows(self, ids: Tensor) -> Tensor:
        """Rows in float32."""
        return self.weight[ids].float()

    def restored(self) -> Tensor:
        """All of them in float32."""
        return self.weight.float()


class Int8Matrix(Matrix):
    """8 bits each and one scale a row, as the kernel wants it."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.n_rows = int(weight.shape[0])
        small = quantize(_filled_up(weight), 8, None, torch.bfloat16)
        self.integers: Tensor
        self.scales: Tensor
        self.register_buffer("integers", small.integers)
        self.register_buffer("scales", small.scales[:, 0].contiguous())
        self.native = _runs(self._kernel, weight.shape[1])

    def _kernel(self, x: Tensor) -> Tensor:
        found: Tensor = torch.ops.aten._weight_int8pack_mm(x, self.integers, self.scales)
        return found[:, : self.n_rows]

    def multiply(self, x: Tensor) -> Tensor:
        """x W^T, x in bfloat16 and W in integers."""
        small = x.bfloat16()
        if self.native and len(x) < MANY:
            return self._kernel(small).float()
        return small.mm(self._large().t()).float()

    def rows(self, ids: Tensor) -> Tensor:
        """Rows in float32."""
        return self.integers[ids].float() * self.scales[ids].float()[..., None]

    def restored(self) -> Tensor:
        """All of them in float32."""
        return Quantized(self.integers, self.scales[:, None], 8).restored()[: self.n_rows]

    def _large(self) -> Tensor:
        return self.restored().bfloat16()


class Int4Matrix(Matrix):
    """4 bits each and a scale for every BLOCK of them.

    Torch's kernel wants a second number beside each scale, which here is 0: 5 bits in all, where
    Q4_0 of llama.cpp takes 4.5.
    """

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.shape = (int(weight.shape[0]), int(weight.shape[1]))
        small = quantize(_filled_up(weight), 4, BLOCK, torch.bfloat16)
        self.integers: Tensor
        self.scales: Tensor
        try:
            packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(small.integers.int(), 1)
            scales = small.scales.t()  # (K / BLOCK, N)
            self.register_buffer("integers", packed)
            self.register_buffer("scales", torch.stack([scales, torch.zeros_like(scales)], -1))
            self.native = _runs(self._kernel, weight.shape[1])
        except RuntimeError:
            self.native = False
        if not self.native:
            pairs = small.integers.view(len(small.integers), -1, 2)
            self.register_buffer("integers", pairs[..., 0] | (pairs[..., 1] << 4))
            self.register_buffer("scales", small.scales)

    def _kernel(self, x: Tensor) -> Tensor:
        found: Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(
            x, self.integers, BLOCK, self.scales
        )
        return found[:, : self.shape[0]]

    def multiply(self, x: Tensor) -> Tensor:
        """x W^T, x in bfloat16 and W in integers."""
        small = x.bfloat16()
        return (self._kernel(small) if self.native else small.mm(self._large().t())).float()

    def restored(self) -> Tensor:
        """All of them: through the kernel, which alone knows its order and rounds to bfloat16."""
        if self.native:
            return self.multiply(torch.eye(self.shape[1])).t()
        pairs = torch.stack([self.integers & 15, self.integers >> 4], dim=-1)
        whole = Quantized(pairs.view(len(pairs), -1), self.scales, 4).restored()
        return whole[: self.shape[0]]

    def _large(self) -> Tensor:
        return self.restored().bfloat16()


class PackedLinear(nn.Module):
    """A linear layer with such a matrix."""

    def __init__(self, layer: nn.Linear, made: Callable[[Tensor], Matrix]) -> None:
        super().__init__()
        self.matrix = made(layer.weight)
        self.bias: Tensor | None
        self.register_buffer("bias", None if layer.bias is None else layer.bias.detach())

    def forward(self, x: Tensor) -> Tensor:
        """(..., K) -> (..., N)."""
        return self.flat(x.reshape(-1, x.shape[-1])).view(*x.shape[:-1], -1)

    def flat(self, x: Tensor) -> Tensor:
        """(M, K) -> (M, N)."""
        out = self.matrix.multiply(x)
        return out if self.bias is None else out + self.bias


class PackedTable(nn.Module):
    """The embedding table with such a matrix."""

    def __init__(self, weight: Tensor, made: Callable[[Tensor], Matrix]) -> None:
        super().__init__()
        self.matrix = made(weight)

    def forward(self, ids: Tensor) -> Tensor:
        """(...) token ids -> (..., C)."""
        return self.matrix.rows(ids)


class Packed(Transformer):
    """A model that computes what another one does, with its weights in fewer bytes.

    The table of the tokens takes 8 bits in "int4", too, as in llama.cpp's files: one row is one
    token, and the scores are read from it.

    Args:
        model: stays as it is.
        precision: one of PRECISIONS, not float32.

    Raises:
        SettingError: there is no such precision.
    """

    def __init__(self, model: Transformer, precision: Precision) -> None:
        super().__init__(model.config, seed=None, device="meta")
        self.load_state_dict(model.state_dict(), assign=True)
        self.rotations, self.sinusoids, self.slopes = model.rotations, model.sinusoids, model.slopes
        self.precision = precision
        made, table = _makers(precision)
        for part in self.blocks:
            block = cast(Block, part)
            for owner in (block.attention, block.feedforward):
                for name, layer in [] if owner is None else list(owner.named_children()):
                    if isinstance(layer, nn.Linear):
                        setattr(owner, name, PackedLinear(layer, made))
        self.token_embedding = PackedTable(self.token_embedding.weight, table)  # type: ignore[assignment]
        if self.unembedding is not None:
            self.unembedding = PackedLinear(self.unembedding, table)  # type: ignore[assignment]
        self.eval()

    @property
    def output_matrix(self) -> Matrix:
        """What the logits are read from."""
        holder = self.token_embedding if self.unembedding is None else self.unembedding
        found = holder.matrix
        assert isinstance(found, Matrix)
        return found

    @property
    def output_table(self) -> Tensor:
        """(V, C) restored for whoever looks at it; the logits are computed without it."""
        return self.output_matrix.restored()

    def score(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, V) logits."""
        flat = self.output_matrix.multiply(x.reshape(-1, x.shape[-1]))
        return flat.view(*x.shape[:-1], -1)

    @property
    def native(self) -> bool:
        """Whether every product is computed with the weights as they are."""
        return all(part.native for part in self.modules() if isinstance(part, Matrix))


def in_precision(model: Transformer, precision: Precision) -> Transformer:
    """The model with its weights in this precision; float32: the model itself.

    Raises:
        SettingError: there is no such precision.
    """
    return model if precision == "float32" else Packed(model, precision)


def weight_bytes(model: Transformer) -> int:
    """The bytes that its weights take in memory, scales included, counted on the tensors.

    Tables of positions do not count: they are computed, not learned.
    """
    computed = {id(each) for each in (model.rotations, model.sinusoids, model.slopes)}
    tensors = [*model.parameters(), *(each for _, each in model.named_buffers())]
    kept = {id(each): each for each in tensors if id(each) not in computed}
    return sum(each.nbytes for each in kept.values())


def _makers(precision: Precision) -> tuple[Callable[[Tensor], Matrix], Callable[[Tensor], Matrix]]:
    """How a block's matrices are packed, and how the table of the tokens."""
    if precision == "bfloat16":
        return BfloatMatrix, BfloatMatrix
    if precision == "int8":
        return Int8Matrix, Int8Matrix
    if precision == "int4":
        # A row that blocks do not fill stays at 16 bits.
        return (lambda w: BfloatMatrix(w) if w.shape[1] % BLOCK else Int4Matrix(w)), Int8Matrix
    raise SettingError("precision", precision, f"must be one of {PRECISIONS}")


def _filled_up(weight: Tensor) -> Tensor:
    """With rows of zeros below, until there are whole steps of them."""
    n_missing = -len(weight) % STEP
    return torch.cat([weight.detach(), weight.new_zeros(n_missing, weight.shape[1])])


def _runs(kernel: Callable[[Tensor], Tensor], n_inputs: int) -> bool:
    """Whether this torch, on this processor, has the kernel, and may use it for such rows."""
    if n_inputs % STEP:
        return False
    try:
        kernel(torch.zeros(1, n_inputs, dtype=torch.bfloat16))
    except (RuntimeError, NotImplementedError, AttributeError):
        return False
    return True
