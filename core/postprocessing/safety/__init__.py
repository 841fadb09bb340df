"""Safety: a word list and a classifier, and what a threshold costs."""
