"""By heart: planted secrets, what a model gives away, and how exposed they are."""
