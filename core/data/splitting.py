"""Holds out some documents, so that the model can be evaluated on text it has never read.

Exact copies of a text always end up on the same side: a validation text that also appears in the
training set would measure memory, not understanding.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from core.data.text.documents import Document
from core.errors import SettingError


@dataclass(frozen=True, slots=True)
class Split:
    """The documents to learn from and the held-out documents, each in their original order."""

    train: tuple[Document, ...]
    validation: tuple[Document, ...]


def split_by_document(
    documents: Iterable[Document], validation_share: float, seed: int = 0
) -> Split:
    """Hold out about `validation_share` of the distinct texts.

    Each text is assigned to a side by a number computed only from the text and the seed. So adding,
    removing or copying documents never moves another text to the other side, and two lanes that
    differ only in their duplicates are evaluated on the same texts.

    Args:
        documents: the documents to split.
        validation_share: share of the distinct texts to hold out, 0 <= share < 1.
        seed: a different seed gives a different split.

    Returns:
        Both sides. With a share above 0 and at least two distinct texts, neither is empty.

    Raises:
        SettingError: `validation_share` is outside [0, 1).
    """
    if not 0.0 <= validation_share < 1.0:
        raise SettingError("validation_share", validation_share, "must lie in [0, 1)")
    documents = tuple(documents)
    places = {text: place(text, seed) for text in {document.text for document in documents}}
    held_back = {text for text in places if places[text] < validation_share}
    if validation_share > 0 and len(places) > 1:  # a handful of texts can all end up on one side
        if not held_back:
            held_back.add(min(places, key=lambda text: places[text]))
        elif len(held_back) == len(places):
            held_back.remove(max(places, key=lambda text: places[text]))
    return Split(
        train=tuple(document for document in documents if document.text not in held_back),
        validation=tuple(document for document in documents if document.text in held_back),
    )


def place(text: str, seed: int) -> float:
    """A number in [0, 1) that depends only on the text and the seed."""
    digest = blake2b(text.encode("utf-8"), digest_size=8, key=str(seed).encode()).digest()
    return int.from_bytes(digest, "big") / 2**64
