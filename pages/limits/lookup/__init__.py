"""Limits, looked up: the parts of its station."""
