"""An invisible watermark: a secret grain, too faint to notice, added to a picture's brightness.

The key tosses a coin for every pixel of a small tile. The coins, reduced to the middle frequencies,
are laid over the whole picture again and again. Who has the key lays all tiles on top of each
other, so that the picture averages out and the grain adds up, and asks how well they fit.

Invariant: whatever a picture shows, if it was made without the key, `detect` gives a p-value
below any alpha with a chance of alpha at most, taken over all keys.

A picture of 32 pixels is too small to carry a mark. It is marked after it has been enlarged.

Source: Cox et al. 1997, "Secure Spread Spectrum Watermarking for Multimedia" (a mark spread over
many frequencies); Kalker et al. 1999, "A Video Watermarking System for Broadcast Monitoring" (a
tile repeated, found at any shift by one Fourier transform). Ours is the smallest version of both.
"""

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.data.pictures import Pixels
from core.errors import SettingError

Plane = npt.NDArray[np.float64]  # (H, W) one number a pixel

TILE: Final = 64  # pixels of the tile's side; also of the smallest picture that carries a mark
BAND: Final = (4.5, 14.0)  # pixels; wavelengths of the grain: halving and JPEG spare them
STRENGTH: Final = 1.0  # grey levels
ALARM: Final = 1e-4  # a picture is called marked if chance alone would do as much this rarely
MAX_KEY: Final = 200  # characters
SCALES: Final = (1.0, 2.0, 0.5)  # the detector also looks at a picture doubled and halved
LARGEST: Final = 1024  # pixels of a side that the detector looks at
_LUMA: Final = np.array([0.299, 0.587, 0.114])  # of red, green and blue, as JPEG has it
_EDGE: Final = 4.0  # grey levels; a detail above this belongs to the picture, not to the mark


@dataclass(frozen=True, kw_only=True)
class PictureMark:
    """How a picture is marked.

    Raises:
        SettingError: a value lies outside its range.
    """

    key: str
    """the secret; who has it can find the mark, forge it and take it away"""
    strength: float = STRENGTH
    """standard deviation of the grain in grey levels; 0 leaves no mark"""

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= MAX_KEY:
            raise SettingError("key", "…", f"must have 1 to {MAX_KEY} characters")
        if not 0.0 <= self.strength <= 20.0:
            raise SettingError("strength", self.strength, "must lie in [0, 20]")


