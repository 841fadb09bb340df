"""A GGUF file in our terms: llama.cpp's names of settings and tensors.

Mistral's files say that they are Llama's: with llama.cpp the two are one architecture.

Source: `MODEL_TENSORS` and `TENSOR_NAMES` in llama.cpp's gguf-py/gguf/constants.py.
"""

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from core.architecture.text.translation import (
    Names,
    Shape,
    Translation,
    head_channels,
    require,
    size_of_head,
    translation,
    unknown_family,
    unreadable,
)
from core.data.gguf_file import GgufFile

ARCHITECTURES: Final = ("gpt2", "llama", "qwen2", "qwen3")
ROTATION_DIVISORS: Final = "rope_freqs.weight"
MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "token_embedding": ("token_embd",),
    "final_norm": ("output_norm",),
    "unembedding": ("output",),
    "attention_norm": ("attn_norm",),
    "attention.qkv": ("attn_q", "attn_k", "attn_v"),
    "attention.query_norm": ("attn_q_norm",),
    "attention.key_norm": ("attn_k_norm",),
    "attention.out": ("attn_output",),
    "feedforward_norm": ("ffn_norm",),
    "feedforward.gate": ("ffn_gate",),
    "feedforward.up": ("ffn_up",),
    "feedforward.down": ("ffn_down",),
}
OF_GPT2: Final = {
    **MODULES,
    "position_embedding": ("position_embd",),
    "attention.qkv": ("attn_qkv",),
}
BLOCK: Final = "blk.{}."


class GgufTensors:
    """The tensors of a GGUF file; implements `translation.Source`."""

    def __init__(self, file: GgufFile) -> None:
        self.file = file
        self.shapes: Mapping[str, Shape] = file.shapes
        self.formats = {tensor.format.name for tensor in file.tensors.values()}

    def read(self, name: str) -> Tensor:
        """One tensor in float32."""
        return torch.from_numpy(self.file.read(name))


def translated(file: GgufFile, n_context: int | None) -> Translation:
    """The model of a GGUF file in our terms.

    Args:
        file: its header.
        n_context: tokens that it shall see at once; None: as many as possible.

    Raises:
        UnreadableWeights: our transformer cannot express it exactly.
    """
    family = file.metadata.get("general.architecture")
    if family not in ARCHITECTURES:
        raise unknown_family("architecture", family, ARCHITECTURES)
    said = _Said(file.metadata, family)
    try:
        n_files = file.metadata.get("split.count") or 1
        if n_files > 1:
            raise unreadable(f"it is one of {n_files} files; llama-gguf-split --merge makes one")
        if family == "gpt2":
            return _gpt2(said, file, n_context)
        return _llama(family, said, file, n_context)
    except (LookupError, TypeError, ArithmeticError, AttributeError, ValueError) as error:
        raise unreadable(f"the file's description: {error!r:.200}") from error


class _Said:
    """The settings of one architecture, whose names begin with its own."""

    def __init__(self, metadata: Mapping[str, Any], family: str) -> None:
        self.metadata = metadata
        self.family = family

    def __getitem__(self, name: str) -> Any:
        return self.metadata[f"{self.family}.{name}"]

    def get(self, name: str, default: Any = None) -> Any:
        return self.metadata.get(f"{self.family}.{name}", default)

    def require(self, name: str, *allowed: object) -> None:
        """Refuse a file that says something else; it need not say anything."""
        require(f"{self.family}.{name}", self.get(name), *allowed, None)


def _sizes(said: _Said, file: GgufFile) -> dict[str, Any]:
    """What all architectures call the same."""
    return {
        "n_vocab": file.shapes["token_embd.weight"][0],
        "n_layers": said["block_count"],
        "n_heads": said["attention.head_count"],
        "n_kv_heads": said.get("attention.head_count_kv") or said["attention.head_count"],
        "n_channels": said["embedding_length"],
        "tied": "output.weight" not in file.shapes,
    }


def _gpt2(said: _Said, file: GgufFile, n_context: int | None) -> Translation:
    return translation(
        "gpt2",
        _sizes(said, file)
        | {
            "n_hidden": said.get("feed_forward_length") or 4 * said["embedding_length"],
            "norm_eps": said["attention.layer_norm_epsilon"],
        },
        Names(OF_GPT2, BLOCK),
        frozenset(),
        trained=said["context_length"],
        window=None,
        wished=n_context,
    )


def _llama(family: str, said: _Said, file: GgufFile, n_context: int | None) -> Translation:
    sizes = _sizes(said, file)
    n_heads, n_channels = sizes["n_heads"], sizes["n_channels"]
    head_size = size_of_head(said.get("attention.key_length"), n_channels, n_heads)
    said.require("attention.value_length", head_size)
    said.require("attention.causal", True)
    said.require("rope.dimension_count", head_size)
    said.require("expert_count", 0)
    neighbours = (n_heads, sizes["n_kv_heads"], 0) if family == "llama" else ()
    return translation(
        family,
        sizes
        | {
            "n_hidden": said["feed_forward_length"],
            "rope_base": said.get("rope.freq_base", 10_000.0),
            "norm_eps": said["attention.layer_norm_rms_epsilon"],
            "n_head_channels": head_channels(head_size, n_channels, n_heads),
            "rope_divisors": _divisors(said, file, head_size),
        },
        Names(MODULES, BLOCK, neighbours=neighbours),
        frozenset({ROTATION_DIVISORS}),
        trained=said["context_length"],
        window=said.get("attention.sliding_window") or None,
        wished=n_context,
    )


def _divisors(said: _Said, file: GgufFile, head_size: int) -> tuple[float, ...] | None:
    """How many times slower each rotary pair rotates.

    Llama 3.1's files hold it as a tensor, others say that all pairs do by the same factor.
    """
    said.require("rope.scaling.type", "none", "linear")
    said.require("rope.scaling.attn_factor", 1.0)
    factor = said.get("rope.scaling.factor") or said.get("rope.scale_linear") or 1.0
    if said.get("rope.scaling.type") == "none":
        factor = 1.0
    each = [1.0] * (head_size // 2)
    if ROTATION_DIVISORS in file.tensors:
        if file.shapes[ROTATION_DIVISORS] != (head_size // 2,):
            raise unreadable(f"{ROTATION_DIVISORS} does not fit a head of {head_size} channels")
        each = file.read(ROTATION_DIVISORS).tolist()
    elif factor == 1.0:
        return None
    return tuple(factor * divisor for divisor in each)
