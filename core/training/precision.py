"""The precision of matrix multiplication, where training spends most of its time.

Weights, gradients, sums, norms and attention stay in float32; only the two factors of a product
with a weight matrix are rounded. bfloat16 keeps float32's range and 8 of its 24 significant bits.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import torch
from torch.nn.functional import linear
from torch.overrides import TorchFunctionMode

DTYPES: Final = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def precision_of(asked: str) -> str:
    """The precision to multiply in: "float32" or "bfloat16".

    Args:
        asked: one of the two, or "auto": bfloat16 where the processor supports it natively and is
            several times faster with it; float32 elsewhere, where bfloat16 would be slower.
    """
    if asked != "auto":
        return asked
    can = torch.cpu.get_capabilities()
    return "bfloat16" if can.get("avx512_bf16") or can.get("amx_bf16") else "float32"


def multiplying_in(precision: str) -> AbstractContextManager[object]:
    """Compute every product with a weight matrix in `precision` while inside.

    torch's own `autocast` also rounds attention, whose backward pass is slow in bfloat16 on a CPU,
    and the norms, which need the bits.

    Source: Micikevicius et al. 2018, "Mixed Precision Training", arXiv:1710.03740; bfloat16 needs
    no scaling of the loss (Kalamkar et al. 2019, arXiv:1905.12322).
    """
    return nullcontext() if precision == "float32" else _RoundedFactors(DTYPES[precision])


class _RoundedFactors(TorchFunctionMode):
    """Rounds the factors of `linear` and returns the product in float32."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func is linear:
            rounded = [None if factor is None else factor.to(self.dtype) for factor in args]
            return func(*rounded).float()
        return func(*args, **(kwargs or {}))
