"""The sentence on its way through all six steps: the parts of its page."""
