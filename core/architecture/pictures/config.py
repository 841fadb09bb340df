"""The plan of a denoiser: every choice that determines its shape, before any weight exists.

Every `DenoiserConfig` that exists is valid: impossible combinations are refused at construction.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from core.architecture.config import ModelConfig
from core.errors import SettingError

# Far above anything that runs here; they stop a forged file from claiming all the memory.
LIMITS: Final = {
    "n_words": 100_000,
    "n_caption": 512,
    "size": 256,
    "patch": 64,
    "n_channels": 4096,
    "n_heads": 64,
    "n_blocks": 64,
    "n_text_blocks": 16,
    "n_hidden": 16_384,
    "n_colours": 64,
}
N_COLOURS: Final = 3  # red, green, blue


@dataclass(frozen=True, kw_only=True)
class DenoiserConfig:
    """The description of a denoiser.

    Raises:
        SettingError: a value, or a combination of values, is impossible.
    """

    n_words: int
    """words in the vocabulary of captions, the three special ones included"""
    n_caption: int
    """words of the longest caption it can read (L)"""
    size: int = 32
    """side of a picture in pixels (S)"""
    patch: int = 4
    """side of a patch in pixels (P)"""
    n_channels: int = 128
    """numbers that describe one patch, or one word, inside the model (C)"""
    n_heads: int = 4
    """attention patterns side by side in a block (H)"""
    n_blocks: int = 4
    """blocks that work on the picture, one after the other"""
    n_text_blocks: int = 1
    """blocks that work on the caption before that"""
    n_hidden: int = 512
    """numbers inside a feed-forward layer; usually 4 * n_channels"""
    n_colours: int = N_COLOURS
    """numbers in one pixel: red, green and blue; where latents are drawn, those in one cell"""

    def __post_init__(self) -> None:
        for name, limit in LIMITS.items():
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= limit:
                raise SettingError(name, value, f"must be a whole number from 1 to {limit}")
        if self.size % self.patch:
            raise SettingError("size", self.size, f"must be divisible by patch = {self.patch}")
        if self.n_channels % self.n_heads:
            raise SettingError(
                "n_channels", self.n_channels, f"must be divisible by n_heads = {self.n_heads}"
            )

    @property
    def n_patches(self) -> int:
        """Patches in a picture (N)."""
        return (self.size // self.patch) ** 2

    @property
    def patch_numbers(self) -> int:
        """Numbers in one patch: P * P pixels, usually of three colours."""
        return self.patch * self.patch * self.n_colours

    @property
    def head_size(self) -> int:
        """Size of one head (D)."""
        return self.n_channels // self.n_heads

    @property
    def block(self) -> ModelConfig:
        """The same choices for the parts that text and pictures share: norms, feed-forward."""
        return ModelConfig(
            n_vocab=self.n_words,
            n_context=self.n_caption,
            n_layers=self.n_blocks,
            n_heads=self.n_heads,
            n_kv_heads=self.n_heads,
            n_channels=self.n_channels,
            n_hidden=self.n_hidden,
            positions="learned",
            norm="layer",  # on a CPU torch computes it in one pass, and RMSNorm in many
        )

    def to_dict(self) -> dict[str, Any]:
        """The config as plain JSON-serialisable values; three colours go without saying, as in the
        files from before there were latents.
        """
        values = asdict(self)
        if self.n_colours == N_COLOURS:
            del values["n_colours"]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "DenoiserConfig":
        """The config from plain values, which may come from an untrusted file.

        Raises:
            SettingError: a value is impossible, missing or unknown.
        """
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise SettingError("config", name, "is not a setting of a denoiser")
        for name in ("n_words", "n_caption"):
            if name not in values:
                raise SettingError(name, None, "is missing")
        return cls(**values)