@lru_cache(maxsize=16)
def coins(key: str) -> Plane:
    """(TILE, TILE) a coin for each pixel of the tile, -1 or 1, the same on every machine."""
    tossed = hashlib.shake_256(f"glassbox-picture-mark/1 {key}".encode()).digest(TILE * TILE // 8)
    bits = np.unpackbits(np.frombuffer(tossed, np.uint8)).reshape(TILE, TILE)
    return bits.astype(np.float64) * 2.0 - 1.0


@lru_cache(maxsize=1)
def in_band() -> npt.NDArray[np.bool_]:
    """(TILE, TILE) which frequencies of a tile's Fourier transform lie in the band."""
    cycles = np.fft.fftfreq(TILE)  # per pixel
    frequency = np.hypot(cycles[:, None], cycles[None, :])
    shortest, longest = BAND
    return np.asarray((frequency >= 1 / longest) & (frequency <= 1 / shortest))


@lru_cache(maxsize=16)
def grain(key: str) -> Plane:
    """(TILE, TILE) the coins reduced to the band; mean 0, standard deviation 1."""
    filtered: Plane = np.fft.ifft2(np.fft.fft2(coins(key)) * in_band()).real
    return filtered / float(filtered.std())


def embed(picture: Pixels, mark: PictureMark) -> Pixels:
    """The picture with its mark.

    Args:
        picture: (H, W, 3) grey levels, each side at least TILE.
        mark: key and strength.

    Returns:
        (H, W, 3) uint8: the grain is added to red, green and blue alike, so only brightness moves.

    Raises:
        SettingError: the picture is smaller than a tile.
    """
    height, width = picture.shape[:2]
    if min(height, width) < TILE:
        raise SettingError("size", (width, height), f"must be {TILE} pixels or more to be marked")
    n_down, n_right = -(-height // TILE), -(-width // TILE)
    page = np.tile(grain(mark.key), (n_down, n_right))[:height, :width]
    marked = picture + mark.strength * page[..., None]
    return np.rint(np.clip(marked, 0.0, 255.0)).astype(np.uint8)


@dataclass(frozen=True)
class PictureDetection:
    """What the detector found.

    Args:
        z: how well the folded picture fits the coins at the best shift; at a chance shift 0 ± 1.
        n_looks: shifts and scales that were tried; the more, the better the best fits by chance.
        shift: pixels down and right by which the tile lies in the picture.
        scale: by how much the picture was enlarged before it fitted best.
    """

    z: float
    n_looks: int
    shift: tuple[int, int]
    scale: float

    @property
    def log10_p(self) -> float:
        """The p-value's logarithm to base ten, as far below zero as it may lie.

        A sum of coins, each with a fixed weight, exceeds z standard deviations with a chance of
        exp(-z²/2) at most; each look is one more chance.

        Source: Hoeffding 1963, "Probability Inequalities for Sums of Bounded Random Variables".
        """
        if self.z <= 0.0:
            return 0.0
        return min(0.0, math.log10(self.n_looks) - self.z**2 / 2 / math.log(10))

    @property
    def p_value(self) -> float:
        """How often chance alone would fit as well, at most."""
        return float(10.0**self.log10_p)

    @property
    def is_marked(self) -> bool:
        """Whether chance would do this more rarely than ALARM."""
        return self.p_value < ALARM


def detect(picture: Pixels, key: str, scales: tuple[float, ...] = SCALES) -> PictureDetection:
    """Look for a mark, wherever its tiles begin.

    Args:
        picture: (H, W, 3) grey levels, whoever made it.
        key: the secret.
        scales: by how much to enlarge the picture before looking, each a look of its own.

    Returns:
        the best fit; z 0 where the picture is smaller than a tile at every scale.
    """
    best = PictureDetection(0.0, 1, (0, 0), 1.0)
    n_looks = 0
    for scale in scales:
        looked = _scaled(picture, scale)
        if min(looked.shape[:2]) < TILE or max(looked.shape[:2]) > LARGEST:
            continue
        fits = fits_of(folded(looked), key)
        n_looks += fits.size
        down, right = (int(i) for i in np.unravel_index(fits.argmax(), fits.shape))
        if fits[down, right] > best.z:
            best = PictureDetection(float(fits[down, right]), 1, (down, right), scale)
    return PictureDetection(best.z, max(1, n_looks), best.shift, best.scale)


def luminance(picture: Pixels) -> Plane:
    """(H, W) the brightness of each pixel in grey levels."""
    return np.asarray(picture @ _LUMA)


def folded(picture: Pixels) -> Plane:
    """(TILE, TILE) the fine detail of a picture, all tiles laid on top of each other.

    What is larger than the grain's wavelengths is taken away first; edges, which would drown the
    grain, count up to a limit.
    """
    light = luminance(picture)
    detail = np.clip(light - _blurred(light), -_EDGE, _EDGE)
    height, width = detail.shape
    wide = np.zeros((-(-height // TILE) * TILE, -(-width // TILE) * TILE))
    wide[:height, :width] = detail
    return np.asarray(wide.reshape(-1, TILE, wide.shape[1] // TILE, TILE).sum(axis=(0, 2)))


def fits_of(tile: Plane, key: str) -> Plane:
    """(TILE, TILE) how well a folded picture fits the coins at every shift, in standard deviations.

    All frequencies of the band are given the same weight (only their phase is kept), so that
    no stripes of the picture outweigh the grain. All shifts are compared by one Fourier transform.
    """
    spectrum = np.fft.fft2(tile) * in_band()
    sizes = np.abs(spectrum)
    phases = np.divide(spectrum, sizes, out=np.zeros_like(spectrum), where=sizes > 1e-9)
    length = math.sqrt(max(1e-12, float((np.abs(phases) ** 2).sum()) / TILE**2))  # of the tile
    fits = np.fft.ifft2(phases * np.conj(np.fft.fft2(coins(key)))).real
    return np.asarray(fits / length)


def _blurred(light: Plane, radius: int = 7) -> Plane:
    """The mean of a square window around each pixel; at the edges, of what the window holds."""
    for axis in (0, 1):
        sums = np.cumsum(np.insert(light, 0, 0.0, axis=axis), axis=axis)
        n = light.shape[axis]
        last = np.minimum(np.arange(n) + radius + 1, n)
        first = np.maximum(np.arange(n) - radius, 0)
        width = (last - first)[:, None] if axis == 0 else (last - first)[None, :]
        light = (np.take(sums, last, axis) - np.take(sums, first, axis)) / width
    return light


def _scaled(picture: Pixels, scale: float) -> Pixels:
    """The picture enlarged or reduced by a factor."""
    if scale == 1.0:
        return picture
    height, width = picture.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if max(size) > LARGEST:
        return np.zeros((1, 1, 3), np.uint8)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


@dataclass(frozen=True)
class Distortion:
    """What marking did to a picture.

    Args:
        psnr_db: peak signal-to-noise ratio in decibels; infinite where nothing changed.
        changed: share of all grey levels that are others now.
        largest: the largest change, in grey levels.
    """

    psnr_db: float
    changed: float
    largest: int


def distortion(before: Pixels, after: Pixels) -> Distortion:
    """Measure what was done to a picture; both (H, W, 3)."""
    change = after.astype(np.int64) - before.astype(np.int64)
    mean_square = float((change**2).mean())
    psnr = 10.0 * math.log10(255.0**2 / mean_square) if mean_square else math.inf
    return Distortion(psnr, float((change != 0).mean()), int(np.abs(change).max()))
