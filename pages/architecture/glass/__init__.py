"""The station “glass view”: a whole transformer with its real numbers."""
