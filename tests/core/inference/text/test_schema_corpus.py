"""Whatever a schema asks for, what is written fits it, or the schema is refused by name."""

import importlib.util
import json
from pathlib import Path
from random import Random

from core.data.text.bpe import train_bpe
from core.errors import SchemaError
from core.inference.text.constraint import Constraint, Grammar
from core.postprocessing.form.formatting import read_json

ENCODER = train_bpe(['{"name": "Mia", "street": "Rosenweg"} Öl für Jürgen'] * 3, 290)
SPEC = importlib.util.spec_from_file_location(
    "schema_corpus", Path(__file__).with_name("schema_corpus.py")
)
CORPUS = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(CORPUS)
REFUSED = {
    "union: oneOf lengths",
    "union: oneOf ranges",
    "union: oneOf overlapping",
    "array: set of two",
    "8 levels",
    *(f"unusual: {name}" for name in CORPUS.UNUSUAL),
}


def drawn_at_random(grammar, max_tokens, seed):
    """A text from a model that knows nothing: every allowed token is equally likely."""
    constraint, chance, tokens = Constraint(grammar, max_tokens), Random(seed), []
    while not tokens or tokens[-1] != ENCODER.end_id:
        open_ = constraint.allowed(ENCODER.n_vocab).nonzero()[:, 0].tolist()
        tokens.append(constraint.take(chance.choice(open_)))
    assert len(tokens) <= max_tokens
    return ENCODER.decode(tokens)


def test_a_corpus_of_schemas_is_met_three_times_each_or_refused_by_name():
    schemas = dict(CORPUS.corpus())
    assert len(schemas) >= 300
    refused, misfits = set(), []
    for name, schema in schemas.items():
        text = json.dumps(schema)
        try:
            grammar = Grammar(text, ENCODER)
        except SchemaError:
            refused.add(name)
            continue
        for seed in range(3):
            written = drawn_at_random(grammar, len(grammar.shortest) + 50 * seed, seed)
            if not read_json(written, text, repair=False).is_valid:
                misfits.append((name, written))
    assert not misfits
    assert refused == REFUSED
