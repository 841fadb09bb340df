"""What draws pictures: the words' reader and the denoiser, in patches in, patches out."""

from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.denoiser import Denoiser, Looks, Words
from core.architecture.pictures.patches import from_patches, to_patches
from core.architecture.pictures.sizes import n_parameters, parameters_by_part
from core.architecture.pictures.weights import denoiser_bytes, read_denoiser

__all__ = [
    "Denoiser",
    "DenoiserConfig",
    "Looks",
    "Words",
    "denoiser_bytes",
    "from_patches",
    "n_parameters",
    "parameters_by_part",
    "read_denoiser",
    "to_patches",
]
