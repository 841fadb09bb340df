"""Limits, four families on one corpus: the parts of its station."""
