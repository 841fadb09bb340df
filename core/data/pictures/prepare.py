"""Step 1 for pictures as a single call: files in; a clean corpus out, and what became of the rest.

The book's pictures arrive as files, as anybody's do, and go through the same steps.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.data.pictures.collecting.archive import to_bytes
from core.data.pictures.collecting.copies import copies_of
from core.data.pictures.collecting.corpus import NO_COPY, Corpus, Entry, draw_corpus
from core.data.pictures.collecting.counting import pairs_shown
from core.data.pictures.collecting.files import CAPTIONS, written
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.standardising.standardise import Standard, standardise
from core.data.pictures.vectorising import PATCH
from core.data.text.languages import language_of
from core.errors import SettingError, TooFewPictures, UnreadablePicture

PHASES: Final = ("draw", "read", "compare")
REMOVALS: Final = ("unreadable", "duplicate")
MIN_PICTURES: Final = 2
N_HEAD: Final = 8  # bytes by which a format is known

Numbers = dict[str, float | int | str]
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class PictureCleaning:
    """Which rules apply, besides that a file without a picture is always removed.

    Args:
        duplicates: keep only the first of several equal pictures, moved or relit ones included.
    """

    duplicates: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class OwnPicture:
    """A visitor's own picture, standardised already.

    Args:
        name: of its file.
        caption: what it shows, in the visitor's words; may be empty.
        pixels: (size, size, 3) grey levels.
    """

    name: str
    caption: str
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Removal:
    """A picture that was not kept.

    Args:
        index: its place among the pictures that arrived.
        reason: one of REMOVALS.
        why: the error's key, such as "truncated_picture"; of a copy "exact" or "near".
        kept: index of the picture that it is a copy of, or NO_COPY.
        distance: from that one, see `copies.Copy`.
        n_bytes: of the file, if that was the reason.
        head: the file's first bytes in hexadecimal, likewise.
    """

    index: int
    reason: str
    why: str
    kept: int = NO_COPY
    distance: float = 0.0
    n_bytes: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What step 1 hands on.

    Args:
        corpus: the pictures that were kept, in order.
        arrived: all that came, before anything was broken or removed; for comparing by eye.
        removals: what was not kept and why, in order of arrival.
        numbers: what the page and the ribbon show, JSON-serialisable.
    """

    corpus: Corpus
    arrived: Corpus
    removals: tuple[Removal, ...]
    numbers: Numbers

    def to_bytes(self) -> bytes:
        """The corpus as a file; equal ones give equal bytes."""
        return to_bytes(self.corpus)


def prepare(
    settings: PictureSettings,
    own: Sequence[OwnPicture] = (),
    cleaning: PictureCleaning | None = None,
    *,
    with_book: bool = True,
    on_progress: Progress | None = None,
) -> Prepared:
    """Draw the book's pictures, read them as files, take out what is broken or there already.

    Args:
        settings: of the book; `size` is everybody's size.
        own: a visitor's pictures, which come first: of equal ones the visitor's is kept.
        cleaning: which rules apply; all if not given.
        with_book: whether the book's pictures are among them.
        on_progress: called with a phase of PHASES and the share of it that is done.

    Raises:
        SettingError: an own picture has another size.
        TooFewPictures: fewer than MIN_PICTURES are left.
    """
    cleaning = cleaning or PictureCleaning()
    arrived = _arrived(settings, own, with_book, on_progress)
    pictures, broken = _read(arrived, len(own), on_progress)
    tell(on_progress, "compare", 0.0)
    removals = broken + (_copies(pictures) if cleaning.duplicates else [])
    tell(on_progress, "compare", 1.0)
    removals.sort(key=lambda each: each.index)
    removed = {each.index for each in removals}
    kept = [i for i in range(len(arrived.entries)) if i not in removed]
    if len(kept) < MIN_PICTURES:
        message = f"{len(kept)} pictures remain, {MIN_PICTURES} are needed"
        raise TooFewPictures(message, n=len(kept), needed=MIN_PICTURES)
    standard = np.stack([pictures[i] for i in kept])
    corpus = Corpus(settings, standard, _renumbered(arrived.entries, kept))
    numbers = numbers_of(corpus, len(arrived.entries), removals)
    return Prepared(corpus, arrived, tuple(removals), numbers)


