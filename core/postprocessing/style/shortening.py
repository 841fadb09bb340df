"""The stage "shorten": the sentences that say most, whole, within a limit.

Invariant: what is left are whole sentences of the text in their order, letter by letter; nothing
is reworded, and no sentence is cut.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from core.errors import SettingError
from core.postprocessing.sentences import sentence_spans
from core.postprocessing.stages import Context, Finding, Processed, admitted, replaced
from core.postprocessing.style.readability import words_in

LIMIT: Final = 200  # characters, where nobody says otherwise
MOST: Final = 100_000
SMALL_WORD: Final = 4  # letters; shorter words hold sentences together and say little
FIRST: Final = 1.25  # an answer mostly stands in its first sentence
ASKED: Final = 2.0  # a word of the question weighs this much more


def sentence_weights(sentences: Sequence[str], question: str = "") -> list[float]:
    """How much each sentence says: the average weight of its words.

    Args:
        sentences: of one text, in order.
        question: its words weigh ASKED times as much.

    Returns:
        one number a sentence; a word weighs as many as sentences use it, small words nothing.

    Source: Luhn 1958, "The automatic creation of literature abstracts", with the average instead of
    the densest stretch, and without a list of words to leave out.
    """
    asked = set(_content(question))
    contents = [_content(sentence) for sentence in sentences]
    used = Counter(word for words in contents for word in set(words))
    weights = []
    for place, words in enumerate(contents):
        total = sum(used[word] * (ASKED if word in asked else 1.0) for word in words)
        weights.append(total / max(1, len(words)) * (FIRST if place == 0 else 1.0))
    return weights


def shortened(text: str, limit: int, question: str = "") -> list[int]:
    """Choose the sentences to keep.

    Args:
        text: any text.
        limit: characters, one blank between two sentences included.
        question: what was asked, if anything.

    Returns:
        their numbers in order; the weightiest that fit, at least one: a single sentence longer than
        the limit stays whole.
    """
    spans = sentence_spans(text)
    weights = sentence_weights([text[start:end] for start, end in spans], question)
    by_weight = sorted(range(len(spans)), key=lambda i: (-weights[i], i))
    kept: list[int] = []
    length = -1
    for i in by_weight:
        start, end = spans[i]
        if length + 1 + end - start <= limit:
            kept.append(i)
            length += 1 + end - start
    return sorted(kept) or by_weight[:1]


def _content(sentence: str) -> list[str]:
    return [word.lower() for word in words_in(sentence) if len(word) >= SMALL_WORD]


class ShortenStage:
    """The stage "shorten": a text longer than the limit loses its least telling sentences."""

    name: ClassVar[str] = "shorten"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        given = admitted(settings, {"limit": LIMIT})
        self._limit: int = given["limit"]
        if not 1 <= self._limit <= MOST:
            raise SettingError("limit", self._limit, f"must lie in [1, {MOST}]")

    def apply(self, text: str, context: Context) -> Processed:
        """Keep whole sentences; every other is a finding that nothing replaces."""
        spans = sentence_spans(text)
        notes = {"n_sentences": len(spans), "n_kept": len(spans)}
        if len(text.strip()) <= self._limit:
            return Processed(text, notes=notes)
        kept = set(shortened(text, self._limit, context.question))
        found = []
        for i, (start, _) in enumerate(spans):
            if i in kept:
                continue
            # The blank behind a sentence goes with it; the last one takes the blank before it.
            following = spans[i + 1][0] if i + 1 < len(spans) else len(text)
            found.append(Finding(start, following, "dropped", "least_telling", ""))
        short = replaced(text, found).strip()
        notes |= {"n_kept": len(kept), "over_limit": max(0, len(short) - self._limit)}
        return Processed(short, tuple(found), notes=notes)
