"""What a page needs of an encoder, whether its tokens were learned here or came with a model."""

from collections.abc import Iterable
from typing import Protocol


class TextEncoder(Protocol):
    """Text to token ids and back.

    `core.data.text.bpe.Encoder` is one for our own models, `core.data.text.published.Published` one
    for models of others.
    """

    @property
    def n_vocab(self) -> int:
        """The number of tokens, specials included."""
        ...

    @property
    def end_id(self) -> int:
        """The token with which a text or an answer ends."""
        ...

    def encode(self, text: str) -> list[int]:
        """The token ids of a text, in which a special token's name is read as letters."""
        ...

    def decode(self, ids: Iterable[int]) -> str:
        """The text of token ids; invalid bytes become U+FFFD, specials become nothing."""
        ...

    def token_bytes(self, id: int) -> bytes:
        """The bytes a token represents; none for a special token."""
        ...

    def special(self, id: int) -> str | None:
        """The name of a special token, None if the token represents text."""
        ...
