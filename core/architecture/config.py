"""The plan of a model: every choice that determines its shape, before any weight exists.

Every `ModelConfig` that exists is valid: impossible combinations are refused at construction, so
no later code needs to check again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, get_args

from core.errors import SettingError

Positions = Literal["learned", "sinusoidal", "rotary", "alibi", "none"]
Norm = Literal["layer", "rms"]
Activation = Literal["gelu", "squared_relu", "swiglu"]
Part = Literal["attention", "feedforward", "residual", "norm"]

# Far above anything that runs here; they stop a forged file from claiming all the memory.
LIMITS: Final = {
    "n_vocab": 1_000_000,
    "n_context": 32_768,
    "n_layers": 256,
    "n_heads": 256,
    "n_kv_heads": 256,
    "n_channels": 16_384,
    "n_hidden": 65_536,
}
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "positions": get_args(Positions),
    "norm": get_args(Norm),
    "activation": get_args(Activation),
}
PARTS: Final[tuple[Part, ...]] = get_args(Part)
SWITCHES: Final = ("qk_norm", "tied", "bias", "qkv_bias")
LARGEST_HEAD: Final = 1_024
# Only some published models and some experiments have these. While they say nothing, a config is
# written without them, so what was stored before they existed keeps its bytes and its identity.
OPTIONAL: Final = ("n_head_channels", "qkv_bias", "rope_divisors", "without")


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The description of a decoder-only transformer.

    The defaults below the sizes are those of our own models. With other values the same code is
    exactly GPT-2 (learned, layer, gelu, no qk_norm, tied, bias), Llama and Mistral (rotary, rms,
    swiglu, no qk_norm, no bias), Qwen2 (the same with qkv_bias) or Qwen3 (with qk_norm instead).

    Raises:
        SettingError: a value, or a combination of values, is impossible.
    """

    n_vocab: int
    """tokens in the vocabulary (V)"""
    n_context: int
    """tokens it can see at once (the largest T)"""
    n_layers: int
    """blocks, one after the other"""
    n_heads: int
    """attention patterns side by side in a block (H)"""
    n_kv_heads: int
    """heads with keys and values of their own; if fewer than n_heads, heads share them"""
    n_channels: int
    """numbers that describe one token inside the model (C)"""
    n_hidden: int
    """numbers inside a feed-forward layer; usually 4 * n_channels"""
    positions: Positions = "rotary"
    """how the model knows a token's position"""
    norm: Norm = "rms"
    """how a token's numbers are brought to a common scale"""
    activation: Activation = "squared_relu"
    """the nonlinearity between the matrices of the feed-forward layer"""
    qk_norm: bool = True
    """whether queries and keys are normalised before they are compared"""
    tied: bool = True
    """whether the embedding table is also used to score the next token"""
    bias: bool = False
    """whether every matrix and every LayerNorm adds a learned constant"""
    rope_base: float = 10_000.0
    """rotary positions: the slowest channel pair rotates by about 1/rope_base radians per token"""
    norm_eps: float = 1e-5
    """added under the square root in every norm, so it never divides by zero"""
    n_head_channels: int | None = None
    """numbers per head (D); None: the heads divide the channels among themselves"""
    qkv_bias: bool = False
    """whether the matrix of queries, keys and values adds a learned constant, whatever `bias` is"""
    rope_divisors: tuple[float, ...] | None = None
    """(D/2,) rotary positions: how many times slower each pair rotates than rope_base says"""
    without: tuple[Part, ...] = ()
    """parts that are left out of every block, to see what they are for; in the order of PARTS"""

    def __post_init__(self) -> None:
        self._check_types()
        if self.n_head_channels is None and self.n_channels % self.n_heads:
            raise SettingError(
                "n_channels", self.n_channels, f"must be divisible by n_heads = {self.n_heads}"
            )
        if self.n_heads % self.n_kv_heads:
            raise SettingError(
                "n_heads", self.n_heads, f"must be divisible by n_kv_heads = {self.n_kv_heads}"
            )
        if self.positions == "rotary" and self.head_size % 2:
            raise SettingError(
                "n_channels", self.n_channels, "must give every head an even size for rotary"
            )
        if self.positions == "sinusoidal" and self.n_channels % 2:
            raise SettingError(
                "n_channels", self.n_channels, "must be even: a sine and a cosine for every pair"
            )
        self._check_divisors()
        self._check_without()

    def _check_types(self) -> None:
        for name, limit in LIMITS.items():
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= limit:
                raise SettingError(name, value, f"must be a whole number from 1 to {limit}")
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise SettingError(name, getattr(self, name), f"must be one of {choices}")
        for name in SWITCHES:
            if type(getattr(self, name)) is not bool:
                raise SettingError(name, getattr(self, name), "must be true or false")
        _check_number("rope_base", self.rope_base, low=1.0, high=1e9)
        _check_number("norm_eps", self.norm_eps, low=1e-12, high=0.1)
        size = self.n_head_channels
        if size is not None and (type(size) is not int or not 1 <= size <= LARGEST_HEAD):
            raise SettingError(
                "n_head_channels", size, f"must be a whole number from 1 to {LARGEST_HEAD}"
            )

    def _check_divisors(self) -> None:
        divisors = self.rope_divisors
        if divisors is None:
            return
        if self.positions != "rotary":
            raise SettingError("rope_divisors", divisors, "needs rotary positions")
        if type(divisors) is not tuple or len(divisors) != self.head_size // 2:
            raise SettingError("rope_divisors", divisors, f"must be {self.head_size // 2} numbers")
        for divisor in divisors:
            _check_number("rope_divisors", divisor, low=1e-3, high=1e6)

    def _check_without(self) -> None:
        left_out = self.without
        if type(left_out) is not tuple or left_out != tuple(p for p in PARTS if p in left_out):
            raise SettingError("without", left_out, f"must be some of {PARTS}, in this order")
        if {"attention", "feedforward"} <= set(left_out):
            raise SettingError("without", left_out, "must leave something in a block")
        if "norm" in left_out and self.qk_norm:
            raise SettingError("qk_norm", True, "cannot stay in a model without norms")

    @property
    def head_size(self) -> int:
        """Size of one head (D)."""
        if self.n_head_channels is not None:
            return self.n_head_channels
        return self.n_channels // self.n_heads

    def to_dict(self) -> dict[str, Any]:
        """The config as plain JSON-serialisable values; without what is `OPTIONAL` and not set."""
        return {name: v for name, v in asdict(self).items() if v or name not in OPTIONAL}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "ModelConfig":
        """The config from plain values, which may come from an untrusted file.

        Raises:
            SettingError: a value is impossible, missing or unknown.
        """
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise SettingError("config", name, "is not a setting of a model")
        for name in LIMITS:
            if name not in values:
                raise SettingError(name, None, "is missing")
        for name in ("rope_divisors", "without"):
            if isinstance(values.get(name), list):  # JSON has no tuples
                values = {**values, name: tuple(values[name])}
        return cls(**values)


def _check_number(name: str, value: object, *, low: float, high: float) -> None:
    if type(value) not in (int, float) or not low <= value <= high:  # type: ignore[operator]
        raise SettingError(name, value, f"must lie in [{low:g}, {high:g}]")
