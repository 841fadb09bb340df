"""Training on text: the next token as the objective, and what the model then writes."""
