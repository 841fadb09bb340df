"""Step 4: the parts of the alignment page, and its stations."""
