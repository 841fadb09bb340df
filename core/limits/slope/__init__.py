"""Jump or slope? Sizes of models, two rulers, and a law of their losses."""
