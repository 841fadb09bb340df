"""Step 3 for pictures: a denoiser learns to draw under the visitor's hands."""
