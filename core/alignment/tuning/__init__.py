"""Fine-tuning: a model that continues text learns to answer."""
