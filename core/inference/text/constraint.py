"""Constrained decoding: at each step, only tokens that can still lead to JSON that fits a schema.

Invariant: a way out is known at all times, a list of tokens that closes the JSON within what is
left of `max_tokens`. So the text fits the schema whatever the model would rather say, even when it
runs out of tokens.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from llguidance import LLMatcher, LLParserLimits, LLTokenizer, TokenizerWrapper
from torch import Tensor

from core.data.text.bpe import FIRST_BYTE, SPECIALS, Encoder
from core.errors import (
    SchemaError,
    SchemaImpossible,
    SchemaNeedsTokens,
    SchemaOverlaps,
    SchemaUnsupported,
)
from core.inference.text.closing import allowed, way_out
from core.inference.text.examples import examples
from core.inference.text.narrowing import escapes, narrowed
from core.inference.text.schema import parts, read_schema

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions

SPACING: Final["JsonCompileOptions"] = {
    "whitespace_flexible": False,  # else a model could write spaces until it runs out of tokens
    "item_separator": ", ",
    "key_separator": ": ",
    "lenient": False,  # what cannot be enforced is refused, never ignored
    "json_allowed_escapes": '"\\',  # and what the schema itself demands, see `escapes`
}
LIMITS: Final = LLParserLimits(
    initial_lexer_fuel=500_000,  # about ten milliseconds to build
    step_lexer_fuel=100_000,  # about seven per step: no pattern can run for ever
    max_lexer_states=50_000,
    max_grammar_size=100_000,
    verbose_errors=False,
)
EXPONENT: Final = re.compile(rb"[0-9][eE][+-]?[0-9]?$")
BYTES: Final = Encoder(())  # a vocabulary of single bytes


class _Alphabet:
    """Our encoder in the form that llguidance expects."""

    bos_token_id = None
    special_token_ids: Final = list(range(len(SPECIALS)))

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.eos_token_id = encoder.end_id
        ids = range(len(SPECIALS), encoder.n_vocab)
        self.tokens = [s.encode() for s in SPECIALS] + [encoder.token_bytes(id) for id in ids]

    def __call__(self, text: bytes) -> list[int]:
        return self._encoder.encode(text.decode("utf-8", "replace"))


@lru_cache(maxsize=8)
def _tokenizer(encoder: Encoder) -> LLTokenizer:
    wrapped = TokenizerWrapper(_Alphabet(encoder))
    return LLTokenizer(wrapped, n_vocab=encoder.n_vocab, eos_token=encoder.end_id)


@lru_cache(maxsize=16)
def _digits_of(encoder: Encoder, single_too: bool) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """(V,) True where a token begins with a digit; single digits only if asked for."""
    found = np.zeros(encoder.n_vocab, dtype=bool)
    for token in range(len(SPECIALS), encoder.n_vocab):
        text = encoder.token_bytes(token)
        found[token] = text[:1].isdigit() and (single_too or len(text) > 1)
    return found


class Grammar:
    """A compiled schema, which many texts can be held to.

    Args:
        schema: JSON, as the user typed it.
        encoder: whose tokens are masked.

    Raises:
        SchemaError: it is not a schema, contradicts itself, or uses what we do not support.

    Source: Willard and Louf 2023, "Efficient Guided Generation for Large Language Models",
    arXiv:2307.09702, section 3; the masks are computed by llguidance.
    """

    def __init__(self, schema: str, encoder: Encoder) -> None:
        self.encoder = encoder
        read = read_schema(schema)
        compiled = narrowed(read)
        spacing: JsonCompileOptions = {**SPACING, "json_allowed_escapes": escapes(read)}
        try:
            grammar = LLMatcher.grammar_from_json_schema(json.dumps(compiled), overrides=spacing)
        except ValueError as error:
            raise _refused(str(error)) from error
        self._start = LLMatcher(_tokenizer(encoder), grammar, log_level=0, limits=LIMITS)
        if self._start.is_error():
            raise _refused(self._start.get_error())
        patterns = [part["pattern"] for part in parts(read) if isinstance(part.get("pattern"), str)]
        self._hints = bytes(sorted({*"".join(patterns).encode("utf-8", "replace")}))
        self._examples = examples(compiled)
        found = self.way_out(self._start, self._examples[0] if self._examples else b"")
        if found is None:
            raise _refused("no short JSON was found that fits")
        self.shortest: tuple[int, ...] = tuple(found)
        """a short JSON that fits, in tokens, the end token included"""

    def way_out(self, matcher: LLMatcher, known: bytes) -> list[int] | None:
        """Tokens that complete the JSON from here, the end token included; None: none found."""
        return way_out(matcher, self.encoder, known, self._examples, self._hints)

    def matcher(self) -> LLMatcher:
        """A matcher at the beginning of a text."""
        return self._start.deep_copy()

    def accepts(self, text: str) -> bool:
        """Whether a text, in exactly this spacing, fits the schema."""
        return _reads(self.matcher(), text)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern occurs in a text, in time linear in its length.

    Python's `re` tries one path after another and can take for ever; this one follows all paths
    at once (Thompson 1968, "Regular Expression Search Algorithm").

    Raises:
        SchemaUnsupported: the pattern needs more than that, or is too large.
    """
    return _reads(_pattern_reader(pattern).deep_copy(), json.dumps(text, ensure_ascii=False))


