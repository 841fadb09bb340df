"""Collecting: whole corpora with the faults of real ones, kept in files, their copies found."""
