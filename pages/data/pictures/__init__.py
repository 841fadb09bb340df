"""Step 1 for pictures: the parts of the data page."""
