"""Preferring: choices between two answers, and a reward model that learns from them."""
