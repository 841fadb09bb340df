"""From noise to picture: time, samplers, guidance, and the film of how a picture comes about."""

from core.inference.pictures.drawing import DrawSettings, Film, draw
from core.inference.pictures.guidance import Guidance
from core.inference.pictures.model import PictureModel
from core.inference.pictures.noise import between, noise_of
from core.inference.pictures.samplers import SAMPLERS
from core.inference.pictures.schedules import OBJECTIVES, Ends, Objective

__all__ = [
    "OBJECTIVES",
    "SAMPLERS",
    "DrawSettings",
    "Ends",
    "Film",
    "Guidance",
    "Objective",
    "PictureModel",
    "between",
    "draw",
    "noise_of",
]
