"""Settings as typed tables: checked when they are made, to JSON and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self

from core.errors import SettingError


@dataclass(frozen=True)
class Checked:
    """A table whose values are checked at construction and come from JSON.

    Raises:
        SettingError: a name is unknown or a value lies outside its range.
    """

    told_as: ClassVar[str] = "is no setting here"  # of a name that is none

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Settings from a JSON object; what it leaves out takes its default."""
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise SettingError(name, values[name], cls.told_as)
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**given)

    def changed(self, **changes: Any) -> Self:
        """The same with some values changed; they are checked again."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON can hold them."""
        found = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}
        return found | ({"world": dict(found["world"])} if found.get("world") else {})

    def must_lie(self, low: float, high: float, *names: str) -> None:
        """Check numbers, both ends included."""
        for name in names:
            value = getattr(self, name)
            if type(value) not in (int, float) or not low <= value <= high:
                raise SettingError(name, value, f"must lie in [{low:g}, {high:g}]")
