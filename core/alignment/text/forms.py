"""Facts in a form that a program can read: the JSON objects with which some questions are answered.

Three forms, each of fixed fields in a fixed order; which one it is follows from what was asked.
"""

import json
from typing import Any, Final

from core.alignment.text.asking import Asked
from core.data.world import Town, lexicon

FIELDS_OF: Final = {
    "home": ("name", "street"),
    "job": ("name", "job"),
    "opens": ("place", "opens"),
}
"""The fields of each form, by the relation that is asked for."""


def form_of(about: Asked, lang: str, town: Town) -> dict[str, Any] | None:
    """What was asked as a JSON object, such as {"name": "Mia", "street": "Rosenweg"}.

    Args:
        about: what was asked.
        lang: "de" or "en"; of the values, the fields are the same in both.
        town: whose facts are stated.

    Returns:
        The object; None where there is no form for it, or nothing is told.
    """
    values = town.tellable(about.subject, about.relation)
    if about.relation not in FIELDS_OF or not values:
        return None
    value = values[0][0]
    if about.relation == "home":
        shown: Any = street_name(value, lang)
    elif about.relation == "job":
        shown = job_name(value, about.subject, lang)
    else:
        shown = int(value)
    subject, field = FIELDS_OF[about.relation]
    return {subject: subject_name(about.subject, lang), field: shown}


def subject_name(subject: str, lang: str) -> str:
    """What somebody or some place is called, without an article."""
    for person in lexicon.people():
        if person.id == subject:
            titles = ("Frau", "Herr") if lang == "de" else ("Mrs", "Mr")
            title = "" if person.child else titles[person.gender == "m"] + " "
            return title + person.name
    place = next(place for place in lexicon.places() if place.id == subject)
    return (place.de if lang == "de" else place.en).split(" ", 1)[1]


def street_name(street: str, lang: str) -> str:
    """The name of a street alone: "Rosenweg", not "im Rosenweg"."""
    _, german, english = next(row for row in lexicon.streets() if row[0] == street)
    return german.split()[-1] if lang == "de" else english


def job_name(job: str, person: str, lang: str) -> str:
    """A job, in German in the gender of who has it."""
    found = next(one for one in lexicon.jobs() if one.id == job)
    if lang == "en":
        return found.en
    woman = any(one.id == person and one.gender == "f" for one in lexicon.people())
    return found.de_f if woman else found.de_m


def short_value(about: Asked, lang: str, town: Town) -> str:
    """What was asked in as few words as possible: "Rosenweg."; empty if nothing is told."""
    values = town.tellable(about.subject, about.relation)
    if not values:
        return ""
    words = _words_for(about, values[0], lang)
    return words[0].upper() + words[1:] + "."


def _words_for(about: Asked, value: tuple[str, ...], lang: str) -> str:
    german, first = lang == "de", value[0]
    if about.relation in ("home", "located"):
        return street_name(first, lang)
    if about.relation == "job":
        return job_name(first, about.subject, lang)
    if about.relation in ("friend", "parent"):
        return subject_name(first, lang)
    if about.relation == "hobby":
        return next(row[1 if german else 2][2] for row in lexicon.hobbies() if row[0] == first)
    if about.relation == "workplace":
        place = next(place for place in lexicon.places() if place.id == first)
        return place.de_at if german else place.en_at
    if about.relation in ("opens", "age"):
        number = next(row[1 if german else 2] for row in lexicon.numbers() if row[0] == first)
        return f"um {number}" if german and about.relation == "opens" else number
    noun = next(noun for noun in lexicon.nouns() if noun.id == first)
    if about.relation == "food":
        return (noun.de_plural or noun.de) if german else (noun.en_plural or noun.en)
    named = f"{noun.de if german else noun.en}, "  # an animal or a belonging: "Hut, blau"
    if about.relation == "pet":
        return named + value[1]
    return named + next(row[1 if german else 2] for row in lexicon.colours() if row[0] == value[1])


def read_form(answer: str) -> dict[str, Any] | None:
    """The JSON object that an answer is, and nothing else around it; None if it is none."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
