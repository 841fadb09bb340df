"""The two grammars, compiled when first needed and then kept."""

from functools import cache
from pathlib import Path

from core.data.world.elements import Env
from core.data.world.grammar import Grammar
from core.data.world.phrases import compile_rules
from core.data.world.typography import words_of
from core.languages import known


@cache
def grammar(lang: str) -> Grammar:
    """The grammar of one of LANGS."""
    rules = Path(__file__).with_name(f"rules.{known(lang)}.txt")
    return compile_rules(lang, rules.read_text(encoding="utf-8"))


def parse(sentence: str, lang: str) -> Env | None:
    """The bindings of a printed sentence, or None if the grammar does not accept it."""
    rules = grammar(lang)
    for words in words_of(sentence, lang, rules.vocabulary):
        found = rules.parse(words)
        if found is not None:
            return found
    return None
