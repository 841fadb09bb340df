"""Text out of tokens that arrive one by one.

A token may end in the middle of a character: half an "ä" is held back until the other half is
there, so nothing that was shown ever has to be taken back.
"""

import codecs

from core.data.bpe import Encoder


class TextStream:
    """Turns token ids into text as early as possible, and never earlier.

    The pieces, joined, are exactly what `Encoder.decode` makes of all ids at once. So U+FFFD
    appears only where the tokens' bytes form no character at all, as an untrained model's may.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, id: int) -> str:
        """The characters that this token completes; often its own, sometimes none."""
        return self._decoder.decode(self._encoder.token_bytes(id))

    def finish(self) -> str:
        """What is left when no token follows: U+FFFD for an unfinished character, else nothing."""
        return self._decoder.decode(b"", final=True)
