"""Text from tokens that arrive one at a time.

A token may end in the middle of a character: half an "ä" is held back until the other half
arrives, so text that was already shown never has to be taken back.
"""

import codecs

from core.data.text.bpe import Encoder


class TextStream:
    """Turns token ids into text as early as possible, but never too early.

    The pieces joined together are exactly what `Encoder.decode` makes of all ids at once. So
    U+FFFD appears only where the bytes form no character at all, as with an untrained model.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, id: int) -> str:
        """The characters that this token completes: usually its own, sometimes none."""
        return self._decoder.decode(self._encoder.token_bytes(id))

    def finish(self) -> str:
        """What is left when the tokens end: U+FFFD for an incomplete character, else nothing."""
        return self._decoder.decode(b"", final=True)
