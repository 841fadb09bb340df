"""The judge's verdict on a single text: which of its sentences are wrong, and why.

It is the judge of `core.training.text.evaluation`, with the same rules, applied to one text
instead of counting over many, so a sample and the measured shares tell one story.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from core.data import world
from core.data.world.languages import grammar

Span = tuple[int, int]
"""Where something begins and ends, in characters."""

_WORD: Final = re.compile(r"[\w’]+")


@dataclass(frozen=True)
class Verdict:
    """The findings in one text.

    Args:
        n: sentences judged: those the model wrote or ended, except a last one that was cut off.
        ungrammatical: those the town's grammar does not accept, as spans of prompt and text.
        untrue: grammatical ones that claim something false about the town.
    """

    n: int
    ungrammatical: tuple[Span, ...] = ()
    untrue: tuple[Span, ...] = ()

    @property
    def n_right(self) -> int:
        """Sentences that are grammatical and claim nothing untrue."""
        return self.n - len(self.ungrammatical) - len(self.untrue)

    def as_row(self) -> dict[str, Any]:
        """The verdict in the form stored in a run's row."""
        return {
            "n_judged": self.n,
            "ungrammatical": [list(span) for span in self.ungrammatical],
            "untrue": [list(span) for span in self.untrue],
        }


def judge(prompt: str, text: str, settings: world.WorldSettings) -> Verdict:
    """Judge what a model made of a prompt, sentence by sentence.

    As in `WorldJudge`, a text is judged in the language whose grammar accepts most of it.
    A sentence already complete in the prompt is the visitor's, and one that begins there with
    words that no text of the town contains cannot be judged: neither counts.

    Args:
        prompt: what the model was given.
        text: what it wrote.
        settings: settings of the world its training text was generated from.
    """
    return _judged(prompt, text, settings)


@lru_cache(maxsize=512)
def _judged(prompt: str, text: str, settings: world.WorldSettings) -> Verdict:
    shares = {"de": settings.german_share, "en": 1.0 - settings.german_share}
    languages = [lang for lang, share in shares.items() if share > 0.0]
    found = _sentences(prompt, text)
    by_language = {
        lang: {span: world.accepts(sentence, lang) for span, sentence in found}
        for lang in languages
    }
    lang = max(languages, key=lambda each: sum(by_language[each].values()))
    accepted = by_language[lang]
    judged = [
        (span, sentence)
        for span, sentence in found
        if accepted[span] or not _begins_foreign(prompt, span, lang)
    ]
    town = _town(settings)
    untrue = [
        span
        for span, sentence in judged
        if accepted[span]
        and not all(world.is_true(claim, town) for claim in world.claims(sentence, lang))
    ]
    wrong = [span for span, _ in judged if not accepted[span]]
    return Verdict(len(judged), tuple(wrong), tuple(untrue))


def _sentences(prompt: str, text: str) -> Sequence[tuple[Span, str]]:
    """The whole sentences that do not end within the prompt, each with its position."""
    whole, at = prompt + text, 0
    found = []
    for sentence in world.sentences(whole, complete_only=True):
        start = whole.index(sentence, at)
        at = start + len(sentence)
        if at > len(prompt.rstrip()):
            found.append(((start, at), sentence))
    return found


def _begins_foreign(prompt: str, span: Span, lang: str) -> bool:
    """Whether the prompt's part of a sentence has a word the town does not know."""
    known = grammar(lang).vocabulary
    return any(
        word not in known and word[:1].lower() + word[1:] not in known
        for word in _WORD.findall(prompt[span[0] :])
    )


@lru_cache(maxsize=8)
def _town(settings: world.WorldSettings) -> world.Town:
    return world.town(settings)
