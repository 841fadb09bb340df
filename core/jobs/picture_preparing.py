"""Step 1 for pictures as engine work: an order in; corpus and caption encoder out, then stored.

Invariant: an order and the visitor's own pictures name everything that the artefacts depend on, so
the same order is found again and never processed twice.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.excerpt import Excerpt, excerpt_of
from core.data.pictures.prepare import Numbers, OwnPicture, PictureCleaning, prepare
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.lineage import Artifact, recipe_id
from core.modality import PICTURES
from core.store import Store


@dataclass(frozen=True)
class PictureOrder:
    """What step 1 should do.

    Args:
        book: which pictures of the book to draw, and every picture's size.
        cleaning: which rules apply.
        with_book: whether the book's pictures are among them; False: only the visitor's own.
    """

    book: PictureSettings = field(default_factory=PictureSettings)
    cleaning: PictureCleaning = field(default_factory=PictureCleaning)
    with_book: bool = True

    def corpus_settings(self, own: Sequence[OwnPicture] = ()) -> dict[str, Any]:
        """What the corpus depends on; the visitor's pictures by their fingerprint."""
        return {
            "pictures": self.book.to_dict(),
            "cleaning": asdict(self.cleaning),
            "with_book": self.with_book,
            "own": fingerprint_of(own) if own else None,
        }

    @property
    def encoder_settings(self) -> dict[str, Any]:
        """What the encoder depends on."""
        return {"town_seed": self.book.town_seed}


def fingerprint_of(own: Sequence[OwnPicture]) -> str:
    """The same for the same pictures with the same names and captions in the same order."""
    digest = blake2b(digest_size=16)
    for each in own:
        digest.update(repr((each.name, each.caption, each.pixels.shape)).encode())
        digest.update(each.pixels.tobytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class PicturesMade:
    """The corpus, packed for its way through memory, and what a page shows of it."""

    packed: bytes
    encoder: bytes
    excerpt: Excerpt

    @property
    def corpus(self) -> bytes:
        """The corpus as a file, see `core.data.pictures.collecting.archive`."""
        return zlib.decompress(self.packed)

    @property
    def numbers(self) -> Numbers:
        """What was counted."""
        return self.excerpt.numbers


@dataclass(frozen=True)
class PicturesKept:
    """The artefacts of step 1 in the store."""

    corpus: Artifact
    encoder: Artifact


def make_pictures(
    order: PictureOrder,
    own: Sequence[OwnPicture] = (),
    on_progress: Callable[[str, float], None] | None = None,
) -> PicturesMade:
    """Process an order; this runs in one of the engine's workers.

    Args:
        order: what to do.
        own: the visitor's pictures, of the book's size.
        on_progress: called with a phase of `prepare.PHASES` and the share of it that is done.

    Raises:
        TooFewPictures: too few pictures remain.
        SettingError: an own picture has another size.
    """
    done = prepare(
        order.book, own, order.cleaning, with_book=order.with_book, on_progress=on_progress
    )
    encoder = CaptionEncoder.of_the_book(order.book.town_seed)
    return PicturesMade(zlib.compress(done.to_bytes(), 1), encoder.to_bytes(), excerpt_of(done))


def keep_pictures(
    store: Store,
    owner: str,
    order: PictureOrder,
    made: PicturesMade,
    own: Sequence[OwnPicture] = (),
) -> PicturesKept:
    """Store the results of step 1; the encoder knows the book's words, whatever the corpus."""
    corpus = store.artifacts.keep(
        owner,
        "corpus",
        made.corpus,
        modality=PICTURES,
        settings=order.corpus_settings(own),
        numbers=made.numbers,
    )
    n_words = CaptionEncoder.from_bytes(made.encoder).n_words
    encoder = store.artifacts.keep(
        owner,
        "encoder",
        made.encoder,
        modality=PICTURES,
        settings=order.encoder_settings,
        numbers={"n_words": n_words},
    )
    return PicturesKept(corpus, encoder)


def place_pictures(store: Store, owner: str, kept: PicturesKept) -> None:
    """Put what was kept onto the owner's bench."""
    store.benches.put(owner, "a", kept.corpus.id, "corpus")
    store.benches.put(owner, "a", kept.encoder.id, "encoder")


def find_pictures(
    store: Store, owner: str, order: PictureOrder, own: Sequence[OwnPicture] = ()
) -> PicturesKept | None:
    """What the owner, or the example model, already has for this order; None if nothing."""
    settings = order.corpus_settings(own)
    corpus = store.artifacts.find(owner, recipe_id("corpus", [], settings, None, PICTURES))
    if corpus is None:
        return None
    recipe = recipe_id("encoder", [], order.encoder_settings, None, PICTURES)
    encoder = store.artifacts.find(owner, recipe)
    return PicturesKept(corpus, encoder) if encoder else None
