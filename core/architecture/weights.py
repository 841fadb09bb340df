"""A model as bytes and back: safetensors with the config inside, so one file is enough.

The file may come from anywhere. Anything wrong with it raises `UnreadableWeights` before more
memory is allocated than the file itself occupies. Equal models give equal bytes.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.errors import SettingError, UnreadableWeights

Precision = Literal["float32", "float16", "bfloat16", "int8"]
PRECISIONS: Final[tuple[str, ...]] = get_args(Precision)
DTYPES: Final = frozenset(getattr(torch, name) for name in PRECISIONS)

# One entry only: safetensors writes several in no fixed order, so the bytes would vary.
ENTRY: Final = "glassbox"
FORMAT_VERSION: Final = 1
SCALE: Final = ".scale"
LARGEST_HEADER_BYTES: Final = 10_000_000
INT8_LARGEST: Final = 127


def checkpoint_bytes(
    model: Transformer,
    metadata: Mapping[str, Any] | None = None,
    precision: Precision = "float32",
) -> bytes:
    """The model as one safetensors file.

    Args:
        model: its weights and config are written.
        metadata: anything JSON can hold; `read_checkpoint` returns it.
        precision: of the stored weights. float16 and bfloat16 halve the file; int8 quarters it:
            every row of a matrix is stored as integers from -127 to 127 and one scale.

    Returns:
        The file; the same model, metadata and precision always give the same bytes.

    Raises:
        SettingError: `precision` is unknown.
    """
    about = {"config": model.config.to_dict(), "metadata": dict(metadata or {})}
    return packed(model.state_dict(), about, precision)


def read_checkpoint(
    data: bytes, dtype: torch.dtype = torch.float32
) -> tuple[Transformer, dict[str, Any]]:
    """The model and its metadata from the bytes of an untrusted checkpoint.

    Args:
        data: a safetensors file that `checkpoint_bytes` wrote.
        dtype: of the model in memory, whatever precision it was stored in.

    Returns:
        The model, ready for inference, and the metadata with "precision" added: the format the
        weights were stored in.

    Raises:
        UnreadableWeights: the bytes are damaged, forged, or not a checkpoint of ours.
    """
    about, config = description_of(data), config_of(data)
    stored = tensors_of(data)
    last = "feedforward.up" if "attention" in config.without else "attention.qkv"
    if f"blocks.{config.n_layers - 1}.{last}.weight" not in stored:
        # Only with all its layers is the skeleton known to be no larger than the file.
        raise unreadable("there are fewer layers than the config says")
    weights = fitting(Transformer(config, seed=None, device="meta").state_dict(), stored)
    model = Transformer(config, seed=None)
    model.load_state_dict(weights)
    model = model.to(dtype).eval()
    return model, {**about["metadata"], "precision": about["precision"]}


def config_of(data: bytes) -> ModelConfig:
    """The plan of a checkpoint, read from its header alone.

    Raises:
        UnreadableWeights: the header is damaged or forged.
    """
    try:
        return ModelConfig.from_dict(description_of(data)["config"])
    except SettingError as error:
        raise unreadable(str(error)) from error


def packed(weights: Mapping[str, Tensor], about: Mapping[str, Any], precision: Precision) -> bytes:
    """Weights and a description of their model as one safetensors file.

    Args:
        weights: by name.
        about: JSON values with "config" and "metadata"; version and precision are added.
        precision: of the stored weights.

    Raises:
        SettingError: `precision` is unknown.
    """
    if precision not in PRECISIONS:
        raise SettingError("precision", precision, f"must be one of {PRECISIONS}")
    tensors: dict[str, Tensor] = {}
    for name, weight in weights.items():
        tensors |= _stored(name, weight.detach().cpu().float(), precision)
    whole = {"version": FORMAT_VERSION, "precision": precision, **about}
    return safetensors.torch.save(tensors, {ENTRY: json.dumps(whole, sort_keys=True)})


def tensors_of(data: bytes) -> dict[str, Tensor]:
    """The tensors of a file, as they are stored.

    Raises:
        UnreadableWeights: they are damaged.
    """
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise unreadable("the tensors are damaged") from error


def fitting(skeleton: Mapping[str, Tensor], stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A model's weights in float32, if what is stored is exactly these.

    Args:
        skeleton: name -> a tensor of the shape the weight must have, on the device "meta".
        stored: what the file holds.

    Raises:
        UnreadableWeights: a name, shape or precision does not fit, or a value is no number.
    """
    expected = {name: weight.shape for name, weight in skeleton.items()}
    scales = {
        name + SCALE: shape[:1]
        for name, shape in expected.items()
        if name in stored and stored[name].dtype == torch.int8
    }
    if not {weight.dtype for weight in stored.values()} <= DTYPES:
        raise unreadable("the weights are stored in a precision we do not know")
    if {name: weight.shape for name, weight in stored.items()} != expected | scales:
        raise unreadable("names or shapes of the weights do not fit the config")
    weights = {name: _restored(name, stored) for name in expected}
    for name, weight in weights.items():
        if not weight.isfinite().all():
            raise unreadable(f"{name} holds values that are not numbers")
    return weights


def _stored(name: str, weight: Tensor, precision: Precision) -> dict[str, Tensor]:
    """One weight as stored in the file; gains and biases stay float32, as they are few."""
    if precision == "float32" or weight.dim() < 2:
        return {name: weight.contiguous()}
    if precision != "int8":
        return {name: weight.to(getattr(torch, precision)).contiguous()}
    # The largest value of a row becomes 127; a row of zeros gets scale 1.
    scale = weight.abs().amax(dim=1) / INT8_LARGEST  # (rows,)
    scale = torch.where(scale > 0, scale, 1.0)
    rounded = (weight / scale[:, None]).round().clamp(-INT8_LARGEST, INT8_LARGEST)
    return {name: rounded.to(torch.int8), name + SCALE: scale}


def _restored(name: str, stored: Mapping[str, Tensor]) -> Tensor:
    """One weight in float32, however it was stored."""
    weight = stored[name].float()
    if stored[name].dtype == torch.int8:
        scale = stored[name + SCALE].float()  # (rows,)
        weight = weight * scale.view(-1, *[1] * (weight.dim() - 1))
    return weight


def description_of(data: bytes) -> dict[str, Any]:
    """What the header says about the model: version, config, precision, metadata.

    Raises:
        UnreadableWeights: the header is damaged or forged.
    """
    n_header = int.from_bytes(data[:8], "little")
    if len(data) < 8 or n_header > min(LARGEST_HEADER_BYTES, len(data) - 8):
        raise unreadable("this is not a safetensors file")
    try:
        about = json.loads(json.loads(data[8 : 8 + n_header])["__metadata__"][ENTRY])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise unreadable("there is no description of the model inside") from error
    if not (
        isinstance(about, dict)
        and about.get("version") == FORMAT_VERSION
        and isinstance(about.get("config"), dict)
        and isinstance(about.get("metadata"), dict)
        and about.get("precision") in PRECISIONS
    ):
        raise unreadable("the description of the model is of a kind we do not know")
    return about


def unreadable(reason: str) -> UnreadableWeights:
    """The error for a file that cannot be used."""
    return UnreadableWeights(f"the weights cannot be read: {reason}", reason=reason)
