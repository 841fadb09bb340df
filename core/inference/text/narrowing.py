"""What is compiled of a schema: the same demands, put so that what comes out can be read.

Invariant: whatever fits the narrowed schema fits the schema it was made from, never the other way
round: a date has a year a calendar knows, a set has at most one item.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from core.inference.text.schema import COUNTS, MAX_COUNT, Schema

_DAY: Final = (
    "((19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|(19(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))-02-29)"
)
_CLOCK: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_ZONE: Final = "(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
_HOST: Final = r"[a-z0-9]{1,20}(-[a-z0-9]{1,20})?(\.[a-z0-9]{1,20}){0,2}\.[a-z]{2,8}"
FORMATS: Final = {
    "date": f"^{_DAY}$",
    "time": f"^{_CLOCK}{_ZONE}$",
    "date-time": f"^{_DAY}T{_CLOCK}{_ZONE}$",
    "email": rf"^[a-z0-9]{{1,20}}([._-][a-z0-9]{{1,20}}){{0,2}}@{_HOST}$",
    "uri": rf"^https?://{_HOST}(/[a-z0-9._-]{{0,40}}){{0,4}}$",
}
"""Formats that are held to more than their standard demands: a pattern for each."""
AS_THEY_ARE: Final = ("uuid", "ipv4", "ipv6", "hostname", "duration")
"""Formats whose every value a program can read."""
LOOKS_AROUND: Final = re.compile(r"\(\?(?:[=!]|<[=!])")

IN_MAPS: Final = ("properties", "$defs", "definitions")
IN_LISTS: Final = ("prefixItems", "anyOf", "oneOf", "allOf")
ALONE: Final = ("items", "additionalProperties", "not", "contains", "if", "then", "else")


def mapped(schema: Any, change: Callable[[Schema], Schema]) -> Any:
    """A schema with a change made to every schema in it, the innermost first."""
    if not isinstance(schema, dict):
        return schema
    made = dict(schema)
    for key, value in schema.items():
        if key in IN_MAPS and isinstance(value, dict):
            made[key] = {name: mapped(inner, change) for name, inner in value.items()}
        elif key in IN_LISTS and isinstance(value, list):
            made[key] = [mapped(inner, change) for inner in value]
        elif key in ALONE:
            made[key] = mapped(value, change)
    return change(made)


def narrowed(schema: Schema) -> Schema:
    """The schema to compile.

    Args:
        schema: as `read_schema` has read it; it is not changed.
    """
    made: Schema = mapped(schema, _narrowed)
    return made


def _narrowed(part: Schema) -> Schema:
    part = dict(part)
    form = part.get("format")
    if isinstance(form, str):
        if form in FORMATS and "pattern" not in part:
            part["pattern"] = FORMATS[form]
            del part["format"]
        elif form not in (*FORMATS, *AS_THEY_ARE):  # an annotation such as "password"
            del part["format"]
    for key in COUNTS:
        if isinstance(part.get(key), int) and part[key] > MAX_COUNT:
            part[key] = MAX_COUNT
    if part.get("uniqueItems") is True and part.get("minItems", 0) in (0, 1):
        part["maxItems"] = min(1, part.get("maxItems", 1))
        del part["uniqueItems"]
    elif part.get("uniqueItems") is False:
        del part["uniqueItems"]
    if isinstance(part.get("anyOf"), list):
        part["anyOf"] = [each for each in part["anyOf"] if not _looks_around(each)] or part["anyOf"]
    return part


def _looks_around(part: Any) -> bool:
    """Whether a pattern needs more than one pass, as pydantic's for decimal numbers does."""
    pattern = part.get("pattern") if isinstance(part, dict) else None
    return isinstance(pattern, str) and LOOKS_AROUND.search(pattern) is not None


def escapes(schema: Schema) -> str:
    """The letters that may follow a backslash in the JSON.

    Only those that the schema itself demands besides the quotation mark and the backslash: any
    filter shall read a string as it stands.
    """
    demanded: set[str] = set()

    def look(part: Schema) -> Schema:
        named = [
            part.get("const"),
            part.get("enum"),
            part.get("required"),
            list(part.get("properties", ())),
        ]
        text = json.dumps(named, ensure_ascii=False)
        demanded.update(re.findall(r"\\(?:\\|(.))", text))
        demanded.update(re.findall(r"\\(?:\\|([nrt]))", str(part.get("pattern", ""))))
        return part

    mapped(schema, look)
    return '"\\' + "".join(sorted(demanded & set("bfnrtu")))
