"""From drawn tokens to pieces of text that can be sent and never have to be taken back."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from unicodedata import normalize

import numpy as np

from core.alignment.text.chat import is_chat, question_tokens
from core.api.models import Model
from core.data.text.bpe import SPECIALS, Encoder
from core.data.text.stream import TextStream
from core.errors import WritingFailed
from core.inference.sampling import SamplingSettings
from core.inference.text.stopping import StopText
from core.jobs.writer import Writing
from core.lineage import Kind

Finish = Literal["stop", "length"]


class Writes(Protocol):
    """`Services.write`: lets a model continue a text."""

    def __call__(
        self,
        owner: str,
        checkpoint_id: str,
        tokens: Sequence[int],
        settings: SamplingSettings,
        *,
        end_id: int | None = None,
        with_logits: bool = False,
    ) -> Writing: ...


@dataclass(frozen=True)
class TokenShare:
    """One token, and how likely the model found it."""

    id: int
    data: bytes  # what it stands for
    logprob: float | None  # nats, under the model itself; None: nothing was before it
    likeliest: list[tuple[int, float]] | None  # ids and logprobs, the likeliest first; None: ditto
    offset: int  # characters of the text before it


@dataclass(frozen=True)
class Piece:
    """The next piece of a text."""

    text: str
    n_tokens: int  # drawn since the piece before, those that show nothing included
    tokens: list[TokenShare] = field(default_factory=list)
    finish: Finish | None = None  # set with the last piece


def prompt_tokens(encoder: Encoder, text: str) -> list[int]:
    """A text as the beginning of a document: in training, every document follows an <|end|>.

    Its characters are composed as those of the training text were (Unicode NFC).
    """
    return [encoder.end_id, *encoder.encode(normalize("NFC", text))]


def opening_tokens(kind: Kind, encoder: Encoder, text: str) -> list[int]:
    """What a model of this kind is given to write on from.

    A tuned or aligned model is asked the text as a question, in the form it was taught; a base
    model reads it as the beginning of a document.
    """
    if is_chat(kind):
        return question_tokens(encoder, " ".join(normalize("NFC", text).split()))
    return prompt_tokens(encoder, text)


def token_text(encoder: Encoder, id: int) -> str:
    """A token for readers: a special's name, half a character as U+FFFD."""
    if id < len(SPECIALS):
        return SPECIALS[id]
    return encoder.token_bytes(id).decode("utf-8", "replace")


async def pieces(
    write: Writes,
    owner: str,
    model: Model,
    tokens: Sequence[int],
    settings: SamplingSettings,
    n_likeliest: int | None = None,
    tells_end: bool = False,
) -> AsyncGenerator[Piece]:
    """Continue a text; who stops iterating stops the model.

    Args:
        write: lets a model continue a text.
        owner: who asks.
        model: writes.
        tokens: the text so far.
        settings: how to draw, how much, and where to stop.
        n_likeliest: how many alternatives come with each token; None: no logprobs at all.
        tells_end: whether the token that ends the text comes with logprobs, too.

    Yields:
        text as soon as no stop text can begin in it; the last piece says why it is the last.

    Raises:
        WritingFailed: the text could not be written to its end.
    """
    end_id = model.encoder.end_id
    writing = write(
        owner,
        model.checkpoint.id,
        tokens,
        settings,
        end_id=end_id,
        with_logits=n_likeliest is not None,
    )
    # A text held to a schema minds its stop texts itself: it is closed where one would appear.
    stop = settings.stop if settings.constraint is None else ()
    reader = _Reader(model.encoder, stop, tells_end)
    try:
        while drawn := await writing.take_async():
            for written in drawn:
                share = None
                if n_likeliest is not None and written.logits is not None:
                    share = _share_of(written.token, written.logits, n_likeliest)
                piece = reader.read(written.token, written.ending, share)
                if piece is not None:
                    yield piece
                    if piece.finish:
                        return
    finally:
        writing.cancel()
    raise WritingFailed("the text was not written to its end", reason="cancelled")


class _Reader:
    """Makes pieces of one text's tokens."""

    def __init__(self, encoder: Encoder, stop: Sequence[str], tells_end: bool = False) -> None:
        self._encoder = encoder
        self._tells_end = tells_end
        self._stream = TextStream(encoder)
        self._stop = StopText(stop)
        self._waiting: list[TokenShare] = []  # their text has not been given out yet
        self._n_tokens = 0  # drawn since the last piece
        self._n_read = 0  # characters the tokens made
        self._n_shown = 0  # characters given out

    def read(
        self, token: int, ending: str | None, share: Callable[[Encoder, int], TokenShare] | None
    ) -> Piece | None:
        """One more token; a piece, if it made one."""
        self._n_tokens += 1
        at_end = ending in ("end", "closed")  # the last token is the one that ends the text
        if share is not None and (self._tells_end or not at_end):
            self._waiting.append(share(self._encoder, self._n_read))
        new = "" if at_end else self._stream.push(token)
        if ending is not None:
            new += self._stream.finish()
        self._n_read += len(new)
        text = self._stop.push(new)
        if ending is not None and not self._stop.stopped:
            text += self._stop.finish()
        self._n_shown += len(text)
        finish: Finish | None = None
        if self._stop.stopped or ending == "end":
            finish = "stop"
        elif ending is not None:
            finish = "length"
        if not text and finish is None:
            return None
        shown = self._take_shown(everything=finish is not None and not self._stop.stopped)
        piece = Piece(text, self._n_tokens, shown, finish)
        self._n_tokens = 0
        return piece

    def _take_shown(self, everything: bool) -> list[TokenShare]:
        """The tokens whose text has been given out by now."""
        shown: list[TokenShare] = []
        waiting: list[TokenShare] = []
        for share in self._waiting:
            (shown if everything or share.offset < self._n_shown else waiting).append(share)
        self._waiting = waiting
        return shown


def _share_of(token: int, logits: bytes, n: int) -> Callable[[Encoder, int], TokenShare]:
    scores = np.frombuffer(logits, np.float32).astype(np.float64)  # (V,)
    largest = scores.max()
    logprobs = scores - largest - np.log(np.exp(scores - largest).sum())  # (V,)
    order = np.argsort(-logprobs, kind="stable")[:n]  # (n,) equally likely: the lower id first
    likeliest = [(int(id), float(logprobs[id])) for id in order]

    def share(encoder: Encoder, offset: int) -> TokenShare:
        data = encoder.token_bytes(token)
        return TokenShare(token, data, float(logprobs[token]), likeliest, offset)

    return share
