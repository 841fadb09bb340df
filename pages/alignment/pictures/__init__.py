"""Alignment of a model that draws: two pictures, a click, and what comes of it."""
