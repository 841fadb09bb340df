"""A drawing: coloured parts on the square from -1 to 1, from the back to the front.

The thing stands on y = 1 and is lit from the upper left.
"""

from dataclasses import dataclass

from core.data.pictures.drawing.palette import ROLES
from core.data.pictures.drawing.shapes import Shape


@dataclass(frozen=True, slots=True)
class Part:
    """One shape in one paint."""

    role: str  # one of ROLES
    shape: Shape

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"role is {self.role!r}, must be one of {ROLES}")


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a thing looks, in any colour."""

    parts: tuple[Part, ...]
    floats: bool = False  # needs neither ground nor cloud below it


def drawing(*parts: tuple[str, Shape], floats: bool = False) -> Drawing:
    """A drawing from (role, shape) pairs, from the back to the front."""
    return Drawing(tuple(Part(role, shape) for role, shape in parts), floats)
