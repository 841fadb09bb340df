"""Step 6: the parts of the post-processing page, and its stations."""
