"""Sentences with a count read right when it is one: a count stands behind what is counted."""

import re

import pytest

from pages.kit.catalogue import words

COUNTED = (
    "room.lesson_minutes",
    "room.people_now",
    "room.write_ok",
    "path.imported",
    "workshop.n_people",
    "workshop.of_people",
    "workshop.n_lines",
    "workshop.n_clicks",
    "workshop.needed",
    "workshop.reward_model",
    "workshop.took_part",
    "workshop.left_out",
    "takehome.run",
    "takehome.nb_about",
    "units.words_surprise",
    "units.choosing_surprise",
    "units.choosing_counted",
    "units.heads_surprise",
)
"""Sentences of the rooms, the path and the drawer whose count may be one."""
MANY = re.compile(
    r"\b1 (people|steps?|units|lines|pairs|minutes|heads|simulated|have|hold|give|of 1 (have|hold)|"
    r"Personen|Schritte|Einheiten|Zeilen|Paaren?|Minuten|Köpfe|simulierte|haben|"
    r"(davon|von 1) (haben|zusammen)|von 1 (Token|Köpfen) (haben|mehr))|(first|ersten) 1 (are|sind)"
)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("key", COUNTED)
def test_one_of_anything_is_said_as_one(key, lang):
    t = words(lang)
    said = t(key, **{name: "1" for name in t.placeholders(key)})
    assert "1" in said and not MANY.search(said)


@pytest.mark.parametrize("said", ["1 people took part", "1 Zeilen gesendet", "1 of 1 have voted"])
def test_what_is_looked_for_would_be_found(said):
    assert MANY.search(said)
