"""Limits, confident and wrong: the parts of its station."""
