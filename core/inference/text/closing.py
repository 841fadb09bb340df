"""A way to the end of JSON that has been begun: known before anything is written, and kept up.

Invariant: what `way_out` returns has been tried on the matcher; it completes the JSON.
"""

from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

import numpy as np
from llguidance import LLMatcher
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

from core.data.text.bpe import FIRST_BYTE, FIRST_MERGE, SPECIALS, Encoder

CLOSING: Final = b'"}],'  # closes a string, an object, a list, a value, in this order
MAX_WAY_OUT: Final = 4_000  # bytes; a schema that takes more to close is refused
CONTINUED: Final = 0x80  # bytes from here on are parts of a character
MAX_CHOICES: Final = 12  # bytes tried where the way forward is unclear
MAX_VISITS: Final = 600  # places looked at before the search gives up
ALIKE: Final = 2  # places as long and with the same continuations that are told apart


def allowed(matcher: LLMatcher, encoder: Encoder) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """(V,) True where a token may come next; all False if the matcher has failed."""
    bits = allocate_token_bitmask(1, encoder.n_vocab)
    if matcher.is_error():
        return np.zeros(encoder.n_vocab, dtype=bool)
    fill_next_token_bitmask(matcher, bits)
    open_ = np.unpackbits(bits.view(np.uint8), bitorder="little")[: encoder.n_vocab].astype(bool)
    open_[: len(SPECIALS)] = False
    open_[encoder.end_id] = matcher.is_accepting()
    return open_


def way_out(
    matcher: LLMatcher,
    encoder: Encoder,
    known: bytes = b"",
    examples: tuple[bytes, ...] = (),
    hints: bytes = b"",
) -> list[int] | None:
    """Tokens that complete the JSON from here, few but not always the fewest; None: none found.

    Most draws only lengthen a value, and what closed the JSON before still does. Otherwise a
    best-first search looks for a bridge to the known way: what closes something first, then the
    rest of an example, then single bytes.

    Args:
        matcher: the state of the text so far; it is not changed.
        encoder: turns the way into tokens.
        known: what completed the JSON before the last draw.
        examples: JSON that parts of the schema ask for.
        hints: bytes worth trying where the way forward is unclear.
    """
    found = _rejoined(matcher, known, encoder.end_id)
    if found is None:
        found = _searched(matcher, encoder, known, examples, hints)
    if found is None:
        return None
    try:
        tokens = encoder.encode(found.decode("utf-8"))
    except UnicodeDecodeError:  # the text ends inside a character
        tokens = _bytes(found)
    return [*tokens, encoder.end_id]


def _bytes(text: bytes) -> list[int]:
    return [FIRST_BYTE + byte for byte in text]


def _rejoined(matcher: LLMatcher, known: bytes, end_id: int) -> bytes | None:
    """The end of a known way that also completes the JSON from here."""
    if matcher.is_accepting():
        return b""
    tokens = [*_bytes(known), end_id]
    found = None
    for start in range(len(known)):
        if matcher.validate_tokens(tokens[start:]) == len(tokens) - start:
            found = known[start:]
        elif found is not None:
            break
    return found


def _searched(
    start: LLMatcher, encoder: Encoder, known: bytes, examples: tuple[bytes, ...], hints: bytes
) -> bytes | None:
    """Best first: what closes something is free, any other byte costs."""
    order = count()
    waiting: list[tuple[int, int, LLMatcher, bytes]] = [(0, next(order), start.deep_copy(), b"")]
    seen: dict[tuple[int, bytes], int] = {}
    for _ in range(MAX_VISITS):
        if not waiting:
            break
        cost, _number, matcher, out = heappop(waiting)
        forced = matcher.compute_ff_bytes()
        if forced and not matcher.consume_tokens(_bytes(forced)):
            continue
        out += forced
        found = _rejoined(matcher, known, encoder.end_id)
        if found is not None:
            return out + found
        open_ = allowed(matcher, encoder)[FIRST_BYTE:FIRST_MERGE]
        place = (len(out), np.packbits(open_).tobytes())
        seen[place] = seen.get(place, 0) + 1
        if seen[place] > ALIKE or len(out) > MAX_WAY_OUT:
            continue
        for more, move in _moves(matcher, open_, examples, hints):
            copy = matcher.deep_copy()
            if copy.consume_tokens(_bytes(move)):
                heappush(waiting, (cost + more, next(order), copy, out + move))
    return None


def _moves(
    matcher: LLMatcher,
    open_: "np.ndarray[Any, np.dtype[np.bool_]]",
    examples: tuple[bytes, ...],
    hints: bytes,
) -> list[tuple[int, bytes]]:
    """What may be written next, with what it costs."""
    if not open_[:CONTINUED].any():  # inside a character: any end of it will do
        return [(0, bytes([int(open_.argmax())]))]
    in_string = open_[ord("x")] and open_[ord("~")]  # where a bracket closes nothing
    closers = [bytes([byte]) for byte in (CLOSING[:1] if in_string else CLOSING) if open_[byte]]
    moves = [(rank, move) for rank, move in enumerate(closers)]
    rest: dict[bytes, int] = {}
    for example in examples:
        tokens = _bytes(example)
        for start, byte in enumerate(example[:-1]):
            fits = open_[byte] and example[start:] not in rest
            if fits and matcher.validate_tokens(tokens[start:]) == len(tokens) - start:
                rest[example[start:]] = 1 + len(rest)
                break
    moves += [(cost, move) for move, cost in rest.items()]
    others = dict.fromkeys([*hints, *b"0a", *np.flatnonzero(open_).tolist()])
    singles = [byte for byte in others if open_[byte] and bytes([byte]) not in closers][
        :MAX_CHOICES
    ]
    moves += [(4 + rank, bytes([byte])) for rank, byte in enumerate(singles)]
    return moves
