"""The picture book: the small world's second kind of data, drawn from the truth and read back."""
