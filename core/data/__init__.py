"""Step 1, data: from files and a small invented world to cleaned, split, encoded text."""
