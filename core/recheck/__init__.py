"""Every number computed a second time, straight from the papers, with NumPy alone."""
