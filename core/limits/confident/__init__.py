"""Confident and wrong: agreement against truth."""
