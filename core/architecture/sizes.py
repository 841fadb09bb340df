"""How large a model is before it exists: the size dial, its parts, its memory, its shapes.

Counts are exact and tested against real models. Memory figures are formulas and labelled as such.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from core.architecture.config import ModelConfig
from core.errors import SettingError

DEFAULT_SIZE: Final = "s"
HEAD_SIZE: Final = 32
HIDDEN_FACTOR: Final = 4


@dataclass(frozen=True)
class Size:
    """One stop on the size dial; everything else follows from it."""

    n_layers: int
    """blocks"""
    n_channels: int
    """numbers per token (C)"""
    n_context: int
    """tokens seen at once (the largest T)"""


SIZES: Final[Mapping[str, Size]] = MappingProxyType(
    {  #                                          parameters with a vocabulary of 1,024
        "xs": Size(n_layers=2, n_channels=64, n_context=64),  #      0.16 M
        "s": Size(n_layers=3, n_channels=96, n_context=128),  #      0.43 M
        "m": Size(n_layers=3, n_channels=128, n_context=128),  #     0.72 M
        "l": Size(n_layers=6, n_channels=192, n_context=256),  #     2.9 M
        "xl": Size(n_layers=8, n_channels=320, n_context=256),  #   10.2 M
    }
)


def size_of(dial: str, n_vocab: int) -> ModelConfig:
    """The config for one stop on the size dial: heads of HEAD_SIZE, modern defaults otherwise.

    Raises:
        SettingError: the dial has no such stop, or `n_vocab` is impossible.
    """
    if dial not in SIZES:
        raise SettingError("size", dial, f"must be one of {tuple(SIZES)}")
    size = SIZES[dial]
    n_heads = size.n_channels // HEAD_SIZE
    return ModelConfig(
        n_vocab=n_vocab,
        n_context=size.n_context,
        n_layers=size.n_layers,
        n_heads=n_heads,
        n_kv_heads=n_heads,
        n_channels=size.n_channels,
        n_hidden=HIDDEN_FACTOR * size.n_channels,
    )


def parameters_by_part(config: ModelConfig) -> dict[str, int]:
    """Parameters of every part, summed over all layers; together they are the whole model.

    Returns:
        Counts under the names "token_embedding", "position_embedding", "attention",
        "feedforward", "norms" and "unembedding"; a part that is missing or shared counts 0.
    """
    C, D = config.n_channels, config.head_size
    bias = 1 if config.bias else 0
    n_qkv = (config.n_heads + 2 * config.n_kv_heads) * D
    n_mixed = config.n_heads * D  # C, unless the heads have a size of their own
    attention = n_qkv * (C + (config.bias or config.qkv_bias)) + C * (n_mixed + bias)
    if config.qk_norm:
        attention += 2 * D  # one gain for queries, one for keys
    n_widening = 2 if config.activation == "swiglu" else 1
    feedforward = n_widening * config.n_hidden * (C + bias) + C * (config.n_hidden + bias)
    norm = C * (1 + bias if config.norm == "layer" else 1)
    left_out = config.without
    attends, works = "attention" not in left_out, "feedforward" not in left_out
    n_norms = 0 if "norm" in left_out else (attends + works) * config.n_layers + 1
    return {
        "token_embedding": config.n_vocab * C,
        "position_embedding": config.n_context * C if config.positions == "learned" else 0,
        "attention": attends * config.n_layers * attention,
        "feedforward": works * config.n_layers * feedforward,
        "norms": n_norms * norm,
        "unembedding": 0 if config.tied else config.n_vocab * C,
    }


def n_parameters(config: ModelConfig) -> int:
    """The number of parameters of a model with this config."""
    return sum(parameters_by_part(config).values())


def n_in_hidden_matrices(config: ModelConfig) -> int:
    """The parameters in the matrices inside the blocks: without tables, norms, gains and biases."""
    C, D = config.n_channels, config.head_size
    n_qkv = (config.n_heads + 2 * config.n_kv_heads) * D
    n_feedforward = 3 if config.activation == "swiglu" else 2
    n_out = config.n_heads * D * C
    attention = 0 if "attention" in config.without else n_qkv * C + n_out
    feedforward = 0 if "feedforward" in config.without else n_feedforward * config.n_hidden * C
    return config.n_layers * (attention + feedforward)


def optimizer_values(config: ModelConfig, optimizer: str) -> int:
    """How many numbers an optimiser remembers from one step to the next.

    AdamW keeps two for each parameter, a mean of the gradients and one of their squares. Muon keeps
    a mean only, and only for the hidden matrices; AdamW takes care of the rest. Not counted: one
    counter for each of AdamW's tensors.

    Args:
        optimizer: "muon" or "adamw", as in core.training.settings.

    Raises:
        SettingError: there is no such optimiser.
    """
    if optimizer not in ("muon", "adamw"):
        raise SettingError("optimizer", optimizer, "must be one of ('muon', 'adamw')")
    n_with_mean_only = n_in_hidden_matrices(config) if optimizer == "muon" else 0
    return 2 * n_parameters(config) - n_with_mean_only


def training_memory_bytes(
    config: ModelConfig, n_batch: int, optimizer: str, n_bytes: int = 4
) -> dict[str, int]:
    """What training keeps in memory: a formula, not a measurement.

    Args:
        config: the model.
        n_batch: sequences of n_context tokens computed in parallel.
        optimizer: "muon" or "adamw", see `optimizer_values`.
        n_bytes: bytes per number; 4 for float32.

    Returns:
        Bytes under "weights", "gradients", "optimizer", "activations". The first three are what a
        real run keeps; the last is an estimate: tensors the backward pass reads again, assuming
        fused attention and no recomputation.
    """
    n_weights = n_parameters(config)
    n_tokens = n_batch * config.n_context
    C, n_kv = config.n_channels, config.n_kv_heads * config.head_size
    n_q = config.n_heads * config.head_size
    n_widening = 3 if config.activation == "swiglu" else 2
    per_layer = 2 * C + 2 * C  # the streams and their normalised copies
    per_layer += 2 * (n_q + n_kv) + n_kv + n_q  # q and k before and after rotation, v, the mix
    per_layer += n_widening * config.n_hidden  # before and after the activation
    per_token = config.n_layers * per_layer + 2 * C + 2 * config.n_vocab  # logits and softmax
    return {
        "weights": n_weights * n_bytes,
        "gradients": n_weights * n_bytes,
        "optimizer": optimizer_values(config, optimizer) * n_bytes,
        "activations": n_tokens * per_token * n_bytes,
    }


def inference_memory_bytes(
    config: ModelConfig, n_sequences: int = 1, n_bytes: int = 4
) -> dict[str, int]:
    """What generating keeps in memory: a formula, exact for these two.

    Returns:
        Bytes under "weights" and "cache": keys and values of every layer, n_context tokens for
        each of `n_sequences` texts generated in parallel.
    """
    return {
        "weights": n_parameters(config) * n_bytes,
        "cache": n_sequences * config.n_context * cached_per_token(config) * n_bytes,
    }


def cached_per_token(config: ModelConfig) -> int:
    """Numbers that the key-value cache keeps for every token: keys and values of every layer."""
    if "attention" in config.without:
        return 0
    return 2 * config.n_layers * config.n_kv_heads * config.head_size


def flops_by_part(config: ModelConfig, n_tokens: int) -> dict[str, int]:
    """Additions and multiplications of matrix products, to read a text of so many tokens at once.

    A product of (n, a) and (a, b) takes 2 n a b. Norms, rotations, softmax and the nonlinearity
    work number by number and are left out, as is usual. The whole (T, T) square of scores is
    counted, also what the mask then hides.

    Args:
        n_tokens: T.

    Returns:
        Counts under "attention_matrices", "attention_scores" (queries with keys, and weights with
        values), "feedforward" and "unembedding"; to look up an embedding takes none.

    Source: Kaplan et al. 2020, "Scaling Laws for Neural Language Models", arXiv:2001.08361,
        table 1 (forward pass, without the biases).
    """
    T, C, D, L = n_tokens, config.n_channels, config.head_size, config.n_layers
    attends, works = "attention" not in config.without, "feedforward" not in config.without
    n_qkv = (config.n_heads + 2 * config.n_kv_heads) * D
    n_matrices = 3 if config.activation == "swiglu" else 2
    return {
        "attention_matrices": attends * L * 2 * T * C * (n_qkv + config.n_heads * D),
        "attention_scores": attends * L * 2 * (2 * T * T * config.n_heads * D),
        "feedforward": works * L * 2 * T * n_matrices * C * config.n_hidden,
        "unembedding": 2 * T * C * config.n_vocab,
    }


@dataclass(frozen=True)
class Stage:
    """One stage of the data on its way through the model."""

    name: str
    """"tokens", "embedding", "queries", "keys", "values", "attention_weights", "attention",
    "hidden", "block", "logits" or "probabilities\""""
    axes: str
    """letters of core.pipeline.AXES; "K" counts key-value heads, "F" hidden numbers"""
    shape: tuple[int, ...]
    """sizes of the axes, in order"""


def shapes(config: ModelConfig, n_tokens: int, n_batch: int = 1) -> list[Stage]:
    """The shapes of the data on its way, in order; one block represents all n_layers.

    Raises:
        SettingError: `n_tokens` lies outside [1, n_context].
    """
    if not 1 <= n_tokens <= config.n_context:
        raise SettingError("n_tokens", n_tokens, f"must lie in [1, {config.n_context}]")
    sizes = {
        "B": n_batch,
        "T": n_tokens,
        "C": config.n_channels,
        "H": config.n_heads,
        "K": config.n_kv_heads,
        "D": config.head_size,
        "F": config.n_hidden,
        "V": config.n_vocab,
    }
    way = {
        "tokens": "BT",
        "embedding": "BTC",
        "queries": "BHTD",
        "keys": "BKTD",
        "values": "BKTD",
        "attention_weights": "BHTT",
        "attention": "BTC",
        "hidden": "BTF",
        "block": "BTC",
        "logits": "BTV",
        "probabilities": "BTV",
    }
    return [Stage(name, axes, tuple(sizes[a] for a in axes)) for name, axes in way.items()]
