"""Measures text: is a sentence grammatical, what does it claim, is that true, was it copied?"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.data.world.elements import CLAIMED, Env
from core.data.world.facts import Claim, Town, is_true
from core.data.world.languages import parse
from core.data.world.typography import sentences


@dataclass(frozen=True)
class Measures:
    """The counts for a set of texts."""

    n_sentences: int
    n_grammatical: int
    n_checkable: int  # grammatical sentences that state a fact
    n_true: int

    @property
    def grammatical_share(self) -> float:
        """Share of sentences the grammar accepts; 0 if there are none."""
        return self.n_grammatical / self.n_sentences if self.n_sentences else 0.0

    @property
    def true_share(self) -> float:
        """Share of checkable sentences that are true; 0 if there are none."""
        return self.n_true / self.n_checkable if self.n_checkable else 0.0


def accepts(sentence: str, lang: str) -> bool:
    """Whether the small world's grammar can generate exactly this sentence."""
    return parse(sentence, lang) is not None


def claim(sentence: str, lang: str) -> Claim | None:
    """The first fact a sentence states, independent of language; None if it states none."""
    return next(iter(claims(sentence, lang)), None)


def claims(sentence: str, lang: str) -> list[Claim]:
    """All facts a sentence states."""
    found = parse(sentence, lang)
    return [] if found is None else _claims(found)


def told_claims(texts: Iterable[str], lang: str) -> set[Claim]:
    """Every fact stated by texts in one language, for `was_told`."""
    return {one for text in texts for sentence in sentences(text) for one in claims(sentence, lang)}


def _claims(found: Env) -> list[Claim]:
    return [
        Claim(
            found[assertion.subject],
            assertion.relation,
            # parts that the sentence does not name stay open
            "/".join(found.get(name, "_") for name in assertion.value),
        )
        for assertion in found.get(CLAIMED, ())
        if assertion.subject in found  # a pronoun alone does not say who is meant
    ]


def measure(texts: Iterable[str], lang: str, town: Town, complete_only: bool = False) -> Measures:
    """Count grammatical, checkable and true sentences.

    Args:
        texts: the texts to judge.
        lang: the language whose grammar is used.
        town: the town whose facts decide.
        complete_only: ignore a final sentence that was cut off.
    """
    n_sentences = n_grammatical = n_checkable = n_true = 0
    for text in texts:
        for sentence in sentences(text, complete_only):
            n_sentences += 1
            found = parse(sentence, lang)
            if found is None:
                continue
            n_grammatical += 1
            stated = _claims(found)
            n_checkable += bool(stated)
            n_true += bool(stated) and all(is_true(one, town) for one in stated)
    return Measures(n_sentences, n_grammatical, n_checkable, n_true)
