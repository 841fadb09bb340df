"""The glossary: its page."""
