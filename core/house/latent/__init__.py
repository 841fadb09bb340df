"""The house's latent model: an autoencoder, and a denoiser that draws in its latents."""

from core.house.latent.chain import HouseLatent, house_latent, house_latent_model

__all__ = ["HouseLatent", "house_latent", "house_latent_model"]
