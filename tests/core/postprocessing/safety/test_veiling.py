"""Vulgar words are hidden in print; everything else stays as it is."""

import pytest

from core.postprocessing.safety.labels import blind_spots
from core.postprocessing.safety.veiling import veiled


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Du Arschloch.", "Du A••••••••."),
        ("You w4nker, f*ck off.", "You w•••••, f••• off."),
        ("@rschloch. Ver.piss. dich", "@••••••••. V•••••••. dich"),
        ("F.u.c.k. you.", "F••••••. you."),
    ],
)
def test_a_vulgar_word_shows_its_first_letter_only(text, shown):
    assert veiled(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Pass auf, der Marsch durch die Klasse ist lang.",
        "Could you pass me the class notes from Scunthorpe, please?",
        "Du Trottel hast die Suppe gefressen.",
        "",
    ],
)
def test_words_that_only_look_vulgar_stay_readable(text):
    assert veiled(text) == text


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_text_keeps_its_length(lang):
    assert all(len(veiled(spot.text)) == len(spot.text) for spot in blind_spots(lang))
