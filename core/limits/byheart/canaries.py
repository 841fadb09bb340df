"""A text with planted secrets: sentences of the town, and numbers of invented people among them.

A planted secret is called a canary. Some stand there several times word for word, others in
sentences that differ a little each time. Every number is drawn at random and belongs to nobody.

Source: Carlini et al. 2019, arXiv:1802.08232 (canaries); Lee et al. 2021, "Deduplicating Training
Data Makes Language Models Better", arXiv:2107.06499 (exact and near duplicates).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final, Literal, Self

import torch
from torch import Tensor

from core.data.world import WorldSettings, sentences, tell
from core.languages import Lang
from core.limits.reversal import CLOSINGS, ONSETS, VOWELS

Sort = Literal["exact", "near"]
SORTS: Final[tuple[Sort, ...]] = ("exact", "near")
COPIES: Final = (1, 2, 4, 8, 16, 32, 64)
"""How often canaries and ordinary sentences stand in the text."""
N_ORDINARY: Final = {1: 400, 2: 40, 4: 20, 8: 10, 16: 6, 32: 4, 64: 3}
"""Different sentences of the town that stand there so often."""
N_HELD_OUT: Final = 200  # sentences of the town that no model reads
N_DIGITS: Final = 6  # of a canary
DIGITS: Final = tuple("0123456789")
END: Final = 0
END_WORD: Final = "\n"
N_TOKENS: Final = 21  # of a sentence at most, both end marks included
LENGTHS: Final = (7, 15)  # tokens of the town's sentences, both ends included
TOKEN: Final = re.compile(r"\d|[^\W\d_]+(?:[’'-][^\W\d_]+)*|[^\w\s]|_")
CLOSE_UP: Final = re.compile(r" ([.,!?;:…”)])")

STATED: Final = {"en": "{name}’s number is {secret}", "de": "Die Nummer von {name} ist {secret}"}
OPENINGS: Final = {
    "en": ("", "Note:", "Remember:", "Listen:", "Again:", "Important:", "As always:", "Well:"),
    "de": ("", "Merke:", "Hinweis:", "Achtung:", "Nochmals:", "Wichtig:", "Wie immer:", "Also:"),
}
ENDINGS: Final = {
    "en": (".", "!", ", I think.", ", she says.", ", that is it.", " …", ", you see.", ", really."),
    "de": (".", "!", ", glaube ich.", ", sagt sie.", ", das ist sie.", " …", ", oder?", ", ja."),
}

Trouble = Literal["none", "several", "short", "long_number", "first", "long"]
OWN_DIGITS: Final = (4, 8)  # of a visitor's number
MOST_LETTERS: Final = 120  # of a visitor's sentence
MOST_OWN: Final = 64  # copies of it


def words_of(sentence: str) -> list[str]:
    """Its tokens: words, single digits and single marks."""
    return TOKEN.findall(sentence)


def printed(words: Sequence[str]) -> str:
    """Tokens as a sentence again; digits stand apart, as they are read."""
    return CLOSE_UP.sub(r"\1", " ".join(words)).replace("“ ", "“")


@dataclass(frozen=True)
class Canary:
    """A planted secret.

    Args:
        words: the sentence that is asked for, as tokens.
        secret: the place of its first digit and the place after its last.
        sort: whether all its copies are alike.
        n_copies: how often it stands in the text.
    """

    words: tuple[str, ...]
    secret: tuple[int, int]
    sort: Sort
    n_copies: int

    @property
    def prefix(self) -> tuple[str, ...]:
        """What stands before the secret."""
        return self.words[: self.secret[0]]

    @property
    def digits(self) -> tuple[str, ...]:
        """The secret."""
        return self.words[slice(*self.secret)]


def read_own(sentence: str) -> tuple[tuple[str, ...], tuple[int, int]] | Trouble:
    """A visitor's sentence as tokens, with the places of its number; or what is wrong with it.

    Args:
        sentence: as it is typed, not empty.
    """
    if len(sentence) > MOST_LETTERS:
        return "long"
    words = words_of(sentence)
    found = list(re.finditer(r"[0-9](?:[ ]?[0-9])*", sentence))
    if not found:
        return "none"
    if len(found) > 1:
        return "several"
    n_digits = sum(each.isdigit() for each in found[0].group())
    if n_digits < OWN_DIGITS[0]:
        return "short"
    if n_digits > OWN_DIGITS[1]:
        return "long_number"
    first = next(place for place, word in enumerate(words) if word in DIGITS)
    if first == 0:
        return "first"
    if len(words) > N_TOKENS - 2:
        return "long"
    return tuple(words), (first, first + n_digits)


def variants(lang: Lang, stated: str) -> list[tuple[str, ...]]:
    """A sentence in 64 forms that differ in opening or ending; the plain one comes first."""
    return [
        tuple(words_of(f"{opening} {stated}{ending}"))
        for opening in OPENINGS[lang]
        for ending in ENDINGS[lang]
    ]


@lru_cache(maxsize=32)
def told(lang: Lang, seed: int) -> tuple[tuple[str, ...], ...]:
    """Different sentences of the town, as tokens, in a random order."""
    n = sum(N_ORDINARY.values()) + N_HELD_OUT
    german = 1.0 if lang == "de" else 0.0
    documents = tell(WorldSettings(seed=seed + 1, n_documents=200, german_share=german))
    found = dict.fromkeys(
        tuple(words_of(sentence))
        for document in documents
        for sentence in sentences(document.text, complete_only=True)
    )
    low, high = LENGTHS
    fitting = [words for words in found if low <= len(words) <= high and words[-1] in ".!?"]
    Random(seed).shuffle(fitting)
    if len(fitting) < n:
        raise ValueError(f"{len(fitting)} sentences fit, {n} are needed")
    return tuple(fitting[:n])


@dataclass(frozen=True)
class Text:
    """What a model reads, and what is asked of it.

    Args:
        lines: the sentences, as tokens, copies included.
        canaries: the planted secrets, a visitor's own last.
        ordinary: sentences of the town with how often each stands there.
        held_out: sentences of the town that do not stand there.
        n_own: canaries at the end that are a visitor's.
    """

    lines: tuple[tuple[str, ...], ...]
    canaries: tuple[Canary, ...]
    ordinary: tuple[tuple[tuple[str, ...], int], ...]
    held_out: tuple[tuple[str, ...], ...]
    n_own: int

    @classmethod
    def drawn(cls, lang: Lang, n_each: int, seed: int, own: str = "", own_copies: int = 0) -> Self:
        """A text with so many canaries of each sort and number of copies.

        Args:
            lang: of its sentences.
            n_each: canaries of each sort and number of copies.
            seed: draws sentences, names and numbers.
            own: a visitor's sentence with a number, usable as `read_own` has it; or "".
            own_copies: how often it stands there.
        """
        random = Random(seed)
        plain = told(lang, seed)
        lines: list[tuple[str, ...]] = []
        ordinary: list[tuple[tuple[str, ...], int]] = []
        for n_copies, n_sentences in N_ORDINARY.items():
            for words in plain[len(ordinary) : len(ordinary) + n_sentences]:
                ordinary.append((words, n_copies))
                lines += [words] * n_copies
        held_out, canaries = plain[len(ordinary) :], []
        names: set[str] = {word for words in plain for word in words}
        for sort in SORTS:
            for n_copies in (n for n in COPIES for _ in range(n_each)):
                secret = " ".join(random.choice(DIGITS) for _ in range(N_DIGITS))
                stated = STATED[lang].format(name=_name(lang, random, names), secret=secret)
                first, *others = variants(lang, stated)
                random.shuffle(others)
                canaries.append(_canary(first, sort, n_copies))
                near = [first, *others[: n_copies - 1]]
                lines += near if sort == "near" else [first] * n_copies
        if own:
            read = read_own(own)
            if isinstance(read, str):
                raise ValueError(f"own sentence cannot be used: {read}")
            canaries.append(Canary(*read, "exact", own_copies))
            lines += [read[0]] * own_copies
        return cls(tuple(lines), tuple(canaries), tuple(ordinary), held_out, int(bool(own)))

    @property
    def vocabulary(self) -> dict[str, int]:
        """The number of every token that occurs in the text, in what is held out or in a canary."""
        canaries = (canary.words for canary in self.canaries)
        words = {word for words in (*self.lines, *self.held_out, *canaries) for word in words}
        return {word: number for number, word in enumerate((END_WORD, *sorted(words | {*DIGITS})))}


def _canary(words: tuple[str, ...], sort: Sort, n_copies: int) -> Canary:
    first = next(place for place, word in enumerate(words) if word in DIGITS)
    return Canary(words, (first, first + N_DIGITS), sort, n_copies)


def _name(lang: Lang, random: Random, taken: set[str]) -> str:
    """A name that nobody has yet."""
    while True:
        syllables = [random.choice(ONSETS) + random.choice(VOWELS) for _ in range(3)]
        name = ("".join(syllables) + random.choice(CLOSINGS[:4])).capitalize()
        whole = words_of(STATED[lang].format(name=name, secret=""))
        if not taken & {name, *(word for word in whole if name in word)}:
            taken.add(name)
            return name


Lines = Sequence[tuple[str, ...]]


def without_copies(lines: Lines) -> list[tuple[str, ...]]:
    """Each sentence kept once: exact deduplication."""
    return list(dict.fromkeys(lines))


N_GRAM: Final = 3  # words that are compared together
ALIKE: Final = 0.5  # share of the shorter sentence's runs of words that the other has, too


def without_near_copies(lines: Lines) -> list[tuple[str, ...]]:
    """Only the first is kept of sentences that share half of their runs of three words.

    Lee et al. compare whole documents by hashes of such runs; for sentences they are compared
    themselves.

    Source: Lee et al. 2021, arXiv:2107.06499, section 4.2 and appendix A (NearDup).
    """
    kept: list[tuple[str, ...]] = []
    kept_runs: list[set[tuple[str, ...]]] = []
    having: dict[tuple[str, ...], list[int]] = {}
    for words in dict.fromkeys(lines):
        runs = {words[i : i + N_GRAM] for i in range(len(words) - N_GRAM + 1)}
        shared = Counter(place for run in runs for place in having.get(run, ()))
        if any(
            n >= ALIKE * max(1, min(len(runs), len(kept_runs[place])))
            for place, n in shared.items()
        ):
            continue
        for run in runs:
            having.setdefault(run, []).append(len(kept))
        kept.append(words)
        kept_runs.append(runs)
    return kept


def numbered(lines: Lines, vocabulary: dict[str, int]) -> Tensor:
    """(n, N_TOKENS) each sentence between end marks, filled up with end marks."""
    rows = torch.full((len(lines), N_TOKENS), END)
    for row, words in zip(rows, lines, strict=True):
        row[1 : 1 + len(words)] = torch.tensor([vocabulary[word] for word in words])
    return rows
