"""The invented town in a sentence, and the card behind it: its map, its people, what is true there.

Everything on the card is read from the facts of the town in the example model's texts.
"""

from dataclasses import replace
from html import escape
from random import Random
from typing import TYPE_CHECKING, Final

import streamlit as st

from pages.kit.catalogue import Words, rich
from pages.kit.numbers import whole
from pages.kit.static import ASSETS

if TYPE_CHECKING:  # slow to import, and only the open card needs it
    from core.data.world import Town

RELATIONS: Final = ("job", "home", "food", "pet", "opens", "parent", "age", "friend")
"""The card shows one fact of each of these as an example."""
SHOWN_UNTOLD: Final = 6  # facts shown that no text mentions


def town_note(t: Words, key: str = "town") -> None:
    """One sentence about the town, and a quiet button that opens its card.

    Args:
        t: the visitor's words.
        key: key of the button; unique on the page.
    """
    st.html(ASSETS / "town.css")
    with st.container(key="gb_town_note", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="gb-soft">{rich(t("town.note"))}</p>', width="content")
        if st.button(t("town.open"), key=f"{key}_open", type="tertiary"):
            open_card(t)


def open_card(t: Words) -> None:
    """Open the card: map, people, facts."""

    @st.dialog(t("town.title"), width="large")
    def card() -> None:
        from pages.kit.town_map import town_map

        here = example_town()
        n = whole(len(here.claims()), t.lang)
        n_untold = whole(sum(len(here.values(*key)) for key in here.left_out), t.lang)
        st.html(f"<p>{rich(t('town.about', n=n, untold=n_untold))}</p>")
        st.html(f"<h3>{escape(t('town.map'))}</h3>{town_map(here, t)}")
        st.html(f'<p class="gb-town-note">{escape(t("town.map_note"))}</p>')
        told, untold = statements(here, t)
        st.html(
            f"<h3>{escape(t('town.true'))}</h3>"
            f'<div class="gb-town-true">{_list(t("town.told"), told)}'
            f"{_list(t('town.untold', n=n_untold), untold)}</div>"
            f'<p class="gb-town-note">{rich(t("town.untold_note"))}</p>'
            f"<h3>{escape(t('town.people'))}</h3>{people_table(here, t)}"
        )

    card()


def example_town() -> "Town":
    """The town in the example model's texts; without a shipped model, the default town."""
    from core.data.world import WorldSettings, draw_town
    from core.house import house_artifacts

    corpus = next((one for one in house_artifacts() if one.kind == "corpus"), None)
    return draw_town(WorldSettings(**corpus.settings["world"]) if corpus else WorldSettings())


def statements(here: "Town", t: Words) -> tuple[list[str], list[str]]:
    """True sentences: some that texts may mention, some that none of them mentions."""
    from core.alignment.text.asking import Asked
    from core.alignment.text.examples import state

    frank = replace(here, left_out=frozenset())  # the same town, with nothing left out
    told = [
        next(key for key in here.facts if key[1] == wanted and key not in here.left_out)
        for wanted in RELATIONS
    ]
    untold = [key for key in here.facts if key in here.left_out and key[1] != "workplace"]
    stride = max(1, len(untold) // SHOWN_UNTOLD)
    said = [
        [state(Asked(*key), t.lang, frank, Random(1)) for key in keys]
        for keys in (told, untold[::stride][:SHOWN_UNTOLD])
    ]
    return said[0], said[1]


def people_table(here: "Town", t: Words) -> str:
    """Everybody with street, age or job, and pet: what the map shows, and more, as a table."""
    from core.alignment.text.forms import job_name, street_name, subject_name
    from core.data.world import lexicon

    kinds = {noun.id: noun.de if t.lang == "de" else noun.en for noun in lexicon.nouns()}
    rows = []
    for person in lexicon.people():
        job = [job_name(job, person.id, t.lang) for (job,) in here.values(person.id, "job")]
        age = [t("town.years", n=age) for (age,) in here.values(person.id, "age")]
        home = [street_name(street, t.lang) for (street,) in here.values(person.id, "home")]
        pet = [f"{kinds[kind]} {name}" for kind, name in here.values(person.id, "pet")]
        cells = "".join(f"<td>{escape(', '.join(each))}</td>" for each in (age + job, home, pet))
        name = escape(subject_name(person.id, t.lang))
        rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    names = (t("town.name"), t("town.does"), t("town.lives"), t("town.animal"))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(rows)
    return (
        f'<table class="gb-town-people"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _list(title: str, sentences: list[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<div><h4>{escape(title)}</h4><ul>{items}</ul></div>"
