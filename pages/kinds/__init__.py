"""Four kinds of data in one frame: its page, and each kind's live examples."""
