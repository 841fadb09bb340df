"""The prompt filter: a wish for a picture is judged before anything is drawn.

Three questions, each answered with a reason: does it hold what must not be passed on (private data,
abuse)? Does it ask for what the house does not show? Can the picture book show it at all?

Invariant: judging changes nothing in the wish; a wish that the book understands word for word is
never called abusive, since it holds no other words than the book's own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from core.data.pictures import Holding, Understanding, understand
from core.data.pictures.wording.vocabulary import folded
from core.errors import EmptyInput, TooLarge
from core.postprocessing.pictures.house_rule import is_unwanted
from core.postprocessing.privacy.private import places
from core.postprocessing.safety.weighing import house_classifier
from core.postprocessing.safety.words import listed_words, word_list
from core.postprocessing.stages import Finding

LONGEST: Final = 300  # characters of a wish
RUDE: Final = 0.7  # score of the texts' classifier, which has learned from whole sentences

REFUSED: Final = ("private", "listed", "rude", "house_rule")
"""Reasons for which nothing is drawn."""
LEARNED: Final = "learned_words"  # the rule of NOT_SHOWN where the model itself knows the words
NOT_SHOWN: Final = "not_shown"
"""The reason that the book cannot show it; the model would draw something, but nobody could say
whether it is what was asked for."""


@dataclass(frozen=True)
class Wish:
    """A wish, judged.

    Args:
        text: as it came.
        lang: of its words, as far as they are known; "de" or "en".
        understanding: the scene it describes, or why it describes none.
        findings: every reason, with its place: `kind` is one of REFUSED or NOT_SHOWN, `rule` what
            exactly (the listed word, the kind of private data, one of the book's PROBLEMS, or
            LEARNED), `note` a score where there is one.
    """

    text: str
    lang: str
    understanding: Understanding
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        """Whether nothing must be drawn."""
        return any(finding.kind in REFUSED for finding in self.findings)

    @property
    def shown_by_the_book(self) -> bool:
        """Whether the picture book can show it, so that the picture can be checked."""
        return self.understanding.scene is not None


def judged(
    text: str,
    holdings: Sequence[Holding] = (),
    lang: str = "",
    house_rule: bool = True,
    learned: Collection[str] = (),
) -> Wish:
    """Judge a wish.

    Args:
        text: what somebody wants to see, in German or English.
        holdings: what is owned in the town.
        lang: "de" or "en"; empty: whichever fits better.
        house_rule: whether the house's own rule counts.
        learned: words that the model which will draw was taught and the book does not have.

    Raises:
        EmptyInput: there are no words.
        TooLarge: it is longer than LONGEST.
    """
    if not text.strip():
        raise EmptyInput("the wish is empty")
    if len(text) > LONGEST:
        size, limit = len(text) / 1e6, LONGEST / 1e6
        raise TooLarge(f"{len(text)} characters", size_mb=size, limit_mb=limit)
    spoken = lang or _language(text, holdings)
    found = understand(text, holdings, spoken)
    reasons = [Finding(s, e, "private", kind) for s, e, kind, _ in places(text)]
    if found.scene is None:
        reasons += _abuse(text)
        reasons.append(_place(text, found, learned))
    elif house_rule and is_unwanted(found.scene):
        reasons.append(Finding(0, len(text), "house_rule", "lone_animal_at_night"))
    return Wish(text, spoken, found, tuple(reasons))


def _language(text: str, holdings: Sequence[Holding]) -> str:
    """The language in which more is understood; German where neither is better."""
    german, english = (understand(text, holdings, lang) for lang in ("de", "en"))
    if (german.scene is None) != (english.scene is None):
        return "de" if german.scene is not None else "en"

    def n_unknown(found: Understanding) -> int:
        return len(found.words) if found.problem == "unknown_words" else 0

    return "en" if n_unknown(english) < n_unknown(german) else "de"


def _abuse(text: str) -> list[Finding]:
    """Listed words of both languages, and the whole text where the classifier calls it rude."""
    found = [
        Finding(hit.start, hit.end, "listed", hit.rule)
        for lang in ("de", "en")
        for hit in listed_words(text, word_list(lang))
    ]
    score = float(house_classifier().scores([text])[0])
    if score >= RUDE:
        found.append(Finding(0, len(text), "rude", "classifier", None, f"{score:.2f}"))
    return found


def _place(text: str, found: Understanding, learned: Collection[str]) -> Finding:
    """Why the book cannot show it, at the first word it is about; else at the whole text."""
    unknown = found.problem == "unknown_words"
    taught = unknown and {folded(word) for word in found.words} <= set(learned)
    rule = LEARNED if taught else found.problem
    for word in found.words:
        start = text.find(word)
        if start >= 0:
            return Finding(start, start + len(word), NOT_SHOWN, rule)
    return Finding(0, len(text), NOT_SHOWN, rule)
