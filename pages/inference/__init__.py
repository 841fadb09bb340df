"""Step 5: the parts of the inference page, and its stations."""
