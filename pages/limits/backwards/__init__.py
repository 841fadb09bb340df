"""Limits, told forwards and asked backwards: the parts of its station."""
