"""The station “latent space”: the autoencoder, and the parts of Stable Diffusion on its latents."""
