"""Reading: from a picture back to its scene, or why it cannot be read."""
