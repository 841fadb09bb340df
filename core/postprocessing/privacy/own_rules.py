"""Rules of one's own beside the shipped ones: a name, a regular expression, and what happens.

Invariant: a pattern is data. It is followed in one pass, so none can run for ever, and what it
finds never takes away from what the shipped rules find.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.errors import InputError, RuleName, SettingError
from core.postprocessing.privacy.automaton import Scan, automaton
from core.postprocessing.privacy.patterns import KINDS

MAX_RULES: Final = 8
MAX_NAME: Final = 24  # characters
OWN_ACTIONS: Final = ("mask", "remove", "keep")
"""No stand-ins: of an unknown kind of number nobody can say which belong to nobody."""

RULE: Final = "own"  # what all of them go by in a finding
_NAME = re.compile(rf"[^\W_][\w -]{{0,{MAX_NAME - 1}}}")
_FIELDS: Final = {"name", "pattern", "action"}

Span = tuple[int, int]


@dataclass(frozen=True)
class OwnRule:
    """One rule of one's own.

    Args:
        name: letters, digits, spaces and hyphens; what it finds is of this kind.
        pattern: as `read_expression` takes it.
        action: one of OWN_ACTIONS.
    """

    name: str
    pattern: str
    action: str = "mask"

    def to_dict(self) -> dict[str, str]:
        """As JSON takes it."""
        return {"name": self.name, "pattern": self.pattern, "action": self.action}

    @property
    def label(self) -> str:
        """What stands in the place of what it finds; nothing in it could end a string of JSON."""
        return f"[{self.name.upper()}]"


def checked(rule: OwnRule, others: Iterable[OwnRule] = ()) -> OwnRule:
    """A rule that can work.

    Args:
        rule: as somebody typed it.
        others: those that are there already.

    Raises:
        RuleName: the name has another form, or is taken.
        PatternError: the pattern cannot be used.
        SettingError: there is no such action.
    """
    taken = {*KINDS, *(other.name.casefold() for other in others)}
    if not _NAME.fullmatch(rule.name) or rule.name.casefold() in taken:
        message = f"must be 1 to {MAX_NAME} letters, digits, spaces or hyphens, and not be taken"
        raise RuleName(message, name=rule.name[: 2 * MAX_NAME], longest=MAX_NAME)
    if rule.action not in OWN_ACTIONS:
        raise SettingError("action", rule.action, f"must be one of {', '.join(OWN_ACTIONS)}")
    automaton(rule.pattern)
    return rule


def own_rules(given: object) -> tuple[OwnRule, ...]:
    """Read rules as JSON has them.

    Args:
        given: a list of {"name": …, "pattern": …, "action": …}; the action is "mask" if not told.

    Raises:
        SettingError: something is wrong; its name is the path to it, such as "own[1].pattern".
    """
    if not isinstance(given, list) or len(given) > MAX_RULES:
        raise SettingError("own", given, f"must be a list of at most {MAX_RULES} rules")
    rules: list[OwnRule] = []
    for place, each in enumerate(given):
        path = f"own[{place}]"
        rule = _read(each, path)
        try:
            rules.append(checked(rule, rules))
        except InputError as error:
            field = "name" if isinstance(error, RuleName) else "pattern"
            raise SettingError(f"{path}.{field}", getattr(rule, field), str(error)) from error
        except SettingError as error:
            raise SettingError(f"{path}.action", rule.action, error.values["rule"]) from error
    return tuple(rules)


def _read(given: object, path: str) -> OwnRule:
    if not isinstance(given, Mapping) or not {"name", "pattern"} <= set(given) <= _FIELDS:
        raise SettingError(path, given, "must be an object with name, pattern and perhaps action")
    fields: dict[str, Any] = dict(given)
    for field, value in fields.items():
        if not isinstance(value, str):
            raise SettingError(f"{path}.{field}", value, "must be of type str")
    return OwnRule(**fields)


class OwnRules:
    """Rules at work on one text, which may still be growing."""

    def __init__(self, rules: Iterable[OwnRule]) -> None:
        self._scans = [(rule, Scan(automaton(rule.pattern))) for rule in rules]

    def places(self, text: str, taken: Iterable[Span]) -> list[tuple[int, int, OwnRule]]:
        """What the rules find, as far as nothing else has it; where two agree, the first has it.

        Args:
            text: all that is there.
            taken: what is somebody else's, from left to right and without overlaps.
        """
        others = list(taken)
        found: list[tuple[int, int, OwnRule]] = []
        for rule, scan in self._scans:
            free = [piece for span in scan.read(text) for piece in _without(span, others)]
            found += [(start, end, rule) for start, end in free]
            others = sorted([*others, *free])
        return sorted(found, key=lambda each: each[:2])

    def open_from(self, text: str) -> int:
        """Where the first stretch begins that what may follow decides about."""
        return min((scan.open_from(text) for _, scan in self._scans), default=len(text))


def _without(span: Span, taken: Iterable[Span]) -> list[Span]:
    """The pieces of a stretch that lie in none of some others."""
    pieces, (start, end) = [], span
    for first, last in taken:
        if last <= start or first >= end:
            continue
        if first > start:
            pieces.append((start, first))
        start = max(start, last)
    return [*pieces, (start, end)] if start < end else pieces
