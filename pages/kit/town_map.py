"""The map of the invented town: its streets, who lives on each and what is there.

Who lives where and what is where are facts of the town; how the streets are arranged is not, so
that is merely drawn, and the card says so.
"""

from dataclasses import dataclass
from html import escape

from core.alignment.text.forms import street_name, subject_name
from core.data.world import Town, lexicon
from core.languages import Lang
from pages.kit.catalogue import Words


@dataclass(frozen=True)
class Household:
    """Who lives in one house.

    Args:
        name: the adult's surname.
        children: their first names.
        is_told: whether any text may say where they live.
    """

    name: str
    children: tuple[str, ...]
    is_told: bool


@dataclass(frozen=True)
class Street:
    """One street: its name, its households, its shops and public places."""

    name: str
    households: tuple[Household, ...]
    places: tuple[str, ...]


def streets(town: Town, lang: Lang) -> list[Street]:
    """Every street and what the facts put there, in lexicon order."""
    people = {person.id: person for person in lexicon.people()}
    found = []
    for street, *_ in lexicon.streets():
        at_home = [id_ for id_, person in people.items() if not person.child]
        households = [
            Household(
                people[adult].name,
                tuple(people[child].name for (child,) in town.values(adult, "child")),
                (adult, "home") not in town.left_out,
            )
            for adult in at_home
            if (street,) in town.values(adult, "home")
        ]
        places = [
            subject_name(place.id, lang)
            for place in lexicon.places()
            if (street,) in town.values(place.id, "located")
        ]
        found.append(Street(street_name(street, lang), tuple(households), tuple(places)))
    return found


def outdoors(lang: Lang) -> list[str]:
    """Park, lake and so on, whose location no fact states."""
    return [subject_name(one.id, lang) for one in lexicon.places() if "outside" in one.classes]


def town_map(town: Town, t: Words) -> str:
    """The whole map as markup: one cell per street, with the outdoors around them."""
    cells = "".join(_street(street, t) for street in streets(town, t.lang))
    around = "".join(f"<span>{escape(name)}</span>" for name in outdoors(t.lang))
    return (
        f'<div class="gb-town">{cells}</div>'
        f'<p class="gb-town-around"><b>{escape(t("town.around"))}</b> {around}</p>'
    )


def _street(street: Street, t: Words) -> str:
    """A street: houses on one side of the road, shops and public places on the other."""
    houses = "".join(_house(each, t) for each in street.households)
    places = "".join(f"<li>{escape(name)}</li>" for name in street.places)
    return (
        f'<section><ul class="gb-houses">{houses}</ul>'
        f'<h4 class="gb-road">{escape(street.name)}</h4>'
        f'<ul class="gb-places">{places}</ul></section>'
    )


def _house(household: Household, t: Words) -> str:
    """A house with its people above it; dashed if no text says who lives there."""
    children = escape(", ".join(household.children))
    untold = "" if household.is_told else f'<i class="gb-spoken">{escape(t("town.dashed"))}</i>'
    kind = "" if household.is_told else ' class="gb-untold"'
    return f"<li{kind}><b>{escape(household.name)}</b><small>{children}</small>{untold}<u></u></li>"
