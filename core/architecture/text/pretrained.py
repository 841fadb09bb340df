"""Published models on our own transformer: GPT-2, Llama, Mistral, Qwen2 and Qwen3.

They come as a folder in Hugging Face form (config.json and *.safetensors) or as one GGUF file, and
are the same transformer with different choices. Nothing else is ever opened, and nothing in a file
is executed. What a model needs is known from headers alone, before a single weight is read.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import psutil
import torch
from torch import Tensor

from core.architecture.config import LIMITS, ModelConfig
from core.architecture.sizes import inference_memory_bytes, n_parameters
from core.architecture.text import gguf, hugging_face
from core.architecture.text.translation import Source, Translation, unreadable
from core.architecture.transformer import Transformer
from core.data.gguf_file import open_gguf
from core.errors import TooLittleMemory

FLOAT32_BYTES: Final = 4
AT_ONCE: Final = 2  # tensors that are read side by side
ROTATION_COPIES: Final = 6  # its table in float64, and what is computed on the way to it
Limit = Literal["trained", "window", "wished", "ours"]


@dataclass(frozen=True)
class Survey:
    """What a model's files say about it, before any weight is read."""

    family: str
    """"gpt2", "llama", "mistral", "qwen2" or "qwen3"; Mistral's GGUF files say "llama\""""
    config: ModelConfig
    n_parameters: int
    """trainable parameters, tied ones once"""
    formats: tuple[str, ...]
    """how the weights are stored, such as "BF16" or "Q4_1"; here they become float32"""
    memory_bytes: dict[str, int]
    """in float32: "weights", "rotations", "loading" (the largest tensors, while they are read) and
    "cache" (keys and values of one text of n_context tokens)"""
    trained_context: int
    """tokens that the model was trained to see at once"""
    limit: Limit
    """what bounds n_context: how it was trained; its attention's sliding window, within which it
    computes exactly what ours does; the caller's wish; or the most that a config may have"""

    @property
    def needed_bytes(self) -> int:
        """All of the memory together."""
        return sum(self.memory_bytes.values())


def survey(path: Path, n_context: int | None = None) -> Survey:
    """What a model is and what it needs, from its headers alone.

    Args:
        path: a folder in Hugging Face form, or a GGUF file.
        n_context: tokens that it shall see at once; None: as many as it can and a config may have.

    Raises:
        UnreadableWeights: the files are missing, damaged or forged, or describe a model that this
            transformer cannot express exactly.
    """
    return _survey(*_opened(path, n_context), n_context)


def load_pretrained(
    path: Path, n_context: int | None = None, free_bytes: int | None = None
) -> Transformer:
    """Load a published model.

    Args:
        path: a folder in Hugging Face form, or a GGUF file.
        n_context: tokens that it shall see at once; None: as many as it can and a config may have.
        free_bytes: memory that may be used; None: what the machine has free.

    Returns:
        The model in float32, ready for inference.

    Raises:
        UnreadableWeights: the files are missing, damaged or forged, or describe a model that this
            transformer cannot express exactly.
        TooLittleMemory: it would need more memory than is free; nothing was read.
    """
    translation, source = _opened(path, n_context)
    needed = _survey(translation, source, n_context).needed_bytes
    free = psutil.virtual_memory().available if free_bytes is None else free_bytes
    if needed > free:
        raise TooLittleMemory(
            f"the model needs {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free",
            needed_gb=round(needed / 1e9, 1),
            free_gb=round(free / 1e9, 1),
        )
    model = Transformer(translation.config, seed=None)

    def fill(name: str, weight: Tensor) -> None:
        """Read one weight from its file."""
        stored = translation.part(name).read(source)
        if not all(each.isfinite() for each in stored.aminmax()):  # infinity and NaN show there
            raise unreadable(f"{name} holds values that are not numbers")
        with torch.no_grad():
            weight.copy_(stored)

    weights = model.state_dict()
    hands = ThreadPoolExecutor(AT_ONCE)  # unpacking is numpy's and torch's work, side by side
    try:
        for filled in [hands.submit(fill, *each) for each in weights.items()]:
            filled.result()
    finally:
        hands.shutdown(cancel_futures=True)
    return model.eval()


def _opened(path: Path, n_context: int | None) -> tuple[Translation, Source]:
    """The model in our terms and its tensors; they fit each other."""
    source: Source
    if path.is_dir():
        theirs = hugging_face.read_config(path)
        translation = hugging_face.translated(theirs, n_context)
        source = hugging_face.Safetensors(path)
    elif path.suffix.lower() == ".gguf":
        file = open_gguf(path)
        source, translation = gguf.GgufTensors(file), gguf.translated(file, n_context)
    else:
        raise unreadable("it is neither a folder with config.json nor a GGUF file")
    _check(translation, source)
    return translation, source


def _check(translation: Translation, source: Source) -> None:
    """Refuse tensors that are missing, have another shape or that we would not use."""
    # Without its last layer a forged header could make the skeleton larger than the file.
    last = f"blocks.{translation.config.n_layers - 1}.attention.qkv.weight"
    translation.part(last).shape(source.shapes)
    skeleton: dict[str, Tensor] = Transformer(
        translation.config, seed=None, device="meta"
    ).state_dict()
    for name, weight in skeleton.items():
        shape = translation.part(name).shape(source.shapes)
        if shape != tuple(weight.shape):
            raise unreadable(f"{name} has the shape {shape}, not {tuple(weight.shape)}")
    used = {theirs for name in skeleton for theirs in translation.part(name).names}
    unknown = sorted(source.shapes.keys() - used - translation.ignored)
    if unknown:
        raise unreadable(f"this transformer has no place for the tensor {unknown[0]}")


def _survey(translation: Translation, source: Source, n_context: int | None) -> Survey:
    config, trained = translation.config, translation.trained_context
    memory = inference_memory_bytes(config, n_bytes=FLOAT32_BYTES)
    sizes = sorted(torch.Size(shape).numel() for shape in source.shapes.values())
    rotations = config.n_context * config.head_size * 8 * ROTATION_COPIES
    bounds: dict[Limit, int | None] = {
        "trained": trained,
        "window": translation.window,
        "wished": n_context,
        "ours": LIMITS["n_context"],
    }
    return Survey(
        family=translation.family,
        config=config,
        n_parameters=n_parameters(config),
        formats=tuple(sorted(source.formats)),
        memory_bytes=memory
        | {
            "rotations": rotations if config.positions == "rotary" else 0,
            "loading": 2 * sum(sizes[-AT_ONCE:]) * FLOAT32_BYTES,
        },
        trained_context=trained,
        limit=next(name for name, bound in bounds.items() if bound == config.n_context),
    )
