"""The house's model that draws: how it is made, how it is measured, and where it is read."""

from core.house.pictures.chain import (
    HousePictures,
    house_corpus,
    house_denoiser,
    house_pictures,
)

__all__ = ["HousePictures", "house_corpus", "house_denoiser", "house_pictures"]
