"""A setting that a link carries: its name in the address, its range, where it begins.

Those of a station are in the `settings.py` beside its parts; a new one needs no line anywhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One shareable setting.

    Args:
        name: query parameter and widget key.
        start: the value when the URL says nothing; its type is the setting's type.
        low, high, step: range of a number, inclusive.
        choices: the only possible values, for a setting with fixed options.
        max_length: maximum number of characters, for free text.
        begins: the start, where it depends on the visitor.
    """

    name: str
    start: str | int | float | bool | None
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    choices: tuple[str, ...] = ()
    max_length: int = 200
    begins: Callable[[], Any] | None = None

    def admit(self, given: object) -> Any:
        """`given` as a valid value of this setting, or its start if it is not valid."""
        if given is None:
            return self.start
        if self.choices:
            return given if given in self.choices else self.start
        if isinstance(self.start, str):
            return str(given)[: self.max_length]
        if isinstance(self.start, bool):
            return str(given) in ("True", "true", "1")
        try:
            number = self.kind(str(given))
        except ValueError:
            return self.start
        return number if self.low <= number <= self.high else self.start

    def steps(self) -> list[int] | list[float]:
        """Every number in the range that lies on a step."""
        n = round((self.high - self.low) / self.step)
        if self.kind is int:
            return [int(self.low + i * self.step) for i in range(n + 1)]
        return [round(self.low + i * self.step, 9) for i in range(n + 1)]

    @property
    def kind(self) -> type[int] | type[float]:
        """Whether this setting is an integer or a float."""
        return int if isinstance(self.start, int) else float
