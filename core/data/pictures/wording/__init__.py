"""Wording: captions in two languages, and what visitors' captions mean."""
