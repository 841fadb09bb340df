"""Schemas of the kinds that public test suites hold, by name: what a client may well send.

Written out by hand where a kind is one of its own, built where one varies in size or bounds.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, HttpUrl, PositiveInt

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
NULL: Schema = {"type": "null"}


def obj(optional: dict[str, Schema] | None = None, closed: bool = True, **fields: Schema) -> Schema:
    """An object with these fields required, and more of them optional."""
    made: Schema = {"type": "object", "properties": {**fields, **(optional or {})}}
    made["required"] = list(fields)
    if closed:
        made["additionalProperties"] = False
    return made


def array(items: Any, **bounds: int) -> Schema:
    return {"type": "array", "items": items, **bounds}


SIMPLE: dict[str, Schema] = {
    "text": TEXT,
    "whole": WHOLE,
    "number": NUMBER,
    "truth": TRUTH,
    "null": NULL,
    "any": {},
    "object": {"type": "object"},
    "array": {"type": "array"},
    "nullable text": {"type": ["string", "null"]},
    "three types": {"type": ["integer", "string", "boolean"]},
    "positive": {"type": "integer", "exclusiveMinimum": 0},
    "age": {"type": "integer", "minimum": 0, "maximum": 120},
    "below zero": {"type": "integer", "maximum": -5},
    "around zero": {"type": "integer", "minimum": -12, "maximum": 7},
    "large": {"type": "integer", "minimum": 1_000_000, "maximum": 1_999_999},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "open share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "price": {"type": "number", "minimum": 0, "multipleOf": 0.01},
    "half": {"type": "number", "multipleOf": 0.5},
    "dozens": {"type": "integer", "multipleOf": 12, "minimum": 12, "maximum": 144},
    "sevens": {"type": "integer", "multipleOf": 7, "minimum": 100},
    "latitude": {"type": "number", "minimum": -90, "maximum": 90},
    "short": {"type": "string", "maxLength": 5},
    "long": {"type": "string", "minLength": 20},
    "exactly three": {"type": "string", "minLength": 3, "maxLength": 3},
    "code": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "unanchored": {"type": "string", "pattern": "abc"},
    "begins": {"type": "string", "pattern": "^abc"},
    "ends": {"type": "string", "pattern": "abc$"},
    "digits": {"type": "string", "pattern": r"^\d{5}$"},
    "telephone": {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"},
    "alternatives": {"type": "string", "pattern": "^(red|green|blue)$"},
    "repeated": {"type": "string", "pattern": "^(ab)*c$"},
    "colour": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
    "slug": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+(-[a-z]+)?$"},
    "words": {"type": "string", "pattern": r"^\w+ \w+$"},
    "not quoted": {"type": "string", "pattern": '^[^"]+$'},
    "umlauts": {"type": "string", "pattern": "^[äöüß]{2,4}$"},
    "clock": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "dotted": {"type": "string", "pattern": r"^.{2,5}\.$"},
    "lazy": {"type": "string", "pattern": "^a+?b$"},
    "optional end": {"type": "string", "pattern": "^x(yz)?$"},
    "group": {"type": "string", "pattern": "^(?:ab|cd){2}$"},
    "pattern and length": {"type": "string", "pattern": "^a*$", "minLength": 3, "maxLength": 6},
    "plate": {"type": "string", "pattern": "^[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} [1-9][0-9]{0,3}$"},
    "iban": {"type": "string", "pattern": "^DE[0-9]{20}$"},
    "isbn": {"type": "string", "pattern": "^97[89]-[0-9]{10}$"},
    "decimal text": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,2})?$"},
    "enum": {"enum": ["red", "green", "blue"]},
    "mixed enum": {"enum": [1, "one", None, True, 1.5]},
    "enum of one": {"enum": ["only"]},
    "enum with the same beginning": {"enum": ["a", "ab", "abc", "b"]},
    "enum of objects": {"enum": [{"a": 1}, {"a": 2, "b": [3]}]},
    "enum of unicode": {"enum": ["Bäckerei", "Straße", "日本", "🌳"]},
    "enum with quotes": {"enum": ['say "so"', "back\\slash", "tab\there"]},
    "typed enum": {"type": "string", "enum": ["Mo", "Di", "Mi"]},
    "const text": {"const": "yes"},
    "const number": {"const": 42},
    "const null": {"const": None},
    "const line break": {"const": "a\nb"},
    "const control": {"const": "a\x01b\r"},
    "const object": {"const": {"b": 1, "a": [1, "x", None]}},
    "const empty": {"const": ""},
    "const unicode": {"const": "naïve – „ja“"},
    "line break in a pattern": {"type": "string", "pattern": "^a\\nb$"},
    "true or false": {"anyOf": [{"const": True}, {"const": False}]},
    "annotated": {"type": "string", "title": "T", "description": "d", "default": "x"},
    "examples": {"type": "integer", "examples": [1, 2], "$comment": "c", "deprecated": True},
    "format and length": {"type": "string", "format": "email", "maxLength": 12},
    "format and pattern": {"type": "string", "format": "date", "pattern": "^2"},
}

FORMATS = (
    *("date", "date-time", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname", "duration"),
    *("password", "binary", "uuid4"),
)

UNIONS: dict[str, Schema] = {
    "anyOf types": {"anyOf": [TEXT, WHOLE, NULL]},
    "anyOf overlapping": {"anyOf": [WHOLE, NUMBER]},
    "anyOf objects": {"anyOf": [obj(a=TEXT), obj(b=WHOLE)]},
    "anyOf formats": {"anyOf": [{**TEXT, "format": "email"}, {**TEXT, "format": "uri"}]},
    "anyOf arrays": {"anyOf": [array(TEXT, minItems=1), array(WHOLE, minItems=2)]},
    "oneOf types": {"oneOf": [TEXT, WHOLE]},
    "oneOf consts": {"oneOf": [{"const": "a"}, {"const": "b"}, {"const": 3}]},
    "oneOf kinds": {
        "oneOf": [
            obj(kind={"const": "cat"}, lives={"type": "integer", "minimum": 1, "maximum": 9}),
            obj(kind={"const": "dog"}, name=TEXT),
        ]
    },
    "oneOf lengths": {"oneOf": [{**TEXT, "maxLength": 2}, {**TEXT, "minLength": 5}]},
    "oneOf ranges": {"oneOf": [{**WHOLE, "maximum": 0}, {**WHOLE, "minimum": 10}]},
    "oneOf overlapping": {"oneOf": [WHOLE, NUMBER]},
    "allOf lengths": {"allOf": [{**TEXT, "minLength": 2}, {**TEXT, "maxLength": 4}]},
    "allOf ranges": {"allOf": [{**WHOLE, "minimum": 3}, {"maximum": 9}]},
    "allOf objects": {"allOf": [obj(closed=False, a=TEXT), obj(closed=False, b=WHOLE)]},
    "allOf of a reference": {
        "$defs": {"base": obj(closed=False, id=WHOLE)},
        "allOf": [{"$ref": "#/$defs/base"}, obj(closed=False, name=TEXT)],
    },
    "anyOf beside a type": {"type": "string", "anyOf": [{"minLength": 3}, {"const": ""}]},
    "nested": {"anyOf": [{"anyOf": [WHOLE, NULL]}, array({"anyOf": [TEXT, TRUTH]})]},
}

REFERENCES: dict[str, Schema] = {
    "defs": {
        "$defs": {"day": {"enum": ["Mo", "Di"]}},
        **obj(**{"from": {"$ref": "#/$defs/day"}, "to": {"$ref": "#/$defs/day"}}),
    },
    "definitions": {
        "definitions": {"n": {**WHOLE, "minimum": 1}},
        **array({"$ref": "#/definitions/n"}, minItems=2, maxItems=3),
    },
    "chain": {
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/c"}, "c": obj(x=TRUTH)},
        "$ref": "#/$defs/a",
    },
    "into properties": obj(a={**WHOLE, "minimum": 5}, b={"$ref": "#/properties/a"}),
    "escaped name": {"$defs": {"a/b": TEXT, "c~d": WHOLE}, "anyOf": [{"$ref": "#/$defs/a~1b"}]},
    "nested defs": {
        "$defs": {
            "street": obj(name=TEXT, number={**WHOLE, "minimum": 1}),
            "home": obj(street={"$ref": "#/$defs/street"}, code={**TEXT, "pattern": "^[0-9]{5}$"}),
        },
        **obj(name=TEXT, home={"$ref": "#/$defs/home"}),
    },
}

OBJECTS: dict[str, Schema] = {
    "integer first": obj(age=WHOLE, name=TEXT),
    "empty": obj(),
    "all optional": obj({"a": TEXT, "b": WHOLE, "c": TRUTH}),
    "open": obj(closed=False, a=TEXT),
    "map of numbers": {"type": "object", "additionalProperties": WHOLE},
    "map of at least one": {"type": "object", "additionalProperties": WHOLE, "minProperties": 1},
    "map of at most two": {"type": "object", "additionalProperties": TEXT, "maxProperties": 2},
    "required but not described": {"type": "object", "required": ["x"]},
    "unicode keys": obj(Größe=WHOLE, straße=TEXT, 日本=TRUTH),
    "awkward keys": obj(**{"a b": WHOLE, 'quo"te': TEXT, "back\\slash": NULL, "": TRUTH}),
    "key with a line break": obj(**{"a\nb": WHOLE}),
    "keys with the same beginning": obj({"name": TEXT, "nam": WHOLE, "names": TRUTH}),
    "without type": {"properties": {"a": WHOLE}, "required": ["a"], "type": "object"},
    "property that is any": obj(a={}, b={}),
    "property that is true": {"type": "object", "properties": {"a": True}, "required": ["a"]},
    "five deep": obj(a=obj(b=obj(c=obj(d=obj(e=WHOLE))))),
    "optional object": obj({"more": obj(x=WHOLE, y=NUMBER)}, id=WHOLE),
    "order": obj(
        items=array(obj(sku=TEXT, n={**WHOLE, "minimum": 1}), minItems=1),
        total={**NUMBER, "minimum": 0},
        paid=TRUTH,
    ),
    "tool call": obj(
        name={"enum": ["weather", "search"]},
        arguments=obj({"unit": {"enum": ["C", "F"]}}, place=TEXT),
    ),
    "point": obj(type={"const": "Point"}, at=array(NUMBER, minItems=2, maxItems=2)),
}

ARRAYS: dict[str, Schema] = {
    "pair": {"type": "array", "prefixItems": [TEXT, WHOLE], "items": False, "minItems": 2},
    "tuple and more": {"type": "array", "prefixItems": [TEXT], "items": WHOLE, "minItems": 1},
    "nothing but empty": {"type": "array", "maxItems": 0},
    "optional tuple": {"type": "array", "prefixItems": [TRUTH, NULL], "items": False},
    "matrix": array(array(NUMBER, minItems=2, maxItems=2), minItems=2, maxItems=2),
    "set": array(TEXT, uniqueItems=True),
    "set of two": array(TEXT, uniqueItems=True, minItems=2),
    "of objects": array(obj(a=WHOLE), minItems=1, maxItems=3),
    "of enums": array({"enum": ["a", "b"]}, minItems=3, maxItems=5),
    "of unions": array({"anyOf": [TEXT, NULL]}, minItems=2),
}

UNUSUAL: dict[str, Schema] = {
    "not": {"not": TEXT},
    "if": {"if": TEXT, "then": {"minLength": 3}},
    "contains": {"type": "array", "contains": WHOLE},
    "property names": {"type": "object", "propertyNames": {"pattern": "^a"}},
    "dependent": {"type": "object", "dependentRequired": {"a": ["b"]}},
    "pattern properties": {"type": "object", "patternProperties": {"^a": WHOLE}},
    "looking ahead": {"type": "string", "pattern": "^(?=.*x)[a-z]+$"},
    "of itself": {"$defs": {"n": obj({"next": {"$ref": "#/$defs/n"}})}, "$ref": "#/$defs/n"},
}


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Address(BaseModel):
    street: str
    number: PositiveInt
    code: str = Field(pattern=r"^\d{5}$")


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(ge=1, le=9)


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class Person(BaseModel):
    age: PositiveInt
    name: str
    born: date | None = None


class Event(BaseModel):
    id: UUID
    at: datetime
    until: time
    lasts: timedelta
    day: date


class Contact(BaseModel):
    mail: Annotated[str, Field(json_schema_extra={"format": "email"})]
    site: HttpUrl


class Invoice(BaseModel):
    total: Decimal
    lines: list[tuple[str, int]] = Field(min_length=1)
    tags: set[str] = set()
    rates: dict[str, float] = {}


class Household(BaseModel):
    address: Address
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]]
    colour: Colour
    notes: str | None


PYDANTIC = (Address, Cat, Dog, Person, Event, Contact, Invoice, Household)


def corpus() -> Iterator[tuple[str, Schema]]:
    """Every schema with its name."""
    formats = {f"format {name}": {"type": "string", "format": name} for name in FORMATS}
    for kind, schemas in (
        ("simple", {**SIMPLE, **formats}),
        ("union", UNIONS),
        ("reference", REFERENCES),
        ("object", OBJECTS),
        ("array", ARRAYS),
        ("unusual", UNUSUAL),
        ("pydantic", {each.__name__: each.model_json_schema() for each in PYDANTIC}),
    ):
        for name, schema in schemas.items():
            yield f"{kind}: {name}", schema
    for name, schema in {**SIMPLE, **formats}.items():
        first = {"first": schema, "then": TEXT}
        yield f"field before another: {name}", obj(**first)
        yield f"optional field: {name}", obj({"maybe": schema}, id=WHOLE)
        yield f"two items: {name}", array(schema, minItems=2, maxItems=4)
    for name, schema in {**UNIONS, **ARRAYS}.items():
        if "oneOf" not in name and name != "set of two" and "$defs" not in schema:
            yield f"field of its own: {name}", obj(value=schema, ok=TRUTH)
    for low, high in ((0, 0), (1, 1), (0, 9), (5, 14), (-3, 3), (99, 101), (-200, -150)):
        yield f"range {low} to {high}", {"type": "integer", "minimum": low, "maximum": high}
        yield f"numbers {low} to {high}", {"type": "number", "minimum": low, "maximum": high}
        yield (
            f"between {low} and {high}",
            obj(n={**NUMBER, "minimum": low, "maximum": high}, b=NULL),
        )
    for n in (1, 2, 5, 8):
        yield f"{n} items", array(WHOLE, minItems=n, maxItems=n)
        yield f"{n} letters", {"type": "string", "minLength": n, "maxLength": n}
        yield f"{n} fields", obj(**{f"field_{i}": (WHOLE, TEXT, TRUTH)[i % 3] for i in range(n)})
        yield f"{n} levels", nested(n)


def nested(n: int) -> Schema:
    """Objects within lists within objects."""
    return TEXT if n == 0 else obj(inner=array(nested(n - 1), minItems=1, maxItems=2))
