"""Privacy: private data and secrets, found by rules one can read, and taken out."""
