"""Step 2, architecture: what the model is made of, before it has learned anything."""
