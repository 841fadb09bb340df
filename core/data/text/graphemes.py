"""Tokens as a reader can see them: spans that never split a visible character.

To a reader "ä", a flag or a family emoji is one character; to the computer it is several code
points and many bytes. Tokens that share such a character are shown together.

Source: Unicode Standard Annex #29, "Unicode Text Segmentation" (extended grapheme clusters).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

import regex

from core.data.text.encoding import TextEncoder

_GRAPHEMES = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A piece of text and the tokens it was made from.

    Args:
        text: whole graphemes; for a special token, its name, such as "<|end|>".
        ids: the tokens, usually one.
        special: whether it is a special token, which represents no text.
    """

    text: str
    ids: tuple[int, ...]
    special: bool = False


def token_spans(encoder: TextEncoder, ids: Sequence[int]) -> list[TokenSpan]:
    """Split token ids into the shortest spans of whole graphemes.

    Args:
        encoder: the encoder the ids belong to.
        ids: token ids.

    Returns:
        Spans whose concatenated ids equal `ids`. The concatenated texts of neighbouring non-special
        spans equal what the encoder decodes them to.
    """
    spans: list[TokenSpan] = []
    named = [(id, encoder.special(id)) for id in ids]
    for is_text, group in groupby(named, key=lambda pair: pair[1] is None):
        if is_text:
            spans.extend(_text_spans(encoder, [id for id, _ in group]))
        else:
            spans.extend(TokenSpan(str(name), (id,), special=True) for id, name in group)
    return spans


def _text_spans(encoder: TextEncoder, ids: list[int]) -> Iterator[TokenSpan]:
    pieces = [encoder.token_bytes(id) for id in ids]
    characters = list(_characters(b"".join(pieces)))
    text = "".join(character for character, _ in characters)
    # Where the bytes of each character end, counted from the start; 0 characters end at 0.
    byte_ends = [0, *accumulate(n_bytes for _, n_bytes in characters)]
    grapheme_ends = {byte_ends[match.end()]: match.end() for match in _GRAPHEMES.finditer(text)}

    first_id = first_character = 0
    for n_ids, token_end in enumerate(accumulate(map(len, pieces)), start=1):
        if token_end in grapheme_ends:
            end = grapheme_ends[token_end]
            yield TokenSpan(text[first_character:end], tuple(ids[first_id:n_ids]))
            first_id, first_character = n_ids, end


def _characters(data: bytes) -> Iterator[tuple[str, int]]:
    """Each character with its number of bytes; invalid bytes become one U+FFFD."""
    start = 0
    while start < len(data):
        try:
            valid, bad_start, bad_end = data[start:].decode("utf-8"), len(data), len(data)
        except UnicodeDecodeError as error:
            bad_start, bad_end = start + error.start, start + error.end
            valid = data[start:bad_start].decode("utf-8")
        yield from ((character, len(character.encode("utf-8"))) for character in valid)
        if bad_end > bad_start:
            yield "\ufffd", bad_end - bad_start
        start = bad_end
