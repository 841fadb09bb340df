"""In which language an answer is: read sentence by sentence, since a model can change on the way.

A sentence of the town's grammar, or of its manners, is of the language that can say it, whatever
words stand in it. Any other sentence gives itself away by words that only one language of the town
has. Names and words of both say nothing, so a name alone is in no wrong language.
"""

import re
from functools import cache, lru_cache
from typing import Final

from core.alignment.forms import read_form
from core.alignment.wording import wording
from core.data.world import LANGUAGES, accepts, sentences
from core.data.world.languages import grammar

_WORD: Final = re.compile(r"[^\W\d_]{2,}")  # single letters stand in either language
_MANNERS: Final = (
    *((manner, part) for manner in ("polite", "curt") for part in ("opens", "closes")),
    *((manner, part) for manner in ("unsure", "business") for part in ("plain", "polite")),
)


def same_language(answer: str, lang: str) -> bool:
    """Whether an answer stays in a language: no sentence of it gives itself away as of another.

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
    """The languages that one sentence is of: none if it is names alone, both if it mixes them."""
    whole = whole_in(sentence)
    if whole:
        return whole
    words = {word.lower() for word in _WORD.findall(sentence)}
    return frozenset(lang for lang in LANGUAGES if words & _words_of_its_own(lang))


@lru_cache(maxsize=4096)
def whole_in(sentence: str) -> frozenset[str]:
    """The languages in which exactly this sentence can be said: by the grammar or in manners."""
    return frozenset(
        lang for lang in LANGUAGES if sentence in manner_sentences(lang) or accepts(sentence, lang)
    )


@cache
def manner_sentences(lang: str) -> frozenset[str]:
    """Every sentence of the manners in which the town answers, as it stands in the wording."""
    words = wording(lang)
    lists = [words[manner][part] for manner, part in _MANNERS]
    return frozenset(s for texts in lists for text in texts for s in sentences(text))


@cache
def _words_of_its_own(lang: str) -> frozenset[str]:
    """Words of a language of the town that no other language of it has, in small letters."""
    others = (_words(other) for other in LANGUAGES if other != lang)
    return _words(lang).difference(*others)


def _words(lang: str) -> frozenset[str]:
    texts = (*grammar(lang).vocabulary, *manner_sentences(lang))
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))
