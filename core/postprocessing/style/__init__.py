"""Style: du and Sie, long and short forms, readability, length."""
