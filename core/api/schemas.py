"""A schema in a request: where it stands, whether it can be used, and what is said where it cannot.

Invariant: a schema that passed here can be held to within the tokens asked for; nothing is written
before that is known.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Final

from core.api.errors import ApiError
from core.api.requests import ChatRequest, ObjectFormat, SchemaFormat, WritingRequest
from core.api.writing import Piece
from core.data.text.bpe import Encoder
from core.errors import (
    EmptyInput,
    GlassboxError,
    SchemaImpossible,
    SchemaNeedsTokens,
    SchemaNotJson,
    SchemaOverlaps,
    SchemaTooLarge,
    SchemaUnsupported,
)
from core.inference.sampling import SamplingSettings
from core.inference.text.constraint import Constraint, grammar_of
from core.inference.text.schema import too_large
from core.postprocessing.form.formatting import read_json

ANY_OBJECT: Final = '{"type": "object"}'


@dataclass(frozen=True)
class Asked:
    """The schema that a request asks for.

    Args:
        schema: JSON.
        param: the path to it in the request.
    """

    schema: str
    param: str


def asked_schema(body: WritingRequest) -> Asked | None:
    """The schema of a request; None where the answer may be any text.

    Raises:
        ApiError: there are two, or one that cannot even be written down.
    """
    form, field = body.response_format, body.glassbox.held_to if body.glassbox else None
    held = isinstance(form, ObjectFormat | SchemaFormat)
    if held and field is not None:
        message = "Both response_format and glassbox.schema say what JSON to write; give one."
        raise ApiError(400, message, "invalid_value", "glassbox.schema")
    if field is not None:
        return Asked(_text(field, "glassbox.schema"), "glassbox.schema")
    if isinstance(form, SchemaFormat):
        param = "response_format.json_schema.schema"
        return Asked(_text(form.json_schema.held_to, param), param)
    return Asked(ANY_OBJECT, "response_format") if held else None


def held(
    settings: SamplingSettings, asked: Asked | None, body: WritingRequest, encoder: Encoder
) -> SamplingSettings:
    """The settings of a text that is held to what was asked.

    Raises:
        ApiError: the schema cannot be used, or has no room in `max_tokens`.
    """
    if asked is None:
        return settings
    try:
        grammar = grammar_of(asked.schema, encoder)
        Constraint(grammar, settings.max_tokens)
        shortest = encoder.decode(grammar.shortest)
        if not read_json(shortest, asked.schema, repair=False).is_valid:
            raise SchemaUnsupported("what is written would not fit it", what="a part of it")
    except SchemaNeedsTokens as error:
        raise _refused(error, _tokens_field(body)) from None
    except GlassboxError as error:
        raise _refused(error, asked.param) from None
    return replace(settings, constraint=asked.schema)


def fit(text: str, schema: str) -> dict[str, Any]:
    """Whether a text that was held to a schema still fits it once the stages are through with it.

    Args:
        text: what leaves.
        schema: JSON that `held` has let through.

    Returns:
        "valid"; if not, the character at which reading ended, or what does not fit and where.
    """
    read = read_json(text, schema, repair=False)
    found = [{"path": p.path, "rule": p.rule, "named": p.named} for p in read.problems]
    return {"valid": read.is_valid, "broken_at": read.broken_at, "problems": found}


async def fitting(written: AsyncIterator[Piece], schema: str | None) -> AsyncGenerator[Piece]:
    """The pieces of a text; its last one only if the whole fits the schema.

    Args:
        written: the pieces as they come.
        schema: JSON; None: any text will do.

    Raises:
        ApiError: the whole does not fit.
    """
    text = ""
    async for piece in written:
        text += piece.text
        if piece.finish and schema is not None and not fit(text, schema)["valid"]:
            message = "The JSON that was generated does not fit the schema."
            raise ApiError(500, message, "schema_not_met")
        yield piece


def _text(schema: dict[str, Any] | str, param: str) -> str:
    if isinstance(schema, str):
        return schema
    try:
        return json.dumps(schema, ensure_ascii=False)
    except RecursionError:
        raise _refused(too_large(), param) from None


def _tokens_field(body: WritingRequest) -> str:
    if isinstance(body, ChatRequest) and body.max_completion_tokens is not None:
        return "max_completion_tokens"
    return "max_tokens"


def _refused(error: GlassboxError, param: str) -> ApiError:
    """What is wrong with a schema, in a sentence."""
    said = error.values
    what = f" ({said['what']})" if said.get("what", str(error)) != str(error) else ""
    match error:
        case SchemaNeedsTokens():
            message = "max_tokens is {given}, but even a short JSON that fits takes {needed}."
        case SchemaNotJson():
            message = "The schema is not JSON: line {line}, column {column}."
        case SchemaImpossible():
            message = "The schema contradicts itself, nothing could ever fit it: {reason}."
        case SchemaOverlaps():
            message = (
                "Some values match two options of a oneOf at once; use anyOf, or make the options"
                " exclude each other."
            )
        case SchemaTooLarge():
            message = (
                "The schema is too large: at most {characters} characters, {levels} levels and,"
                " with all references written out, {parts} parts."
            )
        case EmptyInput():
            message = "The schema is empty."
        case _:
            return ApiError(400, f"The schema cannot be used: {error}{what}.", error.key, param)
    return ApiError(400, message.format_map(said), error.key, param)
