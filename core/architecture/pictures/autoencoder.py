"""The autoencoder: a picture becomes a grid of few numbers, its latents, and a picture again.

It is the first stage of latent diffusion: a denoiser that works on latents has 48 times fewer
numbers to work on, and never sees a pixel. What does not fit through the narrow place is lost.

Source: Rombach et al. 2022, "High-Resolution Image Synthesis with Latent Diffusion Models",
    arXiv:2112.10752, section 3.1; the variational part: Kingma & Welling 2013, "Auto-Encoding
    Variational Bayes", arXiv:1312.6114. Stable Diffusion's has group norms and one attention
    layer besides, and learned from a perceptual and an adversarial loss: ours does without.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import SettingError

LIMITS: Final = {"size": 512, "n_latents": 64, "width": 512}
FACTOR: Final = 8  # pixels of a side that become one cell of the latents; three halvings
CLEAREST, MUDDIEST = -12.0, 4.0  # logarithm of the variance that the encoder may say
FIRST_VARIANCE: Final = -5.0  # its logarithm at the start: else noise would drown what is learned


@dataclass(frozen=True, kw_only=True)
class AutoencoderConfig:
    """The description of an autoencoder.

    Raises:
        SettingError: a value, or a combination of values, is impossible.
    """

    size: int = 64
    """side of a picture in pixels (S)"""
    n_latents: int = 4
    """numbers in one cell of the latents (Z)"""
    width: int = 32
    """channels where the picture is halved once; two and three times as many further in"""

    def __post_init__(self) -> None:
        for name, limit in LIMITS.items():
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= limit:
                raise SettingError(name, value, f"must be a whole number from 1 to {limit}")
        if self.size % FACTOR:
            raise SettingError("size", self.size, f"must be divisible by {FACTOR}")

    @property
    def side(self) -> int:
        """Cells on a side of the latents (S / 8)."""
        return self.size // FACTOR

    @property
    def numbers_in(self) -> int:
        """Numbers of a picture: three colours a pixel."""
        return 3 * self.size**2

    @property
    def numbers_kept(self) -> int:
        """Numbers of its latents."""
        return self.n_latents * self.side**2

    def to_dict(self) -> dict[str, Any]:
        """The config as plain JSON-serialisable values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "AutoencoderConfig":
        """The config from plain values, which may come from an untrusted file.

        Raises:
            SettingError: a value is impossible or unknown.
        """
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise SettingError("config", name, "is not a setting of an autoencoder")
        return cls(**values)


