"""Limits, by heart: the parts of its station."""
