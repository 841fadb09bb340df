"""Form: Markdown and JSON that a program can read, checked and mended."""
