"""The two grammars, compiled when first needed and then kept."""

from functools import cache
from pathlib import Path
from typing import Final

from core.data.world.elements import Env
from core.data.world.grammar import Grammar
from core.data.world.phrases import compile_rules
from core.data.world.typography import words_of

LANGUAGES: Final = ("de", "en")


@cache
def grammar(lang: str) -> Grammar:
    """The grammar of one of LANGUAGES."""
    if lang not in LANGUAGES:
        raise ValueError(f"lang is {lang!r}, must be one of {LANGUAGES}")
    rules = Path(__file__).with_name(f"rules.{lang}.txt")
    return compile_rules(lang, rules.read_text(encoding="utf-8"))


def parse(sentence: str, lang: str) -> Env | None:
    """The bindings of a printed sentence, or None if the grammar does not accept it."""
    rules = grammar(lang)
    for words in words_of(sentence, lang, rules.vocabulary):
        found = rules.parse(words)
        if found is not None:
            return found
    return None
