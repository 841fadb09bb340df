"""Grounding: what a model was never told is looked up, put before it, and read (RAG)."""
