"""Which architecture of the library transformers computes exactly what a plan of ours computes.

The opposite direction of `core.architecture.text.hugging_face`. What no architecture there computes
exactly is refused, never approximated. Three identities widen what can be expressed, all exact:

- a bias that the plan does not have is a bias of zeros;
- sinusoidal positions are GPT-2's learned table with fixed values, no positions a table of zeros;
- heads that share keys and values are heads with equal ones, where none can be shared.

Source: the `modeling_*.py` of transformers 5, whose formulas were read; tests hold each of them
    against ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core.architecture.config import ModelConfig
from core.architecture.text.hugging_face import GPT2, LLAMA
from core.architecture.text.translation import Names
from core.errors import NoEqualArchitecture

ACTIVATIONS: Final = {"gelu": "gelu_pytorch_tanh", "squared_relu": "relu2", "swiglu": "silu"}
STANDSTILL: Final = 1e30
"""Rotary positions slowed down so much turn by less than float32 can tell from nothing."""

_ATTENTION: Final = frozenset({"attention.qkv", "attention.out"})
_FEEDFORWARD: Final = frozenset({"feedforward.up", "feedforward.gate", "feedforward.down"})
_NORMS: Final = frozenset({"attention_norm", "feedforward_norm", "final_norm"})

APERTUS: Final = Names(
    {
        **LLAMA.modules,
        "attention_norm": ("attention_layernorm",),
        "feedforward_norm": ("feedforward_layernorm",),
    },
    LLAMA.block,
)
STARCODER2: Final = Names(
    {**LLAMA.modules, "feedforward.up": ("mlp.c_fc",), "feedforward.down": ("mlp.c_proj",)},
    LLAMA.block,
)


@dataclass(frozen=True)
class Equal:
    """An architecture of transformers, set so that it computes what a plan computes.

    Args:
        family: its model_type.
        class_name: of the causal language model.
        settings: what config.json says beyond sizes that all have.
        names: what it calls our modules.
        prefix: before the names of all tensors but those of the head.
        biased: our modules that have a bias there, whether or not the plan has one.
        positions: whether it adds a table of positions to the embeddings.
        shares_heads: whether heads may share keys and values there.
    """

    family: str
    class_name: str
    settings: Mapping[str, Any]
    names: Names
    prefix: str = "model."
    biased: frozenset[str] = field(default_factory=frozenset)
    positions: bool = False
    shares_heads: bool = True


def equal_architecture(config: ModelConfig) -> Equal:
    """The architecture of transformers with the same maths.

    Raises:
        NoEqualArchitecture: there is none; the error names the setting that prevents it.
    """
    if config.without:
        raise _none(config, "without")
    if config.positions == "alibi":
        raise _none(config, "positions")
    if config.rope_divisors is not None:
        raise _none(config, "rope_divisors")
    plain_table = config.positions == "none" and config.norm == "layer" and _no_gate(config)
    if config.positions in ("learned", "sinusoidal") or (plain_table and not config.qk_norm):
        return _with_table(config)
    if config.head_size % 2:
        raise _none(config, "n_channels", "n_heads")
    if config.n_channels % config.n_heads:
        raise _none(config, "n_head_channels")
    return _rms(config) if config.norm == "rms" else _layer(config)


def _with_table(config: ModelConfig) -> Equal:
    """GPT-2, which adds a table of positions and normalises by LayerNorm."""
    if config.norm != "layer":
        raise _none(config, "norm", "positions")
    if not _no_gate(config):
        raise _none(config, "activation", "positions")
    if config.qk_norm:
        raise _none(config, "qk_norm", "positions")
    if config.n_head_channels is not None:
        raise _none(config, "n_head_channels", "positions")
    settings = {
        "n_embd": config.n_channels,
        "n_layer": config.n_layers,
        "n_head": config.n_heads,
        "n_inner": config.n_hidden,
        "n_positions": config.n_context,
        "activation_function": ACTIVATIONS[config.activation],
        "layer_norm_epsilon": config.norm_eps,
        "attn_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "resid_pdrop": 0.0,
    }
    return Equal(
        "gpt2",
        "GPT2LMHeadModel",
        settings,
        GPT2,
        prefix="transformer.",
        biased=_ATTENTION | _FEEDFORWARD | _NORMS,
        positions=True,
        shares_heads=False,
    )


def _rms(config: ModelConfig) -> Equal:
    """Those that rotate queries and keys and normalise by RMSNorm."""
    sizes = {**_sizes(config), "rms_norm_eps": config.norm_eps, "head_dim": config.head_size}
    in_attention = config.bias or config.qkv_bias
    sizes["attention_bias"] = in_attention
    biased = _ATTENTION if in_attention else frozenset()
    if config.qk_norm:
        if config.bias:  # neither of the two has biases in its feed-forward layers
            raise _none(config, "bias", "qk_norm")
        if _no_gate(config):
            return Equal("apertus", "ApertusForCausalLM", sizes, APERTUS, biased=biased)
        return Equal("qwen3", "Qwen3ForCausalLM", sizes, LLAMA, biased=biased)
    sizes["mlp_bias"] = config.bias
    biased |= _FEEDFORWARD if config.bias else frozenset()
    if _no_gate(config):
        return Equal("arcee", "ArceeForCausalLM", sizes, LLAMA, biased=biased)
    return Equal("llama", "LlamaForCausalLM", sizes, LLAMA, biased=biased)


def _layer(config: ModelConfig) -> Equal:
    """Those that rotate queries and keys and normalise by LayerNorm."""
    if config.qk_norm:
        raise _none(config, "qk_norm", "norm")
    if config.n_head_channels is not None:
        raise _none(config, "n_head_channels", "norm")
    sizes, has_bias = _sizes(config), config.bias or config.qkv_bias
    if _no_gate(config):
        sizes |= {"norm_epsilon": config.norm_eps, "use_bias": has_bias}
        biased = _NORMS | (_ATTENTION | _FEEDFORWARD if has_bias else frozenset())
        return Equal("starcoder2", "Starcoder2ForCausalLM", sizes, STARCODER2, biased=biased)
    if config.bias:  # it has biases for queries, keys and values only
        raise _none(config, "bias", "norm", "activation")
    sizes |= {"layer_norm_eps": config.norm_eps, "use_qkv_bias": config.qkv_bias}
    sizes["rope_parameters"] |= {"partial_rotary_factor": 1.0}
    biased = _NORMS | ({"attention.qkv"} if config.qkv_bias else frozenset())
    return Equal("stablelm", "StableLmForCausalLM", sizes, LLAMA, biased=biased)


def _sizes(config: ModelConfig) -> dict[str, Any]:
    """The sizes, by the names that all but GPT-2 use."""
    rotation: dict[str, Any] = {"rope_type": "default", "rope_theta": config.rope_base}
    if config.positions == "none":
        rotation |= {"rope_type": "linear", "factor": STANDSTILL}
    return {
        "hidden_size": config.n_channels,
        "intermediate_size": config.n_hidden,
        "num_hidden_layers": config.n_layers,
        "num_attention_heads": config.n_heads,
        "num_key_value_heads": config.n_kv_heads,
        "max_position_embeddings": config.n_context,
        "hidden_act": ACTIVATIONS[config.activation],
        "rope_parameters": rotation,
    }


def _no_gate(config: ModelConfig) -> bool:
    return config.activation != "swiglu"


def _none(config: ModelConfig, *names: str) -> NoEqualArchitecture:
    """The refusal: which setting, and together with which others."""
    settings = {name: getattr(config, name) for name in names}
    said = ", ".join(f"{name} = {value}" for name, value in settings.items())
    message = f"no architecture of transformers computes this model: {said}"
    return NoEqualArchitecture(message, settings=settings)
