"""The learning path: units to be done alone, each on a real page, and what was measured there."""
