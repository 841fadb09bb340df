"""Limits, pattern or rule: the parts of its station."""
