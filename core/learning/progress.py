"""Progress on the path: what somebody has measured and answered, and when.

Invariant: what is read from a file was checked field by field; nothing of it is markup or code, and
no text in it is long.
"""

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from core.errors import NewerProgress, NoProgress, TooLarge

VERSION: Final = 1
MOST_BYTES: Final = 200_000
"""of a file; a whole path takes less than a tenth"""
MOST_SAID: Final = 1_500  # characters
MOST_FIGURES: Final = 12
MOST_CHECKS: Final = 8
MOST_TRIES: Final = 99
MOST_NAME: Final = 40
NAME_OF_FILE: Final = "glassbox-path"


@dataclass(frozen=True)
class Own:
    """What somebody measured on a page.

    Args:
        at: when it was noticed, ISO 8601.
        lang: of `said`.
        said: the measurement in the page's own words; "" if it has none.
        figures: its numbers, by name.
        from_file: whether it came with an imported file.
    """

    at: str
    lang: str = "en"
    said: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    from_file: bool = False


@dataclass(frozen=True)
class Answered:
    """How a check was answered.

    Args:
        n_tries: until it was right, or so far.
        right_at: when it was, ISO 8601; "" if not yet.
    """

    n_tries: int = 0
    right_at: str = ""


@dataclass(frozen=True)
class Unit:
    """What was done of one unit."""

    own: Own | None = None
    checks: Mapping[str, Answered] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """All that somebody has done on the path, by the unit's name."""

    units: Mapping[str, Unit] = field(default_factory=dict)

    def of(self, name: str) -> Unit:
        """One unit; untouched if nothing was done of it."""
        return self.units.get(name, Unit())

    def measured(self, name: str, own: Own) -> "Progress":
        """With a measurement; the first one of a unit stays."""
        unit = self.of(name)
        return self if unit.own is not None else self._with(name, replace(unit, own=own))

    def answered(self, name: str, check: str, right: bool, at: str) -> "Progress":
        """With one more try at a check; after the right one no further is counted."""
        unit = self.of(name)
        before = unit.checks.get(check, Answered())
        if before.right_at:
            return self
        now = Answered(min(MOST_TRIES, before.n_tries + 1), at if right else "")
        return self._with(name, replace(unit, checks={**unit.checks, check: now}))

    def joined(self, other: "Progress") -> "Progress":
        """Together with another: of each unit the first measurement, of each check what is right,
        or was tried more often.
        """
        found = {name: _joined(self.of(name), unit) for name, unit in other.units.items()}
        return Progress({**self.units, **found})

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "format": NAME_OF_FILE,
            "version": VERSION,
            "units": {name: _unit_to(unit) for name, unit in self.units.items()},
        }

    def _with(self, name: str, unit: Unit) -> "Progress":
        return Progress({**self.units, name: unit})


def _joined(one: Unit, two: Unit) -> Unit:
    checks = dict(one.checks)
    for name, theirs in two.checks.items():
        mine = checks.get(name, Answered())
        checks[name] = max(mine, theirs, key=lambda each: (bool(each.right_at), each.n_tries))
    both = [own for own in (one.own, two.own) if own is not None]
    return Unit(min(both, key=lambda own: own.at) if both else None, checks)


def _unit_to(unit: Unit) -> dict[str, Any]:
    found: dict[str, Any] = {
        "checks": {
            name: {"n_tries": one.n_tries, "right_at": one.right_at}
            for name, one in unit.checks.items()
        }
    }
    if unit.own is not None:
        own = unit.own
        found["own"] = {
            "at": own.at,
            "lang": own.lang,
            "said": own.said,
            "figures": dict(own.figures),
            "from_file": own.from_file,
        }
    return found


def kept(found: object) -> Progress:
    """What the store holds; what cannot be read of it counts as nothing."""
    try:
        return _read(found, None)
    except (NoProgress, NewerProgress):
        return Progress()


def from_file(data: bytes, known: Collection[str]) -> Progress:
    """What somebody exported, here or elsewhere; its measurements are marked as coming from a file.

    Args:
        data: the file.
        known: units of the path as it is now; others in the file are left out.

    Raises:
        TooLarge: more than MOST_BYTES.
        NewerProgress: written by a newer version of the app.
        NoProgress: it is something else, or damaged.
    """
    if len(data) > MOST_BYTES:
        size_mb, limit_mb = round(len(data) / 1e6, 1), MOST_BYTES / 1e6
        raise TooLarge(f"{size_mb} MB, at most {limit_mb}", size_mb=size_mb, limit_mb=limit_mb)
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NoProgress("it is not JSON") from error
    read = _read(found, known)
    return Progress(
        {
            name: replace(unit, own=replace(unit.own, from_file=True)) if unit.own else unit
            for name, unit in read.units.items()
        }
    )


def _read(found: object, known: Collection[str] | None) -> Progress:
    """Progress of what JSON held, checked field by field."""
    if not isinstance(found, dict) or found.get("format") != NAME_OF_FILE:
        raise NoProgress(f"it does not say that it is a {NAME_OF_FILE}")
    version, units = _whole(found.get("version"), 1), found.get("units")
    if not isinstance(units, dict):
        raise NoProgress("its units are missing")
    if version > VERSION:
        raise NewerProgress(f"version {version}, known are up to {VERSION}", version=version)
    names = [name for name in units if known is None or name in known]
    return Progress({name: _unit_from(units[name]) for name in names if len(name) <= MOST_NAME})


def _unit_from(found: object) -> Unit:
    if not isinstance(found, dict):
        raise NoProgress("a unit is not an object")
    checks, own = found.get("checks", {}), found.get("own")
    if not isinstance(checks, dict) or len(checks) > MOST_CHECKS:
        raise NoProgress("the checks of a unit are not objects, or too many")
    names = [name for name in checks if len(name) <= MOST_NAME]
    read = {name: _answered_from(checks[name]) for name in names}
    return Unit(None if own is None else _own_from(own), read)


def _answered_from(found: object) -> Answered:
    if not isinstance(found, dict):
        raise NoProgress("a check is not an object")
    n = min(MOST_TRIES, _whole(found.get("n_tries"), 0))
    right_at = found.get("right_at", "")
    if right_at != "" and n == 0:
        raise NoProgress("a check was right without a try")
    return Answered(n, right_at if right_at == "" else _moment(right_at))


def _own_from(found: object) -> Own:
    if not isinstance(found, dict):
        raise NoProgress("a measurement is not an object")
    said, figures, lang = found.get("said", ""), found.get("figures", {}), found.get("lang", "en")
    if not isinstance(said, str) or not isinstance(figures, dict) or not isinstance(lang, str):
        raise NoProgress("a measurement has a field of the wrong type")
    numbers = {
        name: float(value)
        for name, value in figures.items()
        if len(name) <= MOST_NAME and _is_number(value)
    }
    if len(figures) > MOST_FIGURES or len(numbers) < len(figures):
        raise NoProgress("a measurement has figures that are none, or too many")
    at = _moment(found.get("at"))
    return Own(at, lang[:8], said[:MOST_SAID], numbers, found.get("from_file") is True)


def _moment(found: object) -> str:
    """A date and time, written the same way again."""
    try:
        when = datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise NoProgress(f"{str(found)[:40]!r} is no moment with a time zone")
    return when.isoformat(timespec="seconds")


def _whole(found: object, least: int) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or found < least:
        raise NoProgress(f"{str(found)[:40]!r} is no whole number from {least} on")
    return found


def _is_number(found: object) -> bool:
    try:
        return not isinstance(found, bool) and math.isfinite(found)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        return False
