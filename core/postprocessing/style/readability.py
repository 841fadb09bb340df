"""How hard a text is to read, counted: words a sentence, syllables a word, long words.

Invariant: only counts enter the measures, so each can be checked by hand. Syllables are estimated
from the spelling; a word such as "Familie" is counted one too short.
"""

import re
from dataclasses import dataclass
from typing import Final

from core.postprocessing.sentences import sentence_spans

LONG_WORD: Final = 6  # letters; LIX counts words with more
_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_NUCLEI: Final = {
    "de": re.compile(r"aa|ee|oo|ie(?!r[et])|ei|ai|au|äu|eu|oi|[aeiouyäöüéèà]"),
    "en": re.compile(r"[aeiouyäöü]+"),
}
# Silent in English: the e at a word's end, in "-es" and in "-ed", but not in "table" or "wanted".
_SILENT: Final = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e$|(?:[^aeiouytd])ed$|(?:[^aeiouysxzhgc])es$")


@dataclass(frozen=True)
class Readability:
    """What was counted in a text, and the measures made of it.

    Args:
        lang: decides the formula of `flesch`.
        n_sentences, n_words, n_syllables: counts.
        n_long: words with more than LONG_WORD letters.
    """

    lang: str
    n_sentences: int
    n_words: int
    n_syllables: int
    n_long: int

    @property
    def words_a_sentence(self) -> float:
        """Average length of a sentence in words; 0 without any."""
        return self.n_words / self.n_sentences if self.n_sentences else 0.0

    @property
    def syllables_a_word(self) -> float:
        """Average length of a word in syllables; 0 without any."""
        return self.n_syllables / self.n_words if self.n_words else 0.0

    @property
    def flesch(self) -> float:
        """Reading ease: about 30 for a contract, 60 to 70 for plain text, 90 for a children's book.

        Source: Flesch 1948, "A new readability yardstick"; for German Amstad 1978, "Wie
        verständlich sind unsere Zeitungen?".
        """
        if not self.n_words:
            return 0.0
        if self.lang == "de":
            return 180 - self.words_a_sentence - 58.5 * self.syllables_a_word
        return 206.835 - 1.015 * self.words_a_sentence - 84.6 * self.syllables_a_word

    @property
    def lix(self) -> float:
        """Words a sentence plus long words in percent: under 30 easy, over 50 hard.

        Source: Björnsson 1968, "Läsbarhet". In any language, and without syllables.
        """
        if not self.n_words:
            return 0.0
        return self.words_a_sentence + 100 * self.n_long / self.n_words


def readability(text: str, lang: str) -> Readability:
    """Count what readability is made of.

    Args:
        text: any text; numbers are no words.
        lang: "de" or "en".
    """
    words = words_in(text)
    n_sentences = sum(bool(_WORD.search(text, *span)) for span in sentence_spans(text))
    return Readability(
        lang,
        n_sentences,
        len(words),
        sum(syllables(word, lang) for word in words),
        sum(n_letters(word) > LONG_WORD for word in words),
    )


def words_in(text: str) -> list[str]:
    """The words of a text, without numbers and punctuation."""
    return _WORD.findall(text)


def n_letters(word: str) -> int:
    """Letters of a word, hyphens and apostrophes aside."""
    return sum(c.isalpha() for c in word)


def syllables(word: str, lang: str) -> int:
    """Estimate a word's syllables by its groups of vowels, at least 1.

    Args:
        word: one word.
        lang: "de": diphthongs count once, other vowels each ("Bau-er"); "en": a group of vowels
            counts once, a silent e not at all.
    """
    small = word.lower().replace("qu", "q")
    n = len(_NUCLEI["de" if lang == "de" else "en"].findall(small))
    if lang != "de" and n > 1 and _SILENT.search(small):
        n -= 1
    return max(1, n)
