"""The model's whole life in plain Python; nothing in here depends on a screen or a UI language."""
