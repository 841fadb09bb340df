"""Pictures of numbers: pure functions from numbers and words to a plotly Figure.

No figure knows a step of the pipeline, a language or a screen; none shows itself.
"""
