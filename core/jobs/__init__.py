"""Work that outlives a click: training runs that take turns, short tasks, and text generation."""
