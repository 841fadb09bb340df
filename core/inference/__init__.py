"""Step 5, inference: how a trained model writes, one token at a time."""
