"""A folder in Hugging Face form, in our terms: config.json and *.safetensors.

Source: the `configuration_*.py` of transformers, for the names and for what holds where config.json
    says nothing.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from core.architecture.positions import llama3_divisors
from core.architecture.text.translation import (
    FAMILIES,
    LONGEST_VALUE,
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
from core.data.small_json import read_json
from core.errors import MissingShard

LARGEST_CONFIG_BYTES: Final = 1_000_000
INDEX: Final = "model.safetensors.index.json"
LARGEST_INDEX_BYTES: Final = 10_000_000
FLOATS: Final = frozenset({"F32", "F16", "BF16", "F64"})
# No weights: masks and rotation speeds that old folders still hold.
BUFFERS: Final = re.compile(r"(^|\.)(attn\.(masked_)?bias|rotary_emb\.inv_freq)$")

# In a tied model the same as the embedding, and not always left out.
COPIES: Final = frozenset({"lm_head.weight"})
PREFIX: Final = re.compile(r"^(model|transformer)\.")  # where a folder holds more than the base

_GPT2_MATRICES: Final[Mapping[str, tuple[str, ...]]] = {
    "attention.qkv": ("attn.c_attn",),
    "attention.out": ("attn.c_proj",),
    "feedforward.up": ("mlp.c_fc",),
    "feedforward.down": ("mlp.c_proj",),
}
GPT2: Final = Names(  # stores its matrices as (inputs, outputs), the transpose of `nn.Linear`
    {
        "token_embedding": ("wte",),
        "position_embedding": ("wpe",),
        "final_norm": ("ln_f",),
        "unembedding": ("lm_head",),
        "attention_norm": ("ln_1",),
        "feedforward_norm": ("ln_2",),
        **_GPT2_MATRICES,
    },
    "h.{}.",
    transposed=frozenset(_GPT2_MATRICES),
)
LLAMA: Final = Names(
    {
        "token_embedding": ("embed_tokens",),
        "final_norm": ("norm",),
        "unembedding": ("lm_head",),
        "attention_norm": ("input_layernorm",),
        "attention.qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
        "attention.query_norm": ("self_attn.q_norm",),
        "attention.key_norm": ("self_attn.k_norm",),
        "attention.out": ("self_attn.o_proj",),
        "feedforward_norm": ("post_attention_layernorm",),
        "feedforward.gate": ("mlp.gate_proj",),
        "feedforward.up": ("mlp.up_proj",),
        "feedforward.down": ("mlp.down_proj",),
    },
    "layers.{}.",
)


class Safetensors:
    """The tensors of all files of one folder; implements `translation.Source`.

    Raises:
        UnreadableWeights: there are none, they are damaged, or they hold no floats.
    """

    def __init__(self, folder: Path) -> None:
        # Some folders hold the same weights twice, once in their maker's own form.
        files = sorted(folder.glob("model*.safetensors")) or sorted(folder.glob("*.safetensors"))
        _check_complete(folder)
        if not files:
            raise _nothing_to_read(folder)
        shapes: dict[str, Shape] = {}
        self.shapes: Mapping[str, Shape] = shapes
        self.formats: set[str] = set()
        self._opened: dict[str, tuple[Any, str]] = {}
        for file in files:
            try:
                opened: Any = safe_open(file, framework="pt")
                for stored_name in opened.keys():  # noqa: SIM118, it is no mapping
                    if BUFFERS.search(stored_name):
                        continue
                    name, about = PREFIX.sub("", stored_name), opened.get_slice(stored_name)
                    if name in shapes:
                        raise unreadable(f"the tensor {name} is stored twice")
                    if about.get_dtype() not in FLOATS:
                        raise unreadable(f"{name} is stored as {about.get_dtype()}, not as floats")
                    shapes[name] = tuple(about.get_shape())
                    self.formats.add(about.get_dtype())
                    self._opened[name] = (opened, stored_name)
            except (SafetensorError, OSError, ValueError) as error:
                raise unreadable(f"{file.name} is damaged or cut short") from error

    def read(self, name: str) -> Tensor:
        """One tensor in float32."""
        try:
            opened, stored_name = self._opened[name]
            tensor: Tensor = opened.get_tensor(stored_name)
        except (SafetensorError, OSError, ValueError, RuntimeError) as error:
            raise unreadable(f"the tensor {name} is damaged") from error
        return tensor.to(torch.float32)


def read_config(folder: Path) -> dict[str, Any]:
    """What config.json says.

    Raises:
        UnreadableWeights: there is none, or it is no JSON object.
    """
    config = read_json(folder / "config.json", LARGEST_CONFIG_BYTES)
    if not isinstance(config, dict):
        raise unreadable("there is no readable config.json that describes a model")
    return config


def translated(theirs: Mapping[str, Any], n_context: int | None) -> Translation:
    """The model of a folder in our terms.

    Args:
        theirs: what config.json says.
        n_context: tokens that it shall see at once; None: as many as possible.

    Raises:
        UnreadableWeights: our transformer cannot express it exactly.
    """
    family = theirs.get("model_type")
    if family not in FAMILIES:
        raise unknown_family("model_type", family, FAMILIES)
    require("quantization_config", theirs.get("quantization_config"), None)
    try:
        if family == "gpt2":
            return _gpt2(theirs, n_context)
        return _llama(family, theirs, n_context)
    except (LookupError, TypeError, ArithmeticError, AttributeError, ValueError) as error:
        raise unreadable(f"config.json: {error!r:.200}") from error


def _gpt2(theirs: Mapping[str, Any], n_context: int | None) -> Translation:
    activation = theirs.get("activation_function", "gelu_new")
    require("activation_function", activation, "gelu_new", "gelu_pytorch_tanh")
    require("scale_attn_weights", theirs.get("scale_attn_weights"), True, None)
    by_layer = theirs.get("scale_attn_by_inverse_layer_idx")
    require("scale_attn_by_inverse_layer_idx", by_layer, False, None)
    n_channels = theirs["n_embd"]
    return translation(
        "gpt2",
        {
            "n_vocab": theirs["vocab_size"],
            "n_layers": theirs["n_layer"],
            "n_heads": theirs["n_head"],
            "n_kv_heads": theirs["n_head"],
            "n_channels": n_channels,
            "n_hidden": theirs.get("n_inner") or 4 * n_channels,
            "tied": theirs.get("tie_word_embeddings", True),
            "norm_eps": theirs.get("layer_norm_epsilon", 1e-5),
        },
        GPT2,
        COPIES,
        trained=theirs["n_positions"],
        window=None,
        wished=n_context,
    )


def _llama(family: str, theirs: Mapping[str, Any], n_context: int | None) -> Translation:
    """Llama, Mistral, Qwen2 and Qwen3 differ in a bias, a norm and how far a token looks back."""
    require("hidden_act", theirs.get("hidden_act"), "silu", "swish", None)
    require("attention_bias", theirs.get("attention_bias"), False, None)
    require("mlp_bias", theirs.get("mlp_bias"), False, None)
    n_heads, n_channels = theirs["num_attention_heads"], theirs["hidden_size"]
    said_size = theirs.get("head_dim") or (128 if family == "qwen3" else None)
    head_size = size_of_head(said_size, n_channels, n_heads)
    base, divisors = _rotation(theirs, head_size)
    return translation(
        family,
        {
            "n_vocab": theirs["vocab_size"],
            "n_layers": theirs["num_hidden_layers"],
            "n_heads": n_heads,
            "n_kv_heads": theirs.get("num_key_value_heads") or n_heads,
            "n_channels": n_channels,
            "n_hidden": theirs["intermediate_size"],
            "tied": theirs.get("tie_word_embeddings", False),
            "rope_base": base,
            "norm_eps": theirs.get("rms_norm_eps", 1e-6),
            "n_head_channels": head_channels(head_size, n_channels, n_heads),
            "rope_divisors": divisors,
        },
        LLAMA,
        COPIES,
        trained=theirs["max_position_embeddings"],
        window=_window(family, theirs),
        wished=n_context,
    )


def _window(family: str, theirs: Mapping[str, Any]) -> int | None:
    """Tokens that a token looks back at most, or None."""
    kinds = set(theirs.get("layer_types") or ())
    if family == "mistral":
        window = theirs.get("sliding_window", 4096)
    elif theirs.get("use_sliding_window"):
        window = theirs.get("sliding_window") or 4096
    else:
        window = None
    if window is not None and (type(window) is not int or window < 1):
        raise unreadable(f"sliding_window is {window!r:.80}")
    for kind in sorted(kinds):  # a layer without a window is the same within it
        require("layer_types", kind, "full_attention", "sliding_attention" if window else None)
    return window


def _rotation(theirs: Mapping[str, Any], head_size: int) -> tuple[float, tuple[float, ...] | None]:
    """The base of the rotary positions, and the divisors of their speeds."""
    rope = theirs.get("rope_scaling") or theirs.get("rope_parameters") or {}
    for name, value in rope.items():
        if isinstance(value, dict):  # one rotation for each type of layer
            require(f"rope_parameters.{name}", value, None)
    base = rope.get("rope_theta") or theirs.get("rope_theta") or 10_000.0
    part = rope.get("partial_rotary_factor") or theirs.get("partial_rotary_factor")
    require("partial_rotary_factor", part, 1.0, None)
    kind = rope.get("rope_type", rope.get("type", "default"))
    require("rope_scaling.rope_type", kind, "default", "dynamic", "linear", "llama3")
    if kind == "linear":
        return base, (rope["factor"],) * (head_size // 2)
    if kind == "llama3":
        divisors = llama3_divisors(
            head_size,
            base,
            factor=rope["factor"],
            low=rope["low_freq_factor"],
            high=rope["high_freq_factor"],
            n_original=theirs.get("original_max_position_embeddings")
            or rope.get("original_max_position_embeddings")
            or theirs["max_position_embeddings"],
        )
        return base, divisors
    return base, None  # a dynamic one changes only beyond the trained context, where none gets here


def _check_complete(folder: Path) -> None:
    """Where an index names the files that hold the weights, they must all be there."""
    index = read_json(folder / INDEX, LARGEST_INDEX_BYTES)
    named = index.get("weight_map") if isinstance(index, dict) else None
    files = {str(name) for name in named.values()} if isinstance(named, dict) else set()
    for name in sorted(files - {file.name for file in folder.glob("*.safetensors")}):
        reason = f"the file {name:.200} is missing, which {INDEX} names"
        raise MissingShard(
            f"the model cannot be loaded: {reason}", reason=reason, name=name[:LONGEST_VALUE]
        )


def _nothing_to_read(folder: Path) -> Exception:
    if any(folder.glob("*.bin")) or any(folder.glob("*.pt")) or any(folder.glob("*.pth")):
        return unreadable(
            "its weights are a pickle, which could run a stranger's program when opened, so it "
            "was left closed; a *.safetensors file is needed"
        )
    return unreadable("there is no *.safetensors file")
