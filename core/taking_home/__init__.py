"""Taking home: a model as others load it, a run as a notebook that repeats it."""
