"""Step 3, training: random numbers become a language model, one small correction after another."""
