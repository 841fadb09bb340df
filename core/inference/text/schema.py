"""A JSON schema as a user typed it: parsed, held to limits, and never followed off this machine.

Invariant: an accepted schema is small even with all references expanded, refers to nothing but
itself, and is not recursive. Whether anything can fit it at all is for `constraint.Grammar` to see.

Source: JSON Schema, draft 2020-12, https://json-schema.org/specification.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from core.errors import (
    EmptyInput,
    SchemaImpossible,
    SchemaNotJson,
    SchemaTooLarge,
    SchemaUnsupported,
)

MAX_CHARACTERS: Final = 20_000
MAX_LEVELS: Final = 24  # of brackets within brackets
MAX_PARTS: Final = 2_000  # objects and lists, with every reference expanded
MAX_COUNT: Final = 1_000  # of items or characters a schema may demand
MAX_PATTERN: Final = 400  # characters of a pattern

COUNTS: Final = (
    *("minLength", "maxLength", "minItems", "maxItems"),
    *("minProperties", "maxProperties", "minContains", "maxContains"),
)
FOREIGN: Final = ("$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor")
"""Keywords that change what a reference means; a one-page schema needs none of them."""

Schema = dict[str, Any]


def read_schema(text: str) -> Schema:
    """Parse a schema and hold it to the limits of this module.

    Args:
        text: JSON, as the user typed it.

    Raises:
        EmptyInput: the text is blank.
        SchemaNotJson: it is not JSON; the error names line and column.
        SchemaTooLarge: it is too long, too deep or expands too far.
        SchemaUnsupported: it is not a schema, or refers to itself or to another document.
        SchemaImpossible: a reference leads nowhere.
    """
    if not text.strip():
        raise EmptyInput("there is no schema")
    if len(text) > MAX_CHARACTERS:
        raise too_large()
    if _depth(text) > MAX_LEVELS:
        raise too_large()
    try:
        schema = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise SchemaNotJson(str(error), line=error.lineno, column=error.colno) from error
    except ValueError as error:  # a number with thousands of digits
        raise SchemaUnsupported(str(error), what=str(error)) from error
    if not isinstance(schema, dict):
        raise SchemaUnsupported("a schema is an object", what=json.dumps(schema)[:40])
    if "x-guidance" in schema:  # would change the spacing of the JSON and what is ignored
        raise SchemaUnsupported("x-guidance is not supported", what="x-guidance")
    for part in parts(schema):
        _check(part)
    _unfolded(schema, schema, frozenset())
    return schema


def too_large() -> SchemaTooLarge:
    """The error for anything that is too large."""
    limits = {"characters": MAX_CHARACTERS, "levels": MAX_LEVELS, "parts": MAX_PARTS}
    return SchemaTooLarge(f"a schema is limited to {limits}", **limits)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a piece of JSON, the outermost first."""
    if isinstance(value, dict):
        yield value
    for inner in _inside(value):
        yield from parts(inner)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _no_number(name: str) -> float:
    raise SchemaUnsupported(f"{name} is no JSON", what=name)


def _depth(text: str) -> int:
    """Nesting of brackets, counted before parsing; brackets in strings can only raise it."""
    depth = deepest = 0
    for sign in text:
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _check(part: dict[str, Any]) -> None:
    """Refuse an object of a schema that uses something we do not support."""
    for key in FOREIGN:
        if isinstance(part.get(key), str):
            raise SchemaUnsupported(f"{key} is not supported", what=key)
    reference = part.get("$ref")
    if isinstance(reference, str) and reference != "#" and not reference.startswith("#/"):
        what = f'"$ref": "{reference[:80]}"'
        raise SchemaUnsupported("nothing is fetched from elsewhere", what=what)
    for key in COUNTS:
        count = part.get(key)
        if isinstance(count, int | float) and count > MAX_COUNT and key.startswith("min"):
            raise SchemaUnsupported(f"{key} is above {MAX_COUNT}", what=f'"{key}": {count}')
    if isinstance(part.get("patternProperties"), dict):
        raise SchemaUnsupported("patternProperties is not supported", what="patternProperties")
    pattern = part.get("pattern")
    if isinstance(pattern, str) and len(pattern) > MAX_PATTERN:
        raise too_large()


def _unfolded(value: Any, schema: Schema, within: frozenset[str]) -> int:
    """Number of parts in a piece of a schema with all references expanded; at most MAX_PARTS.

    Args:
        value: the piece.
        schema: the whole schema, in which references are looked up.
        within: the references being expanded around this piece.
    """
    n = 1
    reference = value.get("$ref") if isinstance(value, dict) else None
    if isinstance(reference, str):
        if reference in within:
            raise SchemaUnsupported("it contains itself", what=f'"$ref": "{reference[:80]}"')
        n += _unfolded(_target(reference, schema), schema, within | {reference})
    for inner in _inside(value):
        if isinstance(inner, dict | list):
            n += _unfolded(inner, schema, within)
        if n > MAX_PARTS:
            raise too_large()
    return n


def _target(reference: str, schema: Schema) -> Any:
    """What a reference such as "#/$defs/day" points to."""
    found: Any = schema
    for step in reference[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            what = f'"$ref": "{reference[:80]}"'
            raise SchemaImpossible(f"{what} leads nowhere", reason=f"{what} leads nowhere")
    return found
