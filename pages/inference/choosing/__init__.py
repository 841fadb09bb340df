"""The station “way of a choice”: from logits to the token drawn, and what it would have been."""
