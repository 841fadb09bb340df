"""Step 2 for pictures: where words act while a picture is drawn, and how the denoiser is built."""
