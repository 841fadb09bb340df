"""Step 3, training: numbers become a language model, one small correction after another."""
