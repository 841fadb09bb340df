"""Preferences and lessons for a model that draws: pairs of pictures, rules, tuning, its price."""
