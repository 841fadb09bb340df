"""What a picture run builds on: which pages of the book, which words, which plan."""

import json
from dataclasses import dataclass

from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.sizes import n_parameters
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.house.pictures.recipe import LIVE, N_CAPTION
from core.lineage import Artifact, Kind, canonical_json
from core.modality import PICTURES
from core.services import services
from core.store import Lane, Slot
from pages.training.pictures.pairing import keep_book, keep_words

BOOKS = ("small", "whole", "yours")


@dataclass(frozen=True)
class Ground:
    """The artefacts that a run reads."""

    corpus: Artifact
    encoder: Artifact
    design: Artifact

    @property
    def inputs(self) -> dict[str, bytes | str]:
        """As the engine takes them."""
        return {
            "corpus": self.corpus.id,
            "encoder": self.encoder.id,
            "design": self.design.id,
        }


def books(owner: str) -> list[str]:
    """The books there are to learn from: the small one always, others where they exist."""
    corpus = services().store.benches.view(owner, PICTURES)["a"].get("corpus")
    mine = corpus is not None and corpus.whose == "yours" and not is_small(corpus.artifact)
    whole = house_corpus() is not None
    return ["small", *(["whole"] if whole else []), *(["yours"] if mine else [])]


def is_small(corpus: Artifact) -> bool:
    """Whether these are the pages of the small book."""
    return corpus.settings.get("book") == LIVE.book.to_dict()


def house_corpus() -> Artifact | None:
    """The book of the example model; None where none is shipped."""
    found = services().store.benches.view("", PICTURES)["a"].get("corpus")
    return found.artifact if found else None


def ground(owner: str, book: str, lane: Lane = "a") -> Ground:
    """What a run on a book reads; what is missing is made and kept.

    Args:
        owner: who trains.
        book: one of `books`; in a pair that step 1 has made "yours", the lane's own.
        lane: of the bench.
    """
    slots = services().store.benches.view(owner, PICTURES)[lane]
    encoder = _encoder(owner, slots)
    corpus = _corpus(owner, book, slots)
    return Ground(corpus, encoder, _design(owner, slots, encoder, _size(corpus)))


def _corpus(owner: str, book: str, slots: dict[Kind, Slot]) -> Artifact:
    if book == "yours" and "corpus" in slots:
        return slots["corpus"].artifact
    whole = house_corpus()
    if book == "whole" and whole is not None:
        return whole
    return keep_book(owner, LIVE.book)


def _encoder(owner: str, slots: dict[Kind, Slot]) -> Artifact:
    return slots["encoder"].artifact if "encoder" in slots else keep_words(owner)


def _size(corpus: Artifact) -> int:
    book = corpus.settings.get("book") or corpus.settings.get("pictures") or {}
    return int(book.get("size", LIVE.book.size))


def _design(owner: str, slots: dict[Kind, Slot], encoder: Artifact, size: int) -> Artifact:
    """The visitor's own plan where it fits words and pages, else the standard one."""
    store = services().store
    n_words = CaptionEncoder.from_bytes(store.artifacts.read(owner, encoder.id)).n_words
    if "design" in slots:
        design = slots["design"].artifact
        config = DenoiserConfig.from_dict(json.loads(store.artifacts.read(owner, design.id)))
        if (config.n_words, config.size) == (n_words, size):
            return design
    config = DenoiserConfig(n_words=n_words, n_caption=N_CAPTION, size=size)
    return store.artifacts.keep(
        owner,
        "design",
        canonical_json(config.to_dict()),
        parents=[encoder.id],
        settings=config.to_dict(),
        numbers={"n_parameters": n_parameters(config)},
    )
