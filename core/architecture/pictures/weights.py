"""A denoiser or an autoencoder as bytes and back: safetensors with the config inside.

The file may come from anywhere. Anything wrong with it raises `UnreadableWeights` before more
memory is allocated than the file itself occupies. Equal models give equal bytes.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import torch
from torch import Tensor

from core.architecture.pictures.autoencoder import Autoencoder, AutoencoderConfig
from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.denoiser import UNKNOWN, Denoiser
from core.architecture.weights import (
    Precision,
    description_of,
    fitting,
    packed,
    tensors_of,
    unreadable,
)
from core.errors import SettingError

MODEL: Final = "denoiser"
BESIDE: Final = "beside."  # begins the names of tensors that are no part of the model
WORDS_LEARNED: Final = "words_learned"  # what `extra` calls words that the encoder does not know
FIRST_STAGE: Final = "autoencoder"


def denoiser_bytes(
    model: Denoiser,
    extra: Mapping[str, Any] | None = None,
    precision: Precision = "float16",
    beside: Mapping[str, Tensor] | None = None,
) -> bytes:
    """The model as one safetensors file.

    Args:
        model: its weights and config are written.
        extra: anything JSON can hold; `read_denoiser` returns it.
        precision: of the stored matrices; gains and biases stay float32.
        beside: tensors that travel with the model without being part of it, such as the adapters
            that became part of its matrices; `beside_denoiser` returns them.

    Raises:
        SettingError: `precision` is unknown.
    """
    about = {"model": MODEL, "config": model.config.to_dict(), "metadata": dict(extra or {})}
    more = {BESIDE + name: tensor for name, tensor in (beside or {}).items()}
    return packed({**model.state_dict(), **more}, about, precision)


def read_denoiser(data: bytes) -> tuple[Denoiser, dict[str, Any]]:
    """The model, ready for inference, and what was written beside it.

    Raises:
        UnreadableWeights: the bytes are damaged, forged, or no denoiser.
    """
    about, config = description_of(data), denoiser_config_of(data)
    stored = {n: t for n, t in tensors_of(data).items() if not n.startswith(BESIDE)}
    # Only then is the skeleton known to be no larger than the file.
    for kind, n in (("blocks", config.n_blocks), ("text_blocks", config.n_text_blocks)):
        if f"{kind}.{n - 1}.attention.qkv.weight" not in stored:
            raise unreadable("there are fewer blocks than the config says")
    weights: dict[str, Tensor] = fitting(denoiser_skeleton(config).state_dict(), stored)
    model = Denoiser(config, seed=None)
    model.load_state_dict(weights)
    return model.eval(), {**about["metadata"], "precision": about["precision"]}


def beside_denoiser(data: bytes) -> dict[str, Tensor]:
    """What travels with a model in its file, in float32; empty for most.

    Raises:
        UnreadableWeights: the tensors are damaged.
    """
    return {
        name.removeprefix(BESIDE): tensor.float()
        for name, tensor in tensors_of(data).items()
        if name.startswith(BESIDE)
    }


@lru_cache(maxsize=16)
def denoiser_skeleton(config: DenoiserConfig) -> Denoiser:
    """A model of names and shapes, without a single number in it."""
    with torch.device("meta"):
        return Denoiser(config, seed=None)


@torch.no_grad()
def with_more_words(model: Denoiser, n: int) -> Denoiser:
    """A copy that reads n words more; each begins as the mean of the words it knows.

    Args:
        model: is not changed.
        n: rows added behind its table, for words whose ids come next.

    Source: Gal et al. 2022, "An Image is Worth One Word: Personalizing Text-to-Image Generation
        using Textual Inversion", arXiv:2208.01618: a new word is a new row, learned. There it
        begins as that of a word of similar meaning; here nobody has said one.
    """
    weights = dict(model.state_dict())
    table = weights["word_table.weight"]
    first_word = UNKNOWN + 1  # before it are the signs for what is no word
    mean = table[first_word:].mean(dim=0, keepdim=True)
    weights["word_table.weight"] = torch.cat((table, mean.expand(n, -1)))
    wider = Denoiser(replace(model.config, n_words=model.config.n_words + n), seed=None)
    wider.load_state_dict(weights)
    return wider.eval()


def denoiser_config_of(data: bytes) -> DenoiserConfig:
    """The plan of a denoiser, read from the file's header alone.

    Raises:
        UnreadableWeights: the header is damaged or forged, or of another model.
    """
    about = description_of(data)
    if about.get("model") != MODEL:
        raise unreadable("this is no denoiser")
    try:
        return DenoiserConfig.from_dict(about["config"])
    except SettingError as error:
        raise unreadable(str(error)) from error


def autoencoder_bytes(model: Autoencoder, extra: Mapping[str, Any] | None = None) -> bytes:
    """An autoencoder as one safetensors file in float16; arguments as for `denoiser_bytes`."""
    about = {"model": FIRST_STAGE, "config": model.config.to_dict(), "metadata": dict(extra or {})}
    return packed(model.state_dict(), about, "float16")


def read_autoencoder(data: bytes) -> tuple[Autoencoder, dict[str, Any]]:
    """The autoencoder, ready for use, and what was written beside it.

    Raises:
        UnreadableWeights: the bytes are damaged, forged, or no autoencoder.
    """
    about = description_of(data)
    if about.get("model") != FIRST_STAGE:
        raise unreadable("this is no autoencoder")
    try:
        config = AutoencoderConfig.from_dict(about["config"])
    except SettingError as error:
        raise unreadable(str(error)) from error
    stored = tensors_of(data)
    with torch.device("meta"):
        skeleton = Autoencoder(config, seed=None)
    weights = fitting(skeleton.state_dict(), stored)
    if not bool((weights["spread"] > 0.0).all()):
        raise unreadable("the spread of the latents must be positive")
    model = Autoencoder(config, seed=None)
    model.load_state_dict(weights)
    return model.eval(), {**about["metadata"], "precision": about["precision"]}
