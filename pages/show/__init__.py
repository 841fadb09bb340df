"""The show: live pages one after the other with a caption, for whoever has three or ten minutes."""
