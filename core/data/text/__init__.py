"""Text as data: read, cleaned, cut into tokens."""
