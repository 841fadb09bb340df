"""Short values that a schema asks for, made from the schema itself.

Invariant: an example is a proposal and never more; whoever uses one tries it first.
"""

import json
import re._constants as ops  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from decimal import Decimal
from math import ceil, floor
from typing import Any, Final

from core.inference.text.narrowing import mapped
from core.inference.text.schema import Schema

NOTHING: Final = object()
MAX_EXAMPLES: Final = 60
OF_FORMAT: Final = {
    "date": "2024-01-01",
    "time": "12:00:00Z",
    "date-time": "2024-01-01T12:00:00Z",
    "email": "a@b.de",
    "uri": "http://b.de",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "1.1.1.1",
    "ipv6": "::1",
    "hostname": "b.de",
    "duration": "P1D",
}
OF_TYPE: Final[dict[str, Any]] = {"null": None, "boolean": True}


def examples(schema: Schema) -> tuple[bytes, ...]:
    """JSON for the whole schema first, then for every schema within it, as far as one was found.

    Args:
        schema: as `read_schema` has read it.
    """
    found = [_example(schema, schema)]

    def add(part: Schema) -> Schema:
        if len(found) < MAX_EXAMPLES:
            found.append(_example(part, schema))
        return part

    mapped(schema, add)
    return tuple(dict.fromkeys(written(each) for each in found if each is not NOTHING))


def written(value: Any) -> bytes:
    """A value as JSON in the spacing that grammars are compiled with."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _example(part: Any, schema: Schema) -> Any:
    """A short value; NOTHING where none is found."""
    if not isinstance(part, dict):
        return NOTHING if part is False else 0
    if isinstance(part.get("$ref"), str):
        return _example(_target(part["$ref"], schema), schema)
    if "const" in part:
        return part["const"]
    for key in ("enum", "anyOf", "oneOf"):
        if isinstance(part.get(key), list):
            choices = part[key]
            made = choices if key == "enum" else [_example(each, schema) for each in choices]
            return min((each for each in made if each is not NOTHING), key=_length, default=NOTHING)
    kind = part.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    made = [_of_type(each, part, schema) for each in kinds]
    return min((each for each in made if each is not NOTHING), key=_length, default=NOTHING)


def _length(value: Any) -> int:
    return len(written(value))


def _of_type(kind: Any, part: Schema, schema: Schema) -> Any:
    if kind in OF_TYPE:
        return OF_TYPE[kind]
    if kind in ("integer", "number"):
        return _number(part, kind == "integer")
    if kind == "array" or (kind is None and ("items" in part or "prefixItems" in part)):
        return _array(part, schema)
    if kind == "object" or (kind is None and "properties" in part):
        return _object(part, schema)
    if kind == "string" or (kind is None and ("pattern" in part or "format" in part)):
        return _string(part)
    return 0 if kind is None and "allOf" not in part else NOTHING


def _object(part: Schema, schema: Schema) -> Any:
    asked, named = part.get("required", []), part.get("properties", {})
    made = {}
    for name in [*(name for name in named if name in asked), *asked]:
        made[name] = _example(named.get(name, part.get("additionalProperties", {})), schema)
    n_more = part.get("minProperties", 0) - len(made)
    for name in [*named, *"abcdefgh"]:
        if n_more > 0 and name not in made:
            made[name] = _example(named.get(name, part.get("additionalProperties", {})), schema)
            n_more -= 1
    made = {name: made[name] for name in [*named, *made] if name in made}
    return NOTHING if NOTHING in made.values() else made


def _array(part: Schema, schema: Schema) -> Any:
    first = part.get("prefixItems", [])
    n_items = part.get("minItems", 0)
    made = [
        _example(first[i] if i < len(first) else part.get("items", {}), schema)
        for i in range(n_items)
    ]
    return NOTHING if NOTHING in made else made


def _number(part: Schema, whole: bool) -> Any:
    """The first number at a bound, or 1."""
    step = Decimal(str(part.get("multipleOf", 1 if whole else 0)))
    low = max(_numbers(part, "minimum", "exclusiveMinimum"), default=None)
    high = min(_numbers(part, "maximum", "exclusiveMaximum"), default=None)
    value = step or Decimal(1)
    if low is not None:
        value = ceil(low / step) * step if step else low
        if value in _numbers(part, "exclusiveMinimum"):
            value = value + step if step else _between(low, high)
    elif high is not None:
        value = floor(high / step) * step if step else high
        if value in _numbers(part, "exclusiveMaximum"):
            value -= step or 1
    return int(value) if value == int(value) else float(value)


def _between(low: Decimal, high: Decimal | None) -> Decimal:
    return low + 1 if high is None or high > low + 1 else (low + high) / 2


def _numbers(part: Schema, *names: str) -> list[Decimal]:
    given = [part.get(name) for name in names]
    return [Decimal(str(each)) for each in given if isinstance(each, int | float)]


def _string(part: Schema) -> Any:
    if isinstance(part.get("pattern"), str):
        try:
            parsed = parser.parse(part["pattern"])
        except Exception:  # a pattern of another dialect: no proposal
            return NOTHING
        text = _matching(parsed)
    else:
        text = OF_FORMAT.get(part.get("format", ""), "")
    return (
        text + "a" * max(0, part.get("minLength", 0) - len(text)) if text is not None else NOTHING
    )


def _matching(parsed: Any) -> str:
    """The shortest text that an expression describes, as Python's parser has read it."""
    text = ""
    for op, about in parsed:
        if op is ops.LITERAL:
            text += chr(about)
        elif op is ops.SUBPATTERN:
            text += _matching(about[-1])
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            text += _matching(about[2]) * about[0]
        elif op is ops.BRANCH:
            text += min((_matching(each) for each in about[1]), key=len)
        elif op is ops.IN:
            text += _member(about)
        elif op is ops.ANY:
            text += "a"
        elif op is ops.NOT_LITERAL:
            text += "a" if about != ord("a") else "b"
    return text


def _member(about: Any) -> str:
    """A character of a class."""
    if about[0][0] is ops.NEGATE:
        return next((sign for sign in "a1 -_b" if not any(_has(each, sign) for each in about)), "a")
    op, what = about[0]
    if op is ops.LITERAL:
        return chr(what)
    if op is ops.RANGE:
        return chr(what[0])
    return next((sign for sign in "1a -" if _has(about[0], sign)), "a")


def _has(member: Any, sign: str) -> bool:
    op, what = member
    if op is ops.LITERAL:
        return bool(what == ord(sign))
    if op is ops.RANGE:
        return bool(what[0] <= ord(sign) <= what[1])
    if op is ops.CATEGORY:
        name = str(what)
        kind = {"DIGIT": sign.isdigit(), "SPACE": sign.isspace(), "WORD": sign.isalnum()}
        is_in = next((there for word, there in kind.items() if word in name), False)
        return is_in != ("NOT" in name)
    return False


def _target(reference: str, schema: Schema) -> Any:
    found: Any = schema
    for step in reference[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        found = found[int(name)] if isinstance(found, list) else found[name]
    return found
