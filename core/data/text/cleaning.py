"""Cleaning: repairs broken text, removes copies and fragments, and reports every change.

The repairs run in the order of `REPAIRS`, then the removals in the order of `REMOVALS`. Each
can be switched off, except that a document without any text is always removed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import takewhile
from typing import Final

from core.data.text.documents import Document
from core.data.text.repairs import (
    fold_white_space,
    normalise_unicode,
    remove_invisible,
    repair_encoding,
    unescape_html,
)
from core.errors import SettingError

REPAIRS: Final = ("html", "encoding", "invisible", "unicode", "white_space")
REMOVALS: Final = ("empty", "short", "duplicate")
N_EXAMPLES: Final = 20  # examples kept per rule
EXAMPLE: Final = 160  # length of an example in characters
BEFORE_CHANGE: Final = 40  # characters of an example before the first change

_RULES: Final[dict[str, Callable[[str], str]]] = {
    "html": unescape_html,
    "encoding": repair_encoding,
    "invisible": remove_invisible,
    "unicode": normalise_unicode,
    "white_space": fold_white_space,
}


@dataclass(frozen=True, slots=True)
class CleaningSettings:
    """Which rules apply.

    Args:
        html: turn entities such as "&amp;" into their characters.
        encoding: repair text that was read in the wrong encoding, such as "schÃ¶n".
        invisible: remove control characters, zero-width spaces, soft hyphens, terminal colours.
        unicode: write each character in its one canonical way (NFC).
        white_space: one space between words, at most one empty line, none at either end.
        duplicates: keep only the first of several exact copies.
        short: remove documents with fewer than `min_characters`.
        min_characters: the limit for `short`, at least 1.
    """

    html: bool = True
    encoding: bool = True
    invisible: bool = True
    unicode: bool = True
    white_space: bool = True
    duplicates: bool = True
    short: bool = True
    min_characters: int = 20

    def __post_init__(self) -> None:
        if self.min_characters < 1:
            raise SettingError("min_characters", self.min_characters, "must be at least 1")


@dataclass(frozen=True, slots=True)
class Removal:
    """A removed document: the rule from `REMOVALS` and the beginning of its text."""

    reason: str
    example: str
    source: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A changed document: the rule from `REPAIRS` and the text around the first change."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened to how many documents; several rules may repair the same document."""

    n_documents: int
    n_kept: int
    n_characters: int
    n_characters_kept: int
    repaired: dict[str, int]
    removed: dict[str, int]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The result of cleaning.

    Args:
        kept: the remaining documents, repaired, in their original order.
        removals: the first `N_EXAMPLES` removed documents for each reason.
        repairs: the first `N_EXAMPLES` changes of each rule.
        counts: totals over all documents.
    """

    kept: tuple[Document, ...]
    removals: tuple[Removal, ...]
    repairs: tuple[Repair, ...]
    counts: Counts


@dataclass(slots=True)
class _Report:
    """Counts everything, keeps only a few examples."""

    repaired: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REPAIRS, 0))
    removed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REMOVALS, 0))
    repairs: list[Repair] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)

    def repair(self, rule: str, before: str, after: str) -> None:
        self.repaired[rule] += 1
        if self.repaired[rule] <= N_EXAMPLES:
            self.repairs.append(Repair(rule, *around_change(before, after)))

    def remove(self, reason: str, document: Document) -> None:
        self.removed[reason] += 1
        if self.removed[reason] <= N_EXAMPLES:
            self.removals.append(Removal(reason, document.text[:EXAMPLE], document.source))


def clean(
    documents: Sequence[Document],
    settings: CleaningSettings | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Cleaned:
    """Repair what can be repaired and remove what should not be learned from.

    Args:
        documents: the raw documents.
        settings: which rules apply; all if not given.
        on_progress: called with the share of documents done, in (0, 1].
    """
    settings = settings or CleaningSettings()
    rules = [rule for rule in REPAIRS if getattr(settings, rule)]
    report = _Report()
    kept: list[Document] = []
    seen: set[bytes] = set()
    for n_done, document in enumerate(documents, start=1):
        text = document.text
        for rule in rules:
            repaired = _RULES[rule](text)
            if repaired != text:
                report.repair(rule, text, repaired)
                text = repaired
        if text != document.text:
            document = Document(text, document.lang, document.kind, document.source)
        reason = reason_to_remove(text, settings, seen)
        if reason is None:
            kept.append(document)
        else:
            report.remove(reason, document)
        if on_progress is not None:
            on_progress(n_done / len(documents))
    counts = Counts(
        n_documents=len(documents),
        n_kept=len(kept),
        n_characters=sum(len(document.text) for document in documents),
        n_characters_kept=sum(len(document.text) for document in kept),
        repaired=report.repaired,
        removed=report.removed,
    )
    return Cleaned(tuple(kept), tuple(report.removals), tuple(report.repairs), counts)


def reason_to_remove(text: str, settings: CleaningSettings, seen: set[bytes]) -> str | None:
    """The first of `REMOVALS` that applies, or None; a text that is kept is added to `seen`."""
    stripped = text.strip()
    if not stripped:
        return "empty"
    if settings.short and len(stripped) < settings.min_characters:
        return "short"
    if settings.duplicates:
        # The repairs have run, so texts that differed only in what they fix are copies by now.
        fingerprint = blake2b(stripped.encode("utf-8"), digest_size=16).digest()
        if fingerprint in seen:
            return "duplicate"
        seen.add(fingerprint)
    return None


def around_change(before: str, after: str) -> tuple[str, str]:
    """The same section of both texts, starting shortly before their first difference."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
    start = max(0, sum(1 for _ in same) - BEFORE_CHANGE)
    return before[start : start + EXAMPLE], after[start : start + EXAMPLE]
