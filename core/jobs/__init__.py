"""Work that outlives a click: training runs in turns, short work beside them, and the writer."""
