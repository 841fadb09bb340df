"""A prompt that is given back: its text, and how likely the model found each of its tokens.

Invariant: what is echoed is what the model reads. The mark that is put before a prompt in words is
no part of it; the first token told has no probability, since clients leave it out of their sums.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from core.api.errors import ApiError
from core.api.models import Model
from core.api.requests import CompletionRequest
from core.api.writing import Piece, TokenShare, pieces
from core.data.text.bpe import Encoder
from core.data.text.stream import TextStream
from core.inference.sampling import SamplingSettings
from core.services import Services


@dataclass(frozen=True)
class Echo:
    """How prompts are given back."""

    n_marks: int  # tokens that were put before each prompt
    writes: bool  # whether anything follows them


def asked_echo(body: CompletionRequest) -> Echo | None:
    """How a request wants its prompts back; None where it does not.

    Raises:
        ApiError: it asks for something that cannot go along with an echo, or for nothing at all.
    """
    writes = body.max_tokens != 0
    if not body.echo:
        if not writes:
            message = "max_tokens is 0, so nothing would be answered; it needs echo."
            raise ApiError(400, message, "invalid_value", "max_tokens")
        return None
    others = {
        "glassbox": body.glassbox is not None,
        "response_format": body.response_format is not None and body.response_format.type != "text",
    }
    for name, is_asked in others.items():
        if is_asked:
            message = f"echo and {name} exclude each other."
            raise ApiError(400, message, "invalid_value", "echo")
    in_words = isinstance(body.prompt, str) or isinstance(body.prompt[0], str)
    return Echo(1 if in_words else 0, writes)


async def echoed_pieces(
    services: Services,
    owner: str,
    model: Model,
    tokens: Sequence[int],
    settings: SamplingSettings,
    n_likeliest: int | None,
    echo: Echo,
) -> AsyncGenerator[Piece]:
    """A prompt, and what is written after it.

    Args:
        services: read and write.
        owner: who asks.
        model: scores the prompt and continues it.
        tokens: the prompt, marks included.
        settings: how to draw, how much, and where to stop; not used if nothing is written.
        n_likeliest: how many alternatives come with each token; None: no logprobs at all.
        echo: how the prompt is given back.

    Yields:
        the whole prompt, then pieces as in `pieces`. With logprobs the token that ends the text is
        told, too: whoever asks for one token counts on getting one.

    Raises:
        WritingFailed: the text could not be read, or not be written to its end.
    """
    prompt = await _prompt_piece(services, owner, model, tokens, n_likeliest, echo.n_marks)
    if not echo.writes:
        yield replace(prompt, finish="length")
        return
    yield prompt
    written = pieces(services.write, owner, model, tokens, settings, n_likeliest, tells_end=True)
    async with aclosing(written):
        async for piece in written:
            moved = [replace(each, offset=each.offset + len(prompt.text)) for each in piece.tokens]
            yield replace(piece, tokens=moved)


async def _prompt_piece(
    services: Services,
    owner: str,
    model: Model,
    tokens: Sequence[int],
    n_likeliest: int | None,
    n_marks: int,
) -> Piece:
    told, text, offsets = tokens[n_marks:], *_laid_out(model.encoder, tokens[n_marks:])
    if n_likeliest is None:
        return Piece(text, 0)
    looking = services.score(owner, model.checkpoint.id, tokens, n_likeliest)
    try:
        found = await looking.answer()
    finally:
        looking.cancel()
    shares = []
    for place, (token, offset) in enumerate(zip(told, offsets, strict=True)):
        logprob, likeliest = None, None
        if place:
            logprob = found["logprobs"][n_marks + place - 1]
            likeliest = [(id, chance) for id, chance in found["likeliest"][n_marks + place - 1]]
        data = model.encoder.token_bytes(token)
        shares.append(TokenShare(token, data, logprob, likeliest, offset))
    return Piece(text, 0, shares)


def _laid_out(encoder: Encoder, tokens: Sequence[int]) -> tuple[str, list[int]]:
    """The text of some tokens, and how many of its characters come before each of them."""
    stream, text, offsets = TextStream(encoder), "", []
    for token in tokens:
        offsets.append(len(text))
        text += stream.push(token)
    return text + stream.finish(), offsets