@lru_cache(maxsize=64)
def _pattern_reader(pattern: str) -> LLMatcher:
    schema = {"type": "string", "pattern": pattern}
    spacing: JsonCompileOptions = {**SPACING, "json_allowed_escapes": '"\\bfnrtu'}
    grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=spacing)
    reader = LLMatcher(_tokenizer(BYTES), grammar, log_level=0, limits=LIMITS)
    if reader.is_error():
        raise _refused(reader.get_error())
    return reader


def _reads(reader: LLMatcher, text: str) -> bool:
    tokens = [FIRST_BYTE + byte for byte in text.encode("utf-8", "replace")]
    return bool(reader.try_consume_tokens(tokens) == len(tokens) and reader.is_accepting())


@lru_cache(maxsize=32)
def grammar_of(schema: str, encoder: Encoder) -> Grammar:
    """The grammar of a schema, compiled once for all texts that are held to it."""
    return Grammar(schema, encoder)


class Constraint:
    """One text that is held to a schema while it is generated.

    Args:
        grammar: the schema.
        max_tokens: tokens the text may have, the end token included.
        stop: where one of these would appear, the JSON is closed instead.

    Raises:
        SchemaNeedsTokens: `max_tokens` is too few even for a short JSON that fits.
    """

    def __init__(self, grammar: Grammar, max_tokens: int, stop: Sequence[str] = ()) -> None:
        needed = len(grammar.shortest)
        if needed > max_tokens:
            message = f"{needed} tokens are needed, {max_tokens} are allowed"
            raise SchemaNeedsTokens(message, needed=needed, given=max_tokens)
        self._grammar, self._encoder = grammar, grammar.encoder
        self._matcher = grammar.matcher()
        self.n_left = max_tokens
        self.way_out = list(grammar.shortest)
        """tokens that close the JSON from here, the end token included"""
        self.hurried = False
        """whether a drawn token was discarded because the JSON would not have ended in time"""
        self._stop = [text.encode() for text in stop]
        self._stopped = False
        self._tail = b""  # the end of the text, as long as the longest stop text and an exponent
        self._n_tail = max(4, *map(len, self._stop), 4)

    def allowed(self, n_vocab: int) -> Tensor:
        """(V,) True where a token can still lead to JSON that fits.

        The end token is allowed exactly where the JSON is complete; other specials never are.
        """
        mask = torch.zeros(n_vocab, dtype=torch.bool)
        open_ = allowed(self._matcher, self._encoder)  # (V of the encoder,)
        if EXPONENT.search(self._tail):  # 1e999 would be infinite to whoever reads it
            bounded = open_ & ~_digits_of(self._encoder, self._tail[-1:].isdigit())
            open_ = bounded if bounded.any() else open_
        mask[: len(open_)] = torch.from_numpy(open_)
        if not mask.any():  # a pattern has used up its fuel: take the known way out
            mask[self.way_out[0]] = True
        return mask

    def take(self, token: int) -> int:
        """Accept a token, unless it completes a stop text or leaves too few tokens to finish.

        Args:
            token: the one that was drawn.

        Returns:
            the token to append: the one given, or the first of the way out.
        """
        self._stopped = self._stopped or self._stops(token)
        after = None if self._stopped else self._after(token)
        if after is None:
            self.hurried = self.hurried or not self._stopped
            token = self.way_out[0]
            after = (self._read(token), self.way_out[1:])
        self._matcher, self.way_out = after
        self.n_left -= 1
        self._tail = self._text_after(token)[-self._n_tail :]
        return token

    def _stops(self, token: int) -> bool:
        """Whether this token completes a stop text."""
        return any(stop in self._text_after(token) for stop in self._stop)

    def _text_after(self, token: int) -> bytes:
        """The end of the text once a token is appended."""
        ends = token == self._encoder.end_id
        return self._tail if ends else self._tail + self._encoder.token_bytes(token)

    def _after(self, token: int) -> tuple[LLMatcher, list[int]] | None:
        """The matcher and the way out after a token, if there is still room for it."""
        matcher = self._read(token)
        if token == self.way_out[0]:
            return matcher, self.way_out[1:]
        if matcher.is_error():
            return None
        known = b"".join(map(self._encoder.token_bytes, self.way_out[:-1]))
        found = self._grammar.way_out(matcher, known)
        return None if found is None or len(found) >= self.n_left else (matcher, found)

    def _read(self, token: int) -> LLMatcher:
        matcher = self._matcher.deep_copy()
        if token != self._encoder.end_id:
            matcher.consume_token(token)
        return matcher


def _refused(message: str) -> SchemaError:
    """Our error for what llguidance says about a schema."""
    reason = message.strip().splitlines()[-1][:200] if message else "unknown"
    if "nsatisfiable" in message:
        return SchemaImpossible(reason, reason=reason.removeprefix("Unsatisfiable schema: "))
    if "coerce_one_of" in message:
        return SchemaOverlaps("two options of a oneOf may both fit")
    unknown = re.search(r"Unimplemented keys: \[(.*)\]", message)
    if unknown is not None:
        what = unknown[1].replace('"', "")
        return SchemaUnsupported(f"{what} is not supported", what=what)
    return SchemaUnsupported(reason, what=reason)
