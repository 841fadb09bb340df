"""The next word: which ones may come, how likely each is, and which one the dice hit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount
from pages.kit.numbers import share

EXACT_BELOW: Final = 0.01  # smaller shares are shown with a decimal


@dataclass(frozen=True)
class Candidate:
    """A word that may come next, and its probability as a share of 1."""

    word: str
    probability: float


@dataclass(frozen=True)
class NextWord:
    """One position in a text.

    Args:
        candidates: the likeliest words, likeliest first.
        drawn: the word that was drawn; any word, not only a candidate.
        text: the drawn word as appended to the text, spaces included.
    """

    candidates: tuple[Candidate, ...]
    drawn: Candidate
    text: str


def next_word(
    guesses: Sequence[NextWord], t: Words, *, key: str, prompt: str, autoplay: bool = False
) -> None:
    """A sentence that continues word by word: five candidates, a throw, one lights up.

    Args:
        guesses: the words in order; each was drawn after the previous ones.
        prompt: the text before them.
        autoplay: throw once automatically, unless the visitor prefers reduced motion.
    """
    data = {
        "prompt": prompt,
        "guesses": [_shown(guess, t) for guess in guesses],
        "autoplay": autoplay,
        "lang": t.lang,
        "words": {
            "throw": t("home.throw"),
            "again": t("home.from_start"),
            "candidates": t("home.next_words"),
            "drawn": t("home.word_drawn", word="{word}", share="{share}"),
        },
    }
    mount("next_word", key, data)


def _shown(guess: NextWord, t: Words) -> dict[str, object]:
    words = [each.word for each in guess.candidates]
    rest = max(0.0, 1.0 - sum(each.probability for each in guess.candidates))
    known = guess.drawn.word in words
    rows = [
        {"word": each.word, "size": each.probability, "share": _share(each.probability, t)}
        for each in guess.candidates
    ]
    others = {"word": t("home.other_words"), "size": rest, "share": _share(rest, t)}
    return {
        "rows": [*rows, others],
        "hit": words.index(guess.drawn.word) if known else len(rows),
        "word": guess.drawn.word,
        "text": guess.text,
    }


def _share(x: float, t: Words) -> str:
    return share(x, t.lang, 0 if x >= EXACT_BELOW or x == 0 else 1)
