"""Text's own part of inference: whole words, stop texts, and JSON that fits a schema."""
