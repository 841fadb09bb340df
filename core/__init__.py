"""The model's whole life in plain Python: nothing in here knows a screen or a language."""
