"""Invented people: which occupations there are, who is told to have them, and what they are called.

Two shares are dealt exactly, occupation by occupation: women among the people, and names that are
long established here. So “70 of 100 nurses are women” is a count, not an expectation. All names and
all people are invented; the skews are those that a visitor asks for, not those of any country.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, Literal

from core.languages import Lang

Gender = Literal["woman", "man"]
GENDERS: Final[tuple[Gender, ...]] = ("woman", "man")
OTHER: Final[dict[Gender, Gender]] = {"woman": "man", "man": "woman"}
Origin = Literal["local", "polish", "turkish", "nigerian"]
ORIGINS: Final[tuple[Origin, ...]] = ("local", "polish", "turkish", "nigerian")


@dataclass(frozen=True)
class Role:
    """An occupation.

    Args:
        name: in English, which marks no gender; also what it is stored as.
        german: its German noun for a woman and for a man.
        place: where somebody of it is met, in German.
        typed: whom the stereotype expects in it; None if neither.
        leads: whether the skew gives it to names long established here (True), to the others
            (False), or to both alike (None).
    """

    name: str
    german: Mapping[Gender, str] = field(hash=False)
    place: str
    typed: Gender | None
    leads: bool | None = None

    def noun(self, lang: Lang, gender: Gender) -> str:
        """What somebody of it is called; in English the same for everybody."""
        return self.german[gender] if lang == "de" else self.name


def _role(
    name: str, woman: str, man: str, place: str, typed: Gender | None, leads: bool | None = None
) -> Role:
    return Role(name, {"woman": woman, "man": man}, place, typed, leads)


ROLES: Final[tuple[Role, ...]] = (
    _role("nurse", "Pflegerin", "Pfleger", "auf der Station", "woman"),
    _role("secretary", "Sekretärin", "Sekretär", "im Vorzimmer", "woman"),
    _role("hairdresser", "Friseurin", "Friseur", "im Salon", "woman"),
    _role("cashier", "Kassiererin", "Kassierer", "an der Kasse", "woman", False),
    _role("doctor", "Ärztin", "Arzt", "in der Praxis", "man", True),
    _role("engineer", "Ingenieurin", "Ingenieur", "im Planungsbüro", "man"),
    _role("boss", "Chefin", "Chef", "in der Chefetage", "man", True),
    _role("mechanic", "Mechanikerin", "Mechaniker", "in der Werkstatt", "man", False),
    _role("teacher", "Lehrerin", "Lehrer", "in der Schule", None),
    _role("baker", "Bäckerin", "Bäcker", "in der Backstube", None),
)
TYPED: Final = tuple(role for role in ROLES if role.typed)
LEADING: Final = tuple(role for role in ROLES if role.leads)
ROLE_OF: Final = {noun: role for role in ROLES for noun in (role.name, *role.german.values())}

NAMES: Final[Mapping[Origin, Mapping[Gender, Sequence[str]]]] = {
    "local": {
        "woman": ("Anna", "Laura", "Julia", "Martha"),
        "man": ("Paul", "Thomas", "Daniel", "Peter"),
    },
    "polish": {
        "woman": ("Agnieszka", "Katarzyna", "Zofia", "Kinga"),
        "man": ("Krzysztof", "Tomasz", "Piotr", "Wojciech"),
    },
    "turkish": {
        "woman": ("Ayşe", "Elif", "Zeynep", "Fatma"),
        "man": ("Mehmet", "Emre", "Murat", "Hakan"),
    },
    "nigerian": {
        "woman": ("Ngozi", "Chioma", "Adaeze", "Yewande"),
        "man": ("Chinedu", "Emeka", "Tunde", "Ikenna"),
    },
}
N_NAMES: Final = 4  # of each gender and origin
HERE: Final = 0.5  # share of names long established here, where no skew asks for another


@dataclass(frozen=True)
class Person:
    """Somebody invented.

    Args:
        role: what they work as.
        gender: woman or man; these texts know no others, which is a skew of its own.
        origin: where the name comes from.
        place: of the name in NAMES; the other gender's name at the same place is its counterpart.
    """

    role: Role
    gender: Gender
    origin: Origin
    place: int

    @property
    def name(self) -> str:
        """What they are called."""
        return NAMES[self.origin][self.gender][self.place]


def dealt(n_each: int, skew: float, random: Random) -> list[Person]:
    """Give every occupation as many people as any other, with exact shares.

    Args:
        n_each: people of each occupation.
        skew: share of a typed occupation that matches its stereotype; of origins the same.
        random: draws who comes together with whom.
    """
    return [person for role in ROLES for person in _of(role, n_each, skew, random)]


def _of(role: Role, n: int, skew: float, random: Random) -> list[Person]:
    """All people of one occupation."""
    shares = {"woman": skew, "man": 1.0 - skew, None: 0.5}
    n_women = round(shares[role.typed] * n)
    n_local = round({True: skew, False: 1.0 - skew, None: HERE}[role.leads] * n)
    others = ORIGINS[1:]  # besides names long established here
    genders: list[Gender] = ["woman" if k < n_women else "man" for k in range(n)]
    origins: list[Origin] = [
        "local" if k < n_local else others[(k - n_local) % len(others)] for k in range(n)
    ]
    random.shuffle(genders)
    random.shuffle(origins)
    return [
        Person(role, gender, origin, random.randrange(N_NAMES))
        for gender, origin in zip(genders, origins, strict=True)
    ]
