"""Step 1, data: turns files and a small invented world into cleaned, split and encoded text."""
