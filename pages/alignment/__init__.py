"""The parts of the alignment page, and its stations."""
