"""Low-rank adapters: a large matrix is left alone, and two thin ones beside it learn the change.

A matrix W of d x k numbers becomes W + (alpha / r) B A with B of d x r and A of r x k. Of the
d k numbers only r (d + k) are trained. B begins at zero, so at first nothing is changed.

Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685,
section 4.1. We deviate in two things: in a model of text every linear layer of every block is
adapted (the paper, and our models of pictures: those of attention), and A is drawn with standard
deviation 1 / sqrt(k) (the paper: "a random Gaussian"), so that A x is on the scale of x.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.errors import SettingError

L = TypeVar("L", bound=nn.Module)
M = TypeVar("M", bound=nn.Module)
Where = Callable[[str], bool]  # whether the linear layer of this name gets an adapter

ALPHA_PER_RANK: Final = 2.0
"""alpha / r, by which the update is multiplied; held fixed, so that ranks can be compared"""


class AdaptedLinear(nn.Module):
    """A frozen linear layer, and beside it the two thin matrices that learn.

    Args:
        base: the layer; its weights are frozen.
        rank: r.
        generator: draws A.
    """

    def __init__(self, base: nn.Linear, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        d, k = base.weight.shape
        self.base = base.requires_grad_(False)
        drawn = torch.empty(rank, k).normal_(0.0, k**-0.5, generator=generator)
        self.a = nn.Parameter(drawn)  # (r, k)
        self.b = nn.Parameter(torch.zeros(d, rank))  # (d, r)

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output and the learned change of it; (..., k) -> (..., d)."""
        narrow = F.linear(x, self.a)  # (..., r)
        out: Tensor = self.base(x) + ALPHA_PER_RANK * F.linear(narrow, self.b)  # (..., d)
        return out

    @property
    def update(self) -> Tensor:
        """(d, k) what is added to the weight: of rank r at most."""
        return ALPHA_PER_RANK * self.b @ self.a

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """A plain layer that does the same in one product."""
        layer = copy.deepcopy(self.base)
        layer.weight += self.update
        return layer.requires_grad_(True)


def in_blocks(name: str) -> bool:
    """Every linear layer of every block: what is adapted in a model of text."""
    return name.startswith("blocks.")


def in_attention(name: str) -> bool:
    """Those of attention, self and cross: what is adapted in a model that draws."""
    return in_blocks(name) and (".attention." in name or ".cross." in name)


def adapted(model: M, rank: int, seed: int = 0, where: Where = in_blocks) -> M:
    """A copy of a model in which linear layers have adapters.

    Args:
        model: is not changed.
        rank: r, at least 1, at most the smaller side of the smallest matrix.
        seed: of A.
        where: which layers, by their names.

    Returns:
        The copy; only its adapters require a gradient.

    Raises:
        SettingError: the rank is too small or too large.
    """
    largest = largest_rank(model, where)
    if not 1 <= rank <= largest:
        raise SettingError("rank", rank, f"must lie in [1, {largest}]")
    copied = copy.deepcopy(model).requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for layer, name, child in _linears(copied, nn.Linear, where):
        setattr(layer, name, AdaptedLinear(child, rank, generator))
    return copied


def merged(model: M) -> M:
    """A copy of an adapted model in which every adapter is part of its matrix: a plain model."""
    copied = copy.deepcopy(model)
    for layer, name, child in _linears(copied, AdaptedLinear, lambda name: True):
        setattr(layer, name, child.merged())
    return copied.requires_grad_(True)


def _linears(model: nn.Module, kind: type[L], where: Where) -> list[tuple[nn.Module, str, L]]:
    """Every layer of a kind in certain places: its parent, its name there, and the layer."""
    return [
        (layer, name, child)
        for parent, layer in model.named_modules()
        if not isinstance(layer, AdaptedLinear)
        for name, child in layer.named_children()
        if isinstance(child, kind) and where(f"{parent}.{name}")
    ]


@dataclass(frozen=True)
class Shape:
    """One matrix and its adapter."""

    name: str  # as in the model
    d: int  # rows
    k: int  # columns
    rank: int

    @property
    def n_whole(self) -> int:
        """Numbers in the matrix."""
        return self.d * self.k

    @property
    def n_adapter(self) -> int:
        """Numbers in the two thin matrices."""
        return self.rank * (self.d + self.k)


def shapes(model: nn.Module, rank: int, where: Where = in_blocks) -> list[Shape]:
    """The shape of every matrix that would get an adapter of this rank; a `skeleton` is enough."""
    return [
        Shape(name, module.weight.shape[0], module.weight.shape[1], rank)
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and where(name)
    ]


def largest_rank(model: nn.Module, where: Where = in_blocks) -> int:
    """The rank at which an adapter could express any change: the smallest side of a matrix."""
    return min(min(one.d, one.k) for one in shapes(model, 1, where))


def n_trained(model: nn.Module, rank: int, where: Where = in_blocks) -> int:
    """Numbers that are trained: those of all adapters, or with rank 0 those of the whole model."""
    if rank == 0:
        return sum(weight.numel() for weight in model.parameters())
    return sum(one.n_adapter for one in shapes(model, rank, where))


@lru_cache(maxsize=16)
def skeleton(config: ModelConfig) -> Transformer:
    """A model of names and shapes, without a single number in it."""
    return Transformer(config, seed=None, device="meta")
