"""Limits: what such a model cannot do, measured, and what helps; one station for each."""
