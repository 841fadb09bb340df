"""The settings of the picture book, in one typed table.

Invariant: a setting added later must leave every byte unchanged at its default.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Final, Self

from core.data.pictures.drawing.painting import SIZES
from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.things import PLAIN_THINGS
from core.errors import SettingError
from core.settings import Checked

BOOK_VERSION: Final = 1

Pair = tuple[str, str]  # a thing and its colour

# Every colour once and six things once: each thing and each colour is seen in training, never
# these pairs. Whoever draws them right has taken thing and colour apart.
HELD_OUT: Final[tuple[Pair, ...]] = (
    ("star", "red"),
    ("house", "yellow"),
    ("cat", "green"),
    ("apple", "blue"),
    ("boat", "violet"),
    ("tree", "white"),
)
SKEWED: Final[Pair] = ("apple", "red")  # what `colour_skew` makes more frequent
ADDED_LATER: Final = ("open_colour_share",)  # left out of recipes where they change nothing


@dataclass(frozen=True)
class PictureSettings(Checked):
    """What is drawn, how much of it, how large and how clean."""

    told_as: ClassVar[str] = "is no setting of the picture book"

    version: int = BOOK_VERSION  # of drawings and captions; recorded in every artefact
    seed: int = 1  # draws the scenes and their captions
    town_seed: int = 1  # draws the town whose facts are shown
    n_pictures: int = 4000  # number of pictures before copies are added
    size: int = 32  # side of a picture in pixels, one of SIZES
    german_share: float = 0.5  # share of captions in German; the rest are English
    night_share: float = 0.4  # share of pictures by night
    count_share: float = 0.25  # share that show one, two or three of the same, evenly
    fact_share: float = 0.15  # share that show what somebody in the town owns
    above_share: float = 0.35  # share of the pairs that stand one above the other
    colour_skew: float = 0.0  # share of apples made red, besides those that are red by chance
    wrong_caption_share: float = 0.0  # share of pictures with the caption of another scene
    copy_share: float = 0.0  # number of exact copies, as a share of n_pictures
    near_copy_share: float = 0.0  # number of copies a pixel off and in other light, likewise
    damaged_share: float = 0.0  # share of broken files; only where files are written
    held_out: tuple[Pair, ...] = HELD_OUT  # never drawn, except on request for an exam
    open_colour_share: float = 0.0  # share of captions that say no colours

    def __post_init__(self) -> None:
        if self.version != BOOK_VERSION:
            raise SettingError("version", self.version, f"must be {BOOK_VERSION}")
        for name in ("seed", "town_seed"):
            self._check_number(name, 0, 2**53, whole=True)
        self._check_number("n_pictures", 1, 50_000, whole=True)
        if self.size not in SIZES:
            raise SettingError("size", self.size, f"must be one of {SIZES}")
        shares = ("german_share", "night_share", "count_share", "fact_share", "above_share",
                  "colour_skew", "wrong_caption_share", "damaged_share",
                  "open_colour_share")  # fmt: skip
        for name in shares:
            self._check_number(name, 0, 1)
        for name in ("copy_share", "near_copy_share"):
            self._check_number(name, 0, 5)
        if self.count_share + self.fact_share > 1.0:
            raise SettingError("fact_share", self.fact_share, "with count_share must not exceed 1")
        self._check_held_out()

    def _check_number(self, name: str, low: float, high: float, whole: bool = False) -> None:
        value = getattr(self, name)
        fits = isinstance(value, int) or (not whole and isinstance(value, float))
        if isinstance(value, bool) or not fits or not low <= value <= high:
            raise SettingError(name, value, f"must lie in [{low}, {high}]")

    def _check_held_out(self) -> None:
        for thing, colour in self.held_out:
            if thing not in PLAIN_THINGS or colour not in COLOUR_NAMES:
                raise SettingError("held_out", (thing, colour), "is no pair of thing and colour")
        if any(not self.colours_of(thing) for thing in PLAIN_THINGS):
            raise SettingError("held_out", self.held_out, "must leave every thing a colour")

    def colours_of(self, thing: str) -> tuple[str, ...]:
        """The colours in which a thing may be drawn."""
        return tuple(c for c in COLOUR_NAMES if (thing, c) not in self.held_out)

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON-serialisable values; what was added later only where it is used."""
        found = asdict(self) | {"held_out": [list(pair) for pair in self.held_out]}
        usual = {each.name: each.default for each in fields(self)}
        return {k: v for k, v in found.items() if k not in ADDED_LATER or v != usual[k]}

    @property
    def fair(self) -> Self:
        """The same book as one asks about it: every colour alike, every caption true and whole."""
        return self.changed(colour_skew=0.0, wrong_caption_share=0.0, open_colour_share=0.0)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Settings from a JSON object; missing fields take their defaults.

        Raises:
            SettingError: a name is unknown or a value is out of range.
        """
        given = dict(values)
        if "held_out" in given:
            given["held_out"] = _pairs(given["held_out"])
        return super().from_dict(given)


def _pairs(value: object) -> tuple[Pair, ...]:
    """The pairs in a JSON list of two-element lists."""
    rule = "must be a list of pairs of thing and colour"
    if not isinstance(value, list | tuple):
        raise SettingError("held_out", value, rule)
    pairs: list[Pair] = []
    for pair in value:
        if not isinstance(pair, list | tuple) or [type(part) for part in pair] != [str, str]:
            raise SettingError("held_out", value, rule)
        pairs.append((pair[0], pair[1]))
    return tuple(pairs)
