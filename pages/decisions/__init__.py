"""Five decisions that a board has to take: each with a measurement, a source, and its options."""
