"""A kind of data of the tests' own, dice, in as little code as the seam asks for.

A corpus is rolls, a token one roll, a model six probabilities; training counts, alignment leans
towards high rolls. What it goes through is the project's: engine, store, benches, lineage.
"""
