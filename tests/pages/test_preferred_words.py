"""One name for one thing: no catalogue uses a word that pages/kit/words/preferred.toml replaces."""

import re
import tomllib

import pytest

from core.languages import LANGS
from pages.kit.catalogue import FOLDER, words

PREFERRED = tomllib.loads((FOLDER / "preferred.toml").read_text("utf-8"))


def pattern(spelled: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){spelled}(?!\w)", re.IGNORECASE)


@pytest.mark.parametrize("lang", LANGS)
def test_no_catalogue_uses_a_synonym_of_a_preferred_word(lang):
    found = [
        f"{key}: “{hit.group()}”, we say “{entry[lang]}”"
        for entry in PREFERRED.values()
        for spelled in entry[f"not_{lang}"]
        for key in words(lang)
        if (
            hit := pattern(spelled).search(
                words(lang)(key, **dict.fromkeys(words(lang).placeholders(key), "…"))
            )
        )
    ]
    assert found == []


def test_every_entry_names_both_languages():
    fields = {"de", "en", "not_de", "not_en"}
    assert {name for name, entry in PREFERRED.items() if set(entry) != fields} == set()


def test_a_pattern_finds_whole_words_in_any_case():
    assert pattern("Einbettung\\w*").search("die einbettungen")
    assert not pattern("Chancen?").search("Chancengleichheit")
