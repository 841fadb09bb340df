"""The languages: every one writes numbers, dates and quotations in its own way."""

import pytest

from core.languages import LANGS, WRITTEN, known


def test_each_is_written_down_once():
    assert set(WRITTEN) == set(LANGS)
    assert WRITTEN["de"].quoted("Ja") == "„Ja“" and WRITTEN["en"].quoted("Yes") == "“Yes”"
    dates = {lang: WRITTEN[lang].date.format(day=3, month=2, year=2026) for lang in LANGS}
    assert dates == {"de": "3. 2. 2026", "en": "2026-02-03"}


def test_another_language_is_refused_by_its_name():
    assert known("de") == "de"
    with pytest.raises(ValueError, match="'fr', must be one of"):
        known("fr")
