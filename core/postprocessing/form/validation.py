"""Does a value fit a schema, and if not, where and by which rule?

Invariant: nothing is fetched, and no pattern is tried that could run for ever.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError as Malformed
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

from core.errors import SchemaUnsupported
from core.inference.text.constraint import matches
from core.inference.text.schema import Schema, read_schema

MAX_PROBLEMS: Final = 20  # a reader who has fixed so many asks again
SHOWN: Final = 160  # characters of a message


@dataclass(frozen=True)
class Problem:
    """One thing that does not fit.

    Args:
        path: where, such as "days[0]"; empty for the whole.
        rule: the schema's keyword that it breaks, such as "required".
        message: in English, for logs and the curious.
        named: what the rule names: the missing key, the type, the allowed values.
    """

    path: str
    rule: str
    message: str
    named: str = ""


def _pattern(
    validator: Any, pattern: str, value: object, schema: Schema
) -> Iterator[ValidationError]:
    """The keyword "pattern", by a reader that cannot run for ever."""
    if isinstance(value, str) and not matches(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _multiple(
    validator: Any, step: object, value: object, schema: Schema
) -> Iterator[ValidationError]:
    """The keyword "multipleOf" in decimals: in binary, 0.07 is no multiple of 0.01."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        left = Fraction(str(value)) % Fraction(str(step))
        if left:
            yield ValidationError(f"{value!r} is not a multiple of {step!r}")


def _address(text: str) -> str | None:
    """The text, if it is an absolute address."""
    return text if urlsplit(text).scheme and not re.search(r"\s", text) else None


def _is(value: object, read: Callable[[str], object]) -> bool:
    """Whether a value, if it is a string, can be read so; `read` raises ValueError if not."""
    return not isinstance(value, str) or read(value) is not None


_Validator = extend(Draft202012Validator, {"pattern": _pattern, "multipleOf": _multiple})
_FORMATS: Final = FormatChecker(("date", "email", "ipv4", "ipv6", "uuid", "idn-email", "regex"))
for _name, _read in (
    ("date-time", datetime.fromisoformat),
    ("time", time.fromisoformat),
    ("uri", _address),
):
    _FORMATS.checks(_name, raises=(ValueError,))(partial(_is, read=_read))


def problems(value: Any, schema: str) -> list[Problem]:
    """Everything about a value that does not fit; empty if it does.

    Args:
        value: what JSON can hold.
        schema: JSON, as somebody typed it.

    Raises:
        SchemaError: the schema cannot be used.
    """
    read = read_schema(schema)
    try:
        _Validator.check_schema(read)
    except Malformed as error:
        raise SchemaUnsupported(error.message, what=error.message[:SHOWN]) from error
    validator = _Validator(read, registry=Registry(), format_checker=_FORMATS)
    found = []
    for broken in validator.iter_errors(value):
        found.append(_problem(broken))
        if len(found) == MAX_PROBLEMS:
            break
    return found


def _problem(error: ValidationError) -> Problem:
    path = ""
    for step in error.absolute_path:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    rule, expected = str(error.validator), error.validator_value
    named = "" if isinstance(expected, dict | bool) else str(expected)
    if rule == "required" and isinstance(error.instance, dict) and isinstance(expected, list):
        named = next((key for key in expected if f"'{key}'" in error.message), "")
    if rule == "enum" and isinstance(expected, list):
        named = ", ".join(map(str, expected))
    return Problem(path, rule, error.message[:SHOWN], named[:SHOWN])
