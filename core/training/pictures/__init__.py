"""How a denoiser learns to draw: objective, loop, judged looks, one run as the engine sees it."""
