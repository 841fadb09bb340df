"""Step 1: the parts of the data page, and its stations."""
