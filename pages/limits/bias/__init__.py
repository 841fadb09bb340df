"""Limits, whose world: the parts of its station."""
