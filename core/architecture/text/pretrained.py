"""Published weights from a folder in Hugging Face format: config.json and *.safetensors.

GPT-2, Llama and Qwen3 are the same transformer with different choices; this file only translates
names and shapes. What our transformer cannot express exactly is refused, never approximated.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from core.architecture.config import LIMITS, ModelConfig
from core.architecture.transformer import Transformer
from core.errors import SettingError, UnreadableWeights

LARGEST_CONFIG_BYTES: Final = 1_000_000


def load_pretrained(folder: Path, n_context: int | None = None) -> Transformer:
    """Load the model from a folder in Hugging Face format.

    Args:
        folder: contains config.json and one or more *.safetensors.
        n_context: a shorter context than the model was trained with; None uses all of it.

    Returns:
        The model in float32, ready for inference.

    Raises:
        UnreadableWeights: the files are missing or damaged, or describe a model that this
            transformer cannot express exactly.
    """
    theirs = _read_config(folder)
    translate_config, translate_weights = _family(theirs)
    try:
        config = ModelConfig.from_dict(translate_config(theirs, n_context))
    except (LookupError, TypeError, ArithmeticError, AttributeError, SettingError) as error:
        raise _unreadable(f"config.json: {error}") from error
    stored = _read_tensors(folder)
    try:
        weights = translate_weights(stored, config)
        expected = Transformer(config, seed=None, device="meta").state_dict()
        if {n: w.shape for n, w in weights.items()} != {n: w.shape for n, w in expected.items()}:
            raise _unreadable("names or shapes of the weights do not fit config.json")
    except (KeyError, IndexError, RuntimeError) as error:
        raise _unreadable(f"a weight is missing or misshapen: {error}") from error
    model = Transformer(config, seed=None)
    model.load_state_dict({name: weight.float() for name, weight in weights.items()})
    return model.eval()


Translations = tuple[
    Callable[[Mapping[str, Any], int | None], dict[str, Any]],
    Callable[[Mapping[str, Tensor], ModelConfig], dict[str, Tensor]],
]


def _family(theirs: Mapping[str, Any]) -> Translations:
    family = theirs.get("model_type")
    if family == "gpt2":
        return _gpt2_config, _gpt2_weights
    if family in ("llama", "qwen3"):
        return _llama_config, _llama_weights
    raise _unreadable(f"model_type {family!r} is none of gpt2, llama, qwen3")


def _gpt2_config(theirs: Mapping[str, Any], n_context: int | None) -> dict[str, Any]:
    _require(theirs, "activation_function", "gelu_new", "gelu_pytorch_tanh", default="gelu_new")
    _require(theirs, "scale_attn_weights", True, default=True)
    _require(theirs, "scale_attn_by_inverse_layer_idx", False, default=False)
    n_channels = theirs["n_embd"]
    return {
        "n_vocab": theirs["vocab_size"],
        "n_context": min(theirs["n_positions"], n_context or LIMITS["n_context"]),
        "n_layers": theirs["n_layer"],
        "n_heads": theirs["n_head"],
        "n_kv_heads": theirs["n_head"],
        "n_channels": n_channels,
        "n_hidden": theirs.get("n_inner") or 4 * n_channels,
        "positions": "learned",
        "norm": "layer",
        "activation": "gelu",
        "qk_norm": False,
        "tied": theirs.get("tie_word_embeddings", True),
        "bias": True,
        "norm_eps": theirs.get("layer_norm_epsilon", 1e-5),
    }


def _gpt2_weights(stored: Mapping[str, Tensor], config: ModelConfig) -> dict[str, Tensor]:
    """GPT-2 stores its matrices as (inputs, outputs), the transpose of `nn.Linear`."""
    stored = {name.removeprefix("transformer."): weight for name, weight in stored.items()}
    ours = {
        "token_embedding.weight": stored["wte.weight"],
        "position_embedding.weight": stored["wpe.weight"][: config.n_context],
        "final_norm.weight": stored["ln_f.weight"],
        "final_norm.bias": stored["ln_f.bias"],
    }
    if not config.tied:
        ours["unembedding.weight"] = stored["lm_head.weight"]
    parts = {
        "attention_norm": "ln_1",
        "attention.qkv": "attn.c_attn",
        "attention.out": "attn.c_proj",
        "feedforward_norm": "ln_2",
        "feedforward.up": "mlp.c_fc",
        "feedforward.down": "mlp.c_proj",
    }
    for i in range(config.n_layers):
        for part, theirs in parts.items():
            ours[f"blocks.{i}.{part}.weight"] = stored[f"h.{i}.{theirs}.weight"].t().contiguous()
            ours[f"blocks.{i}.{part}.bias"] = stored[f"h.{i}.{theirs}.bias"]
    return ours


def _llama_config(theirs: Mapping[str, Any], n_context: int | None) -> dict[str, Any]:
    _require(theirs, "hidden_act", "silu", default="silu")
    _require(theirs, "attention_bias", False, default=False)
    _require(theirs, "mlp_bias", False, default=False)
    _require(theirs, "use_sliding_window", False, default=False)
    _require(theirs, "rope_scaling", None, default=None)
    rope = theirs.get("rope_parameters") or {}
    _require(rope, "rope_type", "default", default="default")
    n_heads, n_channels = theirs["num_attention_heads"], theirs["hidden_size"]
    _require(theirs, "head_dim", n_channels // n_heads, None, default=None)
    is_qwen = theirs["model_type"] == "qwen3"
    return {
        "n_vocab": theirs["vocab_size"],
        "n_context": min(theirs["max_position_embeddings"], n_context or LIMITS["n_context"]),
        "n_layers": theirs["num_hidden_layers"],
        "n_heads": n_heads,
        "n_kv_heads": theirs.get("num_key_value_heads") or n_heads,
        "n_channels": n_channels,
        "n_hidden": theirs["intermediate_size"],
        "positions": "rotary",
        "norm": "rms",
        "activation": "swiglu",
        "qk_norm": is_qwen,
        "tied": theirs.get("tie_word_embeddings", False),
        "bias": False,
        "rope_base": theirs.get("rope_theta") or rope.get("rope_theta", 10_000.0),
        "norm_eps": theirs.get("rms_norm_eps", 1e-6),
    }


def _llama_weights(stored: Mapping[str, Tensor], config: ModelConfig) -> dict[str, Tensor]:
    """Llama stores queries, keys and values separately; here they are one matrix, in this order."""
    stored = {name.removeprefix("model."): weight for name, weight in stored.items()}
    ours = {
        "token_embedding.weight": stored["embed_tokens.weight"],
        "final_norm.weight": stored["norm.weight"],
    }
    if not config.tied:
        ours["unembedding.weight"] = stored["lm_head.weight"]
    parts = {
        "attention_norm": ("input_layernorm",),
        "attention.qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
        "attention.out": ("self_attn.o_proj",),
        "feedforward_norm": ("post_attention_layernorm",),
        "feedforward.gate": ("mlp.gate_proj",),
        "feedforward.up": ("mlp.up_proj",),
        "feedforward.down": ("mlp.down_proj",),
    }
    if config.qk_norm:
        parts["attention.query_norm"] = ("self_attn.q_norm",)
        parts["attention.key_norm"] = ("self_attn.k_norm",)
    for i in range(config.n_layers):
        for part, theirs in parts.items():
            rows = [stored[f"layers.{i}.{name}.weight"] for name in theirs]
            ours[f"blocks.{i}.{part}.weight"] = torch.cat(rows)
    return ours


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        with (folder / "config.json").open("rb") as file:
            config = json.loads(file.read(LARGEST_CONFIG_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable("there is no readable config.json") from error
    if not isinstance(config, dict):
        raise _unreadable("config.json describes no model")
    return config


def _read_tensors(folder: Path) -> dict[str, Tensor]:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise _unreadable("there is no *.safetensors file")
    stored: dict[str, Tensor] = {}
    try:
        for file in files:
            stored |= safetensors.torch.load_file(file)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise _unreadable("the tensors are damaged") from error
    return stored


def _require(values: Mapping[str, Any], name: str, *allowed: object, default: object) -> None:
    found = values.get(name, default)
    if found not in allowed:
        raise _unreadable(f"{name} is {found!r}; this transformer can only do {allowed[0]!r}")


def _unreadable(reason: str) -> UnreadableWeights:
    return UnreadableWeights(f"the model cannot be loaded: {reason}", reason=reason)
