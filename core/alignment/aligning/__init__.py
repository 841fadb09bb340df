"""Aligning: preferences change the model, held to an exam before and after."""
