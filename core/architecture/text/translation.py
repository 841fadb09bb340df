"""What a published model is in our terms: its config, and which of its tensors our weights are.

Both forms of files are translated into a `Translation`; from there on nothing depends on the form.
What our transformer cannot express exactly is refused, never approximated.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import torch
from torch import Tensor

from core.architecture.config import LARGEST_HEAD, LIMITS, ModelConfig
from core.errors import SettingError, UnexpressedSetting, UnknownFamily, UnreadableWeights

_ROTARY: Final[Mapping[str, Any]] = {
    "positions": "rotary",
    "norm": "rms",
    "activation": "swiglu",
    "qk_norm": False,
    "bias": False,
}
CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {  # what all models of a family have in common
    "gpt2": {
        "positions": "learned",
        "norm": "layer",
        "activation": "gelu",
        "qk_norm": False,
        "bias": True,
    },
    "llama": _ROTARY,
    "mistral": _ROTARY,
    "qwen2": {**_ROTARY, "qkv_bias": True},
    "qwen3": {**_ROTARY, "qk_norm": True},
}
FAMILIES: Final = tuple(CHOICES)
IN_BLOCK: Final = re.compile(r"blocks\.(\d+)\.(.+)")
LONGEST_VALUE: Final = 80  # characters of a file that are repeated in a message
Shape = tuple[int, ...]


class Source(Protocol):
    """A model's tensors on disk; shapes are known before anything is read."""

    shapes: Mapping[str, Shape]
    """of every tensor, by name"""
    formats: set[str]
    """how they are stored"""

    def read(self, name: str) -> Tensor:
        """One tensor in float32."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One of our weights, as rows of theirs, one tensor below the other."""

    names: tuple[str, ...]
    transposed: bool = False
    """whether they are stored as (inputs, outputs)"""
    n_rows: int | None = None
    """how many of the rows are used; None: all"""
    n_heads: tuple[int, ...] = ()
    """for each tensor whose rotary pairs are stored as neighbours: its heads; 0 for the others"""

    def shape(self, shapes: Mapping[str, Shape]) -> Shape:
        """The shape that the weight will have.

        Raises:
            UnreadableWeights: a tensor is missing, or they do not fit below each other.
        """
        found = []
        for name in self.names:
            if name not in shapes:
                raise unreadable(f"the tensor {name} is missing")
            found.append(shapes[name][::-1] if self.transposed else shapes[name])
        if any(each[1:] != found[0][1:] for each in found):
            raise unreadable(f"the shapes of {', '.join(self.names)} do not fit together")
        n_rows = sum(each[0] for each in found)
        return (n_rows if self.n_rows is None else min(n_rows, self.n_rows), *found[0][1:])

    def read(self, source: Source) -> Tensor:
        """The weight in float32, as our transformer holds it."""
        rows = [source.read(name) for name in self.names]
        if self.transposed:
            rows = [each.t() for each in rows]
        for i, n_heads in enumerate(self.n_heads):
            if n_heads:
                rows[i] = halves_from_neighbours(rows[i], n_heads)
        whole = rows[0] if len(rows) == 1 else torch.cat(rows)
        return whole[: self.n_rows]


def halves_from_neighbours(rows: Tensor, n_heads: int) -> Tensor:
    """Undo how llama.cpp orders the rows of queries and keys of Llama models.

    There a rotary pair lies in neighbouring rows 2i and 2i + 1 of its head, as in the paper; here
    and in Hugging Face folders in rows i and i + D/2.

    Args:
        rows: (H D, ...) the rows of all heads, D even.
        n_heads: H.

    Source: `LlamaModel.permute` in llama.cpp's convert_hf_to_gguf.py, of which this is the inverse.
    """
    pairs = rows.reshape(n_heads, -1, 2, *rows.shape[1:])  # (H, D/2, 2, ...)
    return pairs.transpose(1, 2).reshape(rows.shape)


@dataclass(frozen=True, slots=True)
class Names:
    """What a form of files calls the modules of a model."""

    modules: Mapping[str, tuple[str, ...]]
    """our module -> theirs, whose rows lie one below the other in ours"""
    block: str
    """what stands before the names of block {}"""
    transposed: frozenset[str] = frozenset()
    """our modules whose matrices are stored as (inputs, outputs)"""
    neighbours: tuple[int, ...] = ()
    """heads of queries, keys and values if their rotary pairs are stored as neighbours; see Part"""


