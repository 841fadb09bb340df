"""Pattern or rule? Sums with their steps, other kinds of questions, and sums on a clock."""
