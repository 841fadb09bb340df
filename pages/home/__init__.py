"""Home: its parts, one file each."""
