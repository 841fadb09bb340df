"""Bias: what skewed texts make of a model, and what treatments leave of it."""
