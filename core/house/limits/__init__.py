"""What the pages about limits open with: measured by `python -m core house --limits`."""
