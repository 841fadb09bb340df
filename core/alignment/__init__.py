"""Step 4, alignment: from a model that continues text to one that answers as was preferred."""
