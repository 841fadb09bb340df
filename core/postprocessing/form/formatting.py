"""The form of an answer: plain text, well-formed Markdown, or JSON that fits a schema.

Invariant: what a stage changed is told place by place, and what it could not repair is told too; an
answer that is not valid never passes for one that is.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import isinf
from typing import Any, ClassVar, Final

from core.errors import SettingError
from core.inference.text.schema import read_schema
from core.postprocessing.form.mending import Repair, Unmendable, mend
from core.postprocessing.form.validation import Problem, problems
from core.postprocessing.stages import Context, Finding, Processed, admitted, replaced

FORMS: Final = ("plain", "markdown", "json")
ACTIONS: Final = ("keep", "hold")

MARKUP: Final[tuple[tuple[str, str, str], ...]] = (
    ("fence", r"(?m)^[ \t]*(?:```|~~~)[\w+-]*[ \t]*(?:\n|\Z)", ""),
    ("heading", r"(?m)^#{1,6}[ \t]+", ""),
    ("quotation", r"(?m)^(?:>[ \t]?)+", ""),
    ("rule", r"(?m)^[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$", ""),
    ("bullet", r"(?m)(?<=^)[ \t]{0,8}[*+-][ \t]+(?=\S)", "– "),
    ("image", r"!\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)", r"\1"),
    ("link", r"\[([^\]\n]{1,500})\]\(([^)\s]{1,2000})\)", r"\1 (\2)"),
    ("code", r"`([^`\n]{1,2000})`", r"\1"),
    ("strong", r"\*\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*\*", r"\1"),
    ("strong", r"(?<!\w)__(?=\S)([^_\n]{1,2000}?)(?<=\S)__(?!\w)", r"\1"),
    ("emphasis", r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s*])\*(?![\w*])", r"\1"),
    ("emphasis", r"(?<![\w_])_(?=[^\s_])([^_\n]{1,2000}?)(?<=[^\s_])_(?![\w_])", r"\1"),
)
"""Name, pattern and what is left of it. Every repetition is bounded: no text takes for ever."""
PATTERNS: Final = tuple((rule, re.compile(p), left) for rule, p, left in MARKUP)


@dataclass(frozen=True)
class Read:
    """A text read as JSON.

    Args:
        text: as it is after the repairs.
        value: what it says; None where it could not be read.
        repairs: what was mended, in places of the text as it came.
        problems: what does not fit the schema.
        broken_at: character of the text as it came at which reading ended; None: it was read.
    """

    text: str
    value: Any
    repairs: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken_at: int | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it is JSON and fits the schema."""
        return self.broken_at is None and not self.problems


def read_json(text: str, schema: str | None = None, *, repair: bool = True) -> Read:
    """Read a text as JSON: parse, mend if need be, hold against a schema.

    Args:
        text: what a model wrote.
        schema: JSON, as somebody typed it; None: any JSON will do.
        repair: whether broken JSON is mended.

    Raises:
        SchemaError: the schema cannot be used.
    """
    repairs: tuple[Repair, ...] = ()
    mended = text
    try:
        value = _parsed(text)
    except json.JSONDecodeError as error:
        if not repair:
            return Read(text, None, broken_at=error.pos)
        try:
            repairs = tuple(mend(text))
            mended = replaced(text, _findings(repairs))
            value = _parsed(mended)
        except (Unmendable, json.JSONDecodeError) as failure:
            place = failure.place if isinstance(failure, Unmendable) else error.pos
            return Read(text, None, broken_at=place)
    found = problems(value, schema) if schema is not None else []
    return Read(mended, value, repairs, tuple(found))


def _parsed(text: str) -> Any:
    """`json.loads`, strict: no NaN, nothing deeper than the program can hold."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(str(error), text, 0) from error


def _finite(number: str) -> float:
    """The number; one such as 1e999 is infinite to a program, and no JSON once written again."""
    value = float(number)
    if isinf(value):
        _refuse(number)
    return value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _findings(repairs: tuple[Repair, ...]) -> tuple[Finding, ...]:
    return tuple(Finding(r.start, r.end, "repair", r.rule, r.replacement) for r in repairs)


def markup(text: str) -> list[Finding]:
    """The Markdown in a text, with what is left of each piece in plain text.

    Of pieces within each other the outermost is found; ask again about what is left.
    """
    found: list[Finding] = []
    for rule, pattern, left in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            found.append(Finding(start, end, "markup", rule, match.expand(left)))
    found.sort(key=lambda each: (each.start, -each.end))
    kept: list[Finding] = []
    for each in found:
        if each.end > each.start and (not kept or each.start >= kept[-1].end):
            kept.append(each)
    return kept


def loose_ends(text: str) -> list[Finding]:
    """What keeps a text from being well-formed Markdown, with what belongs there."""
    found = [
        Finding(match.end(), match.end(), "markdown", "heading", " ")
        for match in re.finditer(r"(?m)^#{1,6}(?=[^\s#])", text)
    ]
    fences = list(re.finditer(r"(?m)^[ \t]*```", text))
    if len(fences) % 2:
        end = "```" if text.endswith("\n") else "\n```"
        found.append(Finding(len(text), len(text), "markdown", "fence", end))
    for line in re.finditer(r"(?m)^.*$", text):
        marks = list(re.finditer(r"\*\*", line[0]))
        if len(marks) % 2:  # the last one has no partner
            start = line.start() + marks[-1].start()
            found.append(Finding(start, start + 2, "markdown", "strong", ""))
    return sorted(found, key=lambda each: each.start)


class FormatStage:
    """The stage "format": gives an answer its form, and says what it takes."""

    name: ClassVar[str] = "format"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        starts = {"form": "plain", "schema": "", "repair": True, "action": "keep"}
        given = admitted(settings, starts)
        for name, allowed in (("form", FORMS), ("action", ACTIONS)):
            if given[name] not in allowed:
                raise SettingError(name, given[name], f"must be one of {', '.join(allowed)}")
        if given["schema"]:
            read_schema(given["schema"])
        self._schema: str | None = given["schema"] or None
        self._repair: bool = given["repair"]
        self._holds: bool = given["action"] == "hold"
        forms: dict[str, Callable[[str], Processed]] = {
            "plain": _plain,
            "markdown": _markdown,
            "json": self._json,
        }
        self._form = forms[given["form"]]

    def apply(self, text: str, context: Context) -> Processed:
        """Give a text its form."""
        return self._form(text)

    def _json(self, text: str) -> Processed:
        read = read_json(text, self._schema, repair=self._repair)
        notes = {
            "valid": read.is_valid,
            "problems": [asdict(problem) for problem in read.problems],
            "broken_at": read.broken_at,
        }
        held = self._holds and not read.is_valid
        left = "" if held else read.text
        return Processed(left, _findings(read.repairs), held_back=held, notes=notes)


def _plain(text: str) -> Processed:
    found = markup(text)
    return Processed(replaced(text, found), tuple(found))


def _markdown(text: str) -> Processed:
    found = loose_ends(text)
    return Processed(replaced(text, found), tuple(found))
