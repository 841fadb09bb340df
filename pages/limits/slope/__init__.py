"""Limits, jump or slope: the parts of its station."""
