"""The station “parts”: what each part of a model is for, found by leaving it out."""
