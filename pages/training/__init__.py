"""Step 3: the parts of the training page, and its stations."""
