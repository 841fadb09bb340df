"""Which language an answer is in, sentence by sentence: a model may switch halfway.

A sentence from the town's grammar, or from its manners, belongs to the language that can produce
it, whatever words it contains. Any other sentence is recognised by words that only one of the
town's languages has. Names, and words that both share, decide nothing: a name alone is never wrong.
"""

import re
from functools import cache, lru_cache
from typing import Final

from core.alignment.text.forms import read_form
from core.alignment.text.wording import wording
from core.data.world import accepts, sentences
from core.data.world.languages import grammar
from core.languages import LANGS

_WORD: Final = re.compile(r"[^\W\d_]{2,}")  # single letters stand in either language
_MANNERS: Final = (
    *((manner, part) for manner in ("polite", "curt") for part in ("opens", "closes")),
    *((manner, part) for manner in ("unsure", "business") for part in ("plain", "polite")),
)


def same_language(answer: str, lang: str) -> bool:
    """Whether an answer stays in a language: none of its sentences is recognisably in another.

    Args:
        answer: any text; of a JSON object the values are read, its fields are the same in both.
        lang: "de" or "en", the language of the question.
    """
    form = read_form(answer)
    text = answer if form is None else " ".join(map(str, form.values()))
    return all(_stays_in(lang, sentence) for sentence in sentences(text))


def _stays_in(lang: str, sentence: str) -> bool:
    whole = whole_in(sentence)
    return lang in whole if whole else languages_of(sentence) <= {lang}


@lru_cache(maxsize=4096)
def languages_of(sentence: str) -> frozenset[str]:
    """The languages of one sentence: none if it has only names, both if it mixes them."""
    whole = whole_in(sentence)
    if whole:
        return whole
    words = {word.lower() for word in _WORD.findall(sentence)}
    return frozenset(lang for lang in LANGS if words & _words_of_its_own(lang))


@lru_cache(maxsize=4096)
def whole_in(sentence: str) -> frozenset[str]:
    """The languages in which exactly this sentence exists, by the grammar or as a manner."""
    return frozenset(
        lang for lang in LANGS if sentence in manner_sentences(lang) or accepts(sentence, lang)
    )


@cache
def manner_sentences(lang: str) -> frozenset[str]:
    """Every sentence of the town's manners, exactly as the wording files have it."""
    words = wording(lang)
    lists = [words[manner][part] for manner, part in _MANNERS]
    return frozenset(s for texts in lists for text in texts for s in sentences(text))


@cache
def _words_of_its_own(lang: str) -> frozenset[str]:
    """Words, in lower case, that only this one of the town's languages has."""
    others = (_words(other) for other in LANGS if other != lang)
    return _words(lang).difference(*others)


def _words(lang: str) -> frozenset[str]:
    texts = (*grammar(lang).vocabulary, *manner_sentences(lang))
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))
