"""The parts of the postprocessing page, and its stations."""
