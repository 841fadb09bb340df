"""Text's own part of architecture: published language models, read from their folders and files."""
