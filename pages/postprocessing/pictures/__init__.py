"""Step 6 for pictures: from the wish to the file that leaves."""
