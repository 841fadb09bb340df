"""A path of learning: how answers are marked, and how what somebody has done is kept."""