def tell(on_progress: Progress | None, phase: str, share: float) -> None:
    """Report progress to whoever listens."""
    if on_progress is not None:
        on_progress(phase, share)


def _arrived(
    settings: PictureSettings,
    own: Sequence[OwnPicture],
    with_book: bool,
    on_progress: Progress | None,
) -> Corpus:
    """The visitor's pictures, and behind them the book's."""
    size = settings.size
    for each in own:
        if each.pixels.shape != (size, size, 3):
            raise SettingError("size", each.pixels.shape, f"must be {size} by {size} pixels")
    pictures = [np.empty((0, size, size, 3), np.uint8), *(each.pixels[None] for each in own)]
    entries = [Entry(None, each.caption, language_of(each.caption), None, source=each.name)
               for each in own]  # fmt: skip
    if with_book:
        book = draw_corpus(settings, lambda share: tell(on_progress, "draw", share))
        pictures.append(book.pictures)
        entries += [_moved(entry, len(own)) for entry in book.entries]
    tell(on_progress, "draw", 1.0)
    return Corpus(settings, np.concatenate(pictures), tuple(entries))


def _moved(entry: Entry, by: int) -> Entry:
    return entry if entry.original == NO_COPY else replace(entry, original=entry.original + by)


def _read(
    arrived: Corpus, n_own: int, on_progress: Progress | None
) -> tuple[dict[int, Pixels], list[Removal]]:
    """Every picture's pixels by its place, and those whose file cannot be read."""
    pictures: dict[int, Pixels] = dict(enumerate(arrived.pictures[:n_own]))
    broken = []
    book = Corpus(arrived.settings, arrived.pictures[n_own:], arrived.entries[n_own:])
    files = written(book)
    del files[CAPTIONS]
    standard = Standard(arrived.settings.size)
    for i, (name, data) in enumerate(files.items(), start=n_own):
        try:
            pictures[i] = standardise(name, data, standard).pixels
        except UnreadablePicture as error:
            head = data[:N_HEAD].hex(" ")
            broken.append(Removal(i, "unreadable", error.key, n_bytes=len(data), head=head))
        if i % 100 == 0:
            tell(on_progress, "read", (i - n_own) / len(files))
    tell(on_progress, "read", 1.0)
    return pictures, broken


def _copies(pictures: dict[int, Pixels]) -> list[Removal]:
    """Those that are there already; compared are only the ones that can be read."""
    places = list(pictures)
    found = copies_of(np.stack(list(pictures.values()))) if places else ()
    return [Removal(places[each.copy], "duplicate", "exact" if each.exact else "near",
                    places[each.kept], each.distance) for each in found]  # fmt: skip


def _renumbered(entries: Sequence[Entry], kept: Sequence[int]) -> tuple[Entry, ...]:
    """The kept entries; a copy whose original is gone is no copy any more."""
    place = {old: new for new, old in enumerate(kept)}
    found = []
    for i in kept:
        original = place.get(entries[i].original, NO_COPY)
        near = entries[i].near and original != NO_COPY
        found.append(replace(entries[i], original=original, near=near))
    return tuple(found)


def numbers_of(corpus: Corpus, n_arrived: int, removals: Sequence[Removal]) -> Numbers:
    """The numbers of this step, all counted."""
    reasons, whys = (Counter(each.reason for each in removals),
                     Counter(each.why for each in removals))  # fmt: skip
    n, size, entries = len(corpus.entries), corpus.settings.size, corpus.entries
    pairs = pairs_shown(entries)
    numbers: Numbers = {
        "n_documents": n_arrived,
        "n_readable": n_arrived - reasons["unreadable"],
        "n_kept": n,
        "size": size,
        "n_own": sum(bool(entry.source) for entry in entries),
        "n_without_caption": sum(not entry.caption for entry in entries),
        "n_wrong_captions": sum(not entry.caption_fits for entry in entries),
        "n_german": sum(entry.lang == "de" for entry in entries),
        "n_english": sum(entry.lang == "en" for entry in entries),
        "n_pixels": n * size**2,
        "n_patches": n * (size // PATCH) ** 2,
        "n_pairs": len(pairs),
        "n_held_out_shown": sum(pairs[pair] for pair in corpus.settings.held_out),
    }
    numbers |= {f"removed_{reason}": reasons[reason] for reason in REMOVALS}
    return numbers | {f"why_{why}": count for why, count in sorted(whys.items())}
