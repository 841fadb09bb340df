"""A denoiser as bytes and back: safetensors with the config inside, so one file is enough.

The file may come from anywhere. Anything wrong with it raises `UnreadableWeights` before more
memory is allocated than the file itself occupies. Equal models give equal bytes.
"""

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.denoiser import Denoiser
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


def denoiser_bytes(
    model: Denoiser, extra: Mapping[str, Any] | None = None, precision: Precision = "float16"
) -> bytes:
    """The model as one safetensors file.

    Args:
        model: its weights and config are written.
        extra: anything JSON can hold; `read_denoiser` returns it.
        precision: of the stored matrices; gains and biases stay float32.

    Raises:
        SettingError: `precision` is unknown.
    """
    about = {"model": MODEL, "config": model.config.to_dict(), "metadata": dict(extra or {})}
    return packed(model.state_dict(), about, precision)


def read_denoiser(data: bytes) -> tuple[Denoiser, dict[str, Any]]:
    """The model, ready for inference, and what was written beside it.

    Raises:
        UnreadableWeights: the bytes are damaged, forged, or no denoiser.
    """
    about, config = description_of(data), denoiser_config_of(data)
    stored = tensors_of(data)
    # Only then is the skeleton known to be no larger than the file.
    for kind, n in (("blocks", config.n_blocks), ("text_blocks", config.n_text_blocks)):
        if f"{kind}.{n - 1}.attention.qkv.weight" not in stored:
            raise unreadable("there are fewer blocks than the config says")
    with torch.device("meta"):
        skeleton = Denoiser(config, seed=None)
    weights: dict[str, Tensor] = fitting(skeleton.state_dict(), stored)
    model = Denoiser(config, seed=None)
    model.load_state_dict(weights)
    return model.eval(), {**about["metadata"], "precision": about["precision"]}


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
