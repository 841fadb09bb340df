"""Fine-tuning a model that draws: on a style, or on one's own pictures and words."""