@dataclass(frozen=True)
class Translation:
    """A published model in our terms."""

    family: str
    """one of FAMILIES"""
    config: ModelConfig
    names: Names
    """where our weights come from"""
    trained_context: int
    """tokens that it was trained to see at once"""
    window: int | None
    """tokens that a token looks back at most, itself included; None: all"""
    ignored: frozenset[str] = frozenset()
    """tensors that are no weights of the model, or copies of others"""

    def part(self, name: str) -> Part:
        """Where one of our weights comes from.

        Args:
            name: such as "blocks.0.attention.qkv.weight".
        """
        in_block = IN_BLOCK.fullmatch(name)
        before = self.names.block.format(in_block[1]) if in_block else ""
        module, kind = (in_block[2] if in_block else name).rsplit(".", 1)
        return Part(
            tuple(f"{before}{theirs}.{kind}" for theirs in self.names.modules[module]),
            transposed=kind == "weight" and module in self.names.transposed,
            n_rows=self.config.n_context if module == "position_embedding" else None,
            n_heads=self.names.neighbours if module == "attention.qkv" else (),
        )


def translation(
    family: str,
    said: Mapping[str, Any],
    names: Names,
    ignored: frozenset[str],
    *,
    trained: int,
    window: int | None,
    wished: int | None,
) -> Translation:
    """A model of a family, of what its file says about its sizes.

    Args:
        family: one of FAMILIES.
        said: the settings of our config that models of a family do not have in common.
        names: of its tensors.
        ignored: tensors that are no weights of the model.
        trained, window, wished: as in `usable_context`.

    Raises:
        UnreadableWeights: a value is impossible.
    """
    n_context = usable_context(trained, window, wished)
    config = config_of({**CHOICES[family], **said, "n_context": n_context})
    return Translation(family, config, names, trained, window, ignored)


def usable_context(trained: int, window: int | None, wished: int | None) -> int:
    """Tokens that our transformer lets the model see: within them it computes exactly the same.

    A model whose tokens look back no further than a sliding window is the same as ours as long as
    the whole text fits into that window.

    Args:
        trained: tokens that it was trained to see at once.
        window: of its attention; None: no limit.
        wished: by the caller; None: as many as possible.
    """
    return min(trained, window or trained, wished or trained, LIMITS["n_context"])


def config_of(values: Mapping[str, Any]) -> ModelConfig:
    """The config, or why there is none.

    Raises:
        UnreadableWeights: a value is impossible.
    """
    try:
        return ModelConfig.from_dict(values)
    except (SettingError, TypeError) as error:
        raise unreadable(f"its description is impossible: {error}") from error


def size_of_head(said: Any, n_channels: int, n_heads: int) -> int:
    """Channels of a head: what the file says, or an even share.

    Raises:
        UnreadableWeights: it is too large or too small.
    """
    size = said or n_channels // n_heads
    if type(size) is not int or not 2 <= size <= LARGEST_HEAD:
        raise unreadable(f"a head's size (head_dim) is {size!r:.80}, must be 2 to {LARGEST_HEAD}")
    return size


def head_channels(head_size: int, n_channels: int, n_heads: int) -> int | None:
    """The head size as a config holds it: None if the heads divide the channels evenly."""
    return None if head_size * n_heads == n_channels else head_size


def require(name: str, found: object, *allowed: object) -> None:
    """Refuse a setting that our transformer does not compute.

    Args:
        name: of the setting in the file.
        found: its value.
        allowed: what may stand there; None: it may also say nothing.

    Raises:
        UnexpressedSetting: it is none of them.
    """
    if found not in allowed:
        known = ", ".join(_written(each) for each in allowed if each is not None) or "null"
        reason = f"{name} is {_written(found)}; this transformer can only do {known}"
        raise UnexpressedSetting(
            f"the model cannot be loaded: {reason}",
            reason=reason,
            name=name,
            found=_written(found),
            allowed=known,
        )


def _written(value: object) -> str:
    """A setting as it stands in a config.json."""
    return json.dumps(value, ensure_ascii=False, default=str)[:LONGEST_VALUE]


def unknown_family(name: str, found: object, known: tuple[str, ...]) -> UnreadableWeights:
    """The error for a model of another architecture, which its file names."""
    families = ", ".join(known)
    reason = f"{name} {_written(found)} is none of {families}"
    return UnknownFamily(
        f"the model cannot be loaded: {reason}",
        reason=reason,
        found=_written(found),
        known=families,
    )


def unreadable(reason: str) -> UnreadableWeights:
    """The error for a model that cannot be loaded."""
    return UnreadableWeights(f"the model cannot be loaded: {reason}", reason=reason)
