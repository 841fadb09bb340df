"""Limits, how often must it be told: the parts of its station."""
