"""Step 5 for pictures: from noise to a picture, step by step."""
