"""The words of the small world: tables in `lexicon.txt`, German and English side by side.

Every row names one thing (`id`) in both languages, so a fact read off a German sentence equals
the same fact read off an English one. To extend the world, add a row.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Noun:
    """An object or an animal."""

    id: str
    classes: tuple[str, ...]
    de: str  # singular
    gender: str  # "m", "f" or "n"
    de_plural: str  # "" for uncountable nouns like bread
    en: str
    en_plural: str


@dataclass(frozen=True)
class Place:
    """Somewhere people can go. The German forms include preposition and article."""

    id: str
    classes: tuple[str, ...]
    de: str  # "die Bäckerei"
    de_to: str  # "in die Bäckerei"
    de_at: str  # "in der Bäckerei"
    en: str  # "the bakery"
    en_to: str
    en_at: str


@dataclass(frozen=True)
class Job:
    """What an adult does for a living."""

    id: str
    cliche: str  # "f" or "m": the gender stereotypically associated with it; "" for none
    workplace: str
    de_m: str
    de_f: str
    de_verb: str  # third person: present, past
    de_rest: str
    en: str
    en_verb: str  # third person: present, past
    en_rest: str


@dataclass(frozen=True)
class Person:
    """Somebody who lives in the town."""

    id: str
    gender: str  # "m" or "f"
    child: bool
    name: str  # surname for an adult, first name for a child


@cache
def people() -> tuple[Person, ...]:
    """Everybody: women first, then men, girls and boys.

    The people are always the same; what is true of them is drawn from the seed.
    """
    return (
        *(Person(f"mrs_{name.lower()}", "f", False, name) for name in _names("women")),
        *(Person(f"mr_{name.lower()}", "m", False, name) for name in _names("men")),
        *(Person(name.lower(), "f", True, name) for name in _names("girls")),
        *(Person(name.lower(), "m", True, name) for name in _names("boys")),
    )


@cache
def pet_names() -> tuple[str, ...]:
    """The names that pets can have."""
    return _names("pets")


@cache
def private(kind: str) -> tuple[str, ...]:
    """Addresses and numbers that belong to nobody, by kind: "mail", "phone", "iban" or "card".

    All are reserved for examples: reserved domains (RFC 2606), the ranges that the German and
    British regulators keep free for films, the registry's sample IBANs, test card numbers.
    """
    if kind == "mail":
        domains = ("example.org", "example.com", "example.net")
        return tuple(f"{p.name.lower()}@{d}" for p in people() for d in domains if p.name.isascii())
    if kind == "phone":
        german = [f"030 23125 {number:03d}" for number in range(0, 1000, 25)]
        return (*german, *(f"020 7946 {number:04d}" for number in range(0, 1000, 25)))
    return tuple(row[1] for row in _tables()["private"] if row[0] == kind)


@cache
def _tables() -> dict[str, list[list[str]]]:
    """Every table in the file, with its rows split into cells."""
    tables: dict[str, list[list[str]]] = {}
    for line in Path(__file__).with_name("lexicon.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            rows = tables.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            rows.append([cell.strip() for cell in line.split("|")])
    return tables


def _names(group: str) -> tuple[str, ...]:
    return tuple(next(row[1] for row in _tables()["names"] if row[0] == group).split())


def _cells(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";")]


def _no_dash(word: str) -> str:
    return "" if word == "-" else word


@cache
def nouns() -> tuple[Noun, ...]:
    """All nouns, in table order."""
    found = []
    for name, classes, german, english in _tables()["nouns"]:
        de, gender, de_plural = german.split()
        en, en_plural = english.split()
        found.append(
            Noun(
                name,
                tuple(classes.split()),
                de,
                gender,
                _no_dash(de_plural),
                en,
                _no_dash(en_plural),
            )
        )
    return tuple(found)


@cache
def adjectives(noun_class: str, lang: str) -> tuple[str, ...]:
    """Stems (German) or words (English) of the adjectives that go with a class of nouns."""
    column = 1 if lang == "de" else 2
    return tuple(row[column] for row in _tables()["adjectives"] if row[0] == noun_class)


@cache
def all_adjectives(lang: str) -> tuple[str, ...]:
    """Every adjective and colour of a language, in the same form as in `adjectives`."""
    column = 1 if lang == "de" else 2
    words = [row[column] for row in _tables()["adjectives"] + _tables()["colours"]]
    return tuple(dict.fromkeys(words))


@cache
def verbs(lang: str) -> tuple[list[str], ...]:
    """All forms of each verb."""
    return tuple(row[1].split() for row in _tables()["verbs"] if row[0] == lang)


@cache
def colours() -> tuple[tuple[str, str, str], ...]:
    """(id, German stem, English) for every colour."""
    return tuple((row[0], row[1], row[2]) for row in _tables()["colours"])


@cache
def places() -> tuple[Place, ...]:
    """All places, in table order."""
    found = []
    for name, classes, german, english in _tables()["places"]:
        the, to, at = _cells(german)
        word, preposition = _cells(english)
        found.append(
            Place(
                name,
                tuple(classes.split()),
                the,
                to,
                at,
                f"the {word}",
                f"to the {word}",
                f"{preposition} the {word}",
            )
        )
    return tuple(found)


@cache
def streets() -> tuple[tuple[str, str, str], ...]:
    """(id, German with preposition, English) for every street."""
    return tuple((row[0], row[1], row[2]) for row in _tables()["streets"])


@cache
def jobs() -> tuple[Job, ...]:
    """All jobs: eight stereotypically female, eight stereotypically male, then the neutral ones."""
    found = []
    for name, cliche, workplace, german, english in _tables()["jobs"]:
        de_m, de_f, present, past, rest = _cells(german)
        en, en_present, en_past, en_rest = _cells(english)
        found.append(
            Job(
                name,
                cliche,
                workplace,
                de_m,
                de_f,
                f"{present} {past}",
                rest,
                en,
                f"{en_present} {en_past}",
                en_rest,
            )
        )
    return tuple(found)


@cache
def hobbies() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """(id, German forms, English forms): verb, object, and the form used after "to like"."""
    return tuple(
        (row[0], tuple(_cells(row[1])), tuple(_cells(row[2]))) for row in _tables()["hobbies"]
    )


@cache
def rules() -> tuple[tuple[str, str, str], ...]:
    """(id, German, English) for what a building may forbid."""
    return tuple((row[0], row[1], row[2]) for row in _tables()["rules"])


@cache
def numbers() -> tuple[tuple[str, str, str], ...]:
    """(id, German, English) for the number words from two to twelve."""
    return tuple((row[0], row[1], row[2]) for row in _tables()["numbers"])
