"""Step 2: the parts of the architecture page, and its stations."""
