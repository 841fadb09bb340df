"""Step 6, post-processing: what happens between a drawn text and the answer that arrives."""
