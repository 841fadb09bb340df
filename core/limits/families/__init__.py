"""Four families that make text from one corpus: rules, a table of n-grams, a recurrent network and
a transformer; and what draws a border beside what makes an example."""