class Residual(nn.Module):
    """Two convolutions that see a neighbourhood; what they find is added to what came in.

    Source: He et al. 2016, "Identity Mappings in Deep Residual Networks", arXiv:1603.05027.
    """

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.first = neighbourhood(n_channels, n_channels)
        self.second = neighbourhood(n_channels, n_channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, C, h, w)."""
        found: Tensor = x + self.second(F.silu(self.first(F.silu(x))))
        return found


class Doubled(nn.Module):
    """Every cell becomes four equal ones: (B, C, h, w) -> (B, C, 2h, 2w)."""

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=2.0, mode="nearest")


class Autoencoder(nn.Module):
    """Pictures to latents and back.

    Args:
        config: the plan.
        seed: draws the initial weights; None: leave them as they come, to be overwritten.
    """

    middle: Tensor  # (Z,) mean of each of a cell's numbers over many pictures
    spread: Tensor  # (Z,) their standard deviation

    def __init__(self, config: AutoencoderConfig, seed: int | None = 0) -> None:
        super().__init__()
        self.config = config
        W, Z = config.width, config.n_latents
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(2),  # (B, 12, S/2, S/2): four pixels side by side
            neighbourhood(12, W),
            Residual(W),
            neighbourhood(W, 2 * W, stride=2),  # (B, 2W, S/4, S/4)
            Residual(2 * W),
            neighbourhood(2 * W, 3 * W, stride=2),  # (B, 3W, S/8, S/8)
            Residual(3 * W),
            nn.SiLU(),
            neighbourhood(3 * W, 2 * Z),  # a mean and a variance for each number
        )
        self.decoder = nn.Sequential(
            neighbourhood(Z, 3 * W),
            Residual(3 * W),
            Residual(3 * W),
            Doubled(),
            neighbourhood(3 * W, 2 * W),  # (B, 2W, S/4, S/4)
            Residual(2 * W),
            Residual(2 * W),
            Doubled(),
            neighbourhood(2 * W, W),  # (B, W, S/2, S/2)
            Residual(W),
            nn.SiLU(),
            neighbourhood(W, 12),
            nn.PixelShuffle(2),  # (B, 3, S, S)
        )
        self.register_buffer("middle", torch.zeros(Z))
        self.register_buffer("spread", torch.ones(Z))
        if seed is not None:
            self._initialise(seed)

    def distribution(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Where a picture's latents lie, and how exactly: before they are scaled.

        Args:
            pictures: (B, 3, S, S) from -1 to 1.

        Returns:
            (B, Z, S/8, S/8) means and logarithms of variances.
        """
        mean, log_variance = self.encoder(pictures).chunk(2, dim=1)
        return mean, log_variance.clamp(CLEAREST, MUDDIEST)

    def encode(self, pictures: Tensor) -> Tensor:
        """The latents of pictures: their means, scaled so that each number varies by about 1.

        Noise has variance 1 as well: only so do the shares of picture and noise mean what they say.

        Args:
            pictures: (B, 3, S, S) from -1 to 1.

        Returns:
            (B, Z, S/8, S/8).
        """
        return (self.distribution(pictures)[0] - _each(self.middle)) / _each(self.spread)

    def decode(self, latents: Tensor) -> Tensor:
        """The pictures of latents: (B, Z, S/8, S/8) -> (B, 3, S, S), from about -1 to 1."""
        return self.decode_unscaled(latents * _each(self.spread) + _each(self.middle))

    def decode_unscaled(self, latents: Tensor) -> Tensor:
        """The same from latents as `distribution` gives them."""
        pictures: Tensor = self.decoder(latents)
        return pictures

    @torch.no_grad()
    def scale_by(self, means: Tensor) -> None:
        """Measure middle and spread on the latents of many pictures, (N, Z, S/8, S/8) unscaled."""
        self.middle.copy_(means.mean(dim=(0, 2, 3)))
        self.spread.copy_(means.std(dim=(0, 2, 3)))

    @property
    def n_parameters(self) -> int:
        """The number of parameters."""
        return sum(parameter.numel() for parameter in self.parameters())

    @torch.no_grad()
    def _initialise(self, seed: int) -> None:
        """At random with the scale of what is read; every residual starts as the identity."""
        generator = torch.Generator().manual_seed(seed)
        for name, module in self.named_modules():
            if isinstance(module, nn.Conv2d):
                n_read = module.in_channels * module.kernel_size[0] ** 2
                module.weight.normal_(0.0, n_read**-0.5, generator=generator)
                if module.bias is not None:
                    module.bias.zero_()
                if name.endswith("second"):
                    module.weight.zero_()
        last = self.encoder[-1]
        if isinstance(last, nn.Conv2d) and last.bias is not None:
            last.weight[self.config.n_latents :] = 0.0
            last.bias[self.config.n_latents :] = FIRST_VARIANCE


def neighbourhood(n_in: int, n_out: int, stride: int = 1) -> nn.Conv2d:
    """A convolution over 3 × 3 cells; stride 2 halves the grid. Beyond the edge it reads zeros."""
    return nn.Conv2d(n_in, n_out, kernel_size=3, stride=stride, padding=1)


def _each(values: Tensor) -> Tensor:
    """(Z,) -> (1, Z, 1, 1), for every cell alike."""
    return values[None, :, None, None]
