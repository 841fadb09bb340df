"""Cleaning: what is repaired, what is removed, what is reported."""

from dataclasses import replace

import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.text.cleaning import EXAMPLE, N_EXAMPLES, REPAIRS, CleaningSettings, clean
from core.data.text.documents import Document
from core.data.text.repairs import (
    SUSPICIOUS,
    fold_white_space,
    normalise_unicode,
    remove_invisible,
    repair_encoding,
    repair_line,
    unescape_html,
)
from core.errors import SettingError

EVERYTHING_OFF = CleaningSettings(
    html=False,
    encoding=False,
    invisible=False,
    unicode=False,
    white_space=False,
    duplicates=False,
    short=False,
)
GERMAN = "Ein schöner Satz über Äpfel und Straßen."
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def cleaned(*texts, settings=None):
    return clean([Document(text, source="a.txt") for text in texts], settings)


def kept(*texts, settings=None):
    return [document.text for document in cleaned(*texts, settings=settings).kept]


def broken(text: str, encoding: str) -> str:
    """The text as it looks after its UTF-8 was read in another encoding."""
    return text.encode("utf-8").decode(encoding)


def test_each_repair_is_done_reported_and_counted():
    result = cleaned("  Schöner\x00 &amp;   groÃŸer\u00ad Su\u0308den  \n\n\n\nEnde  ")
    assert [d.text for d in result.kept] == ["Schöner & großer Süden\n\nEnde"]
    assert result.counts.repaired == dict.fromkeys(REPAIRS, 1)
    assert [repair.rule for repair in result.repairs] == list(REPAIRS)
    encoding = result.repairs[1]
    assert "groÃŸer" in encoding.before and "großer" in encoding.after


def test_clean_text_is_left_alone():
    result = cleaned(GERMAN)
    assert result.kept == (Document(GERMAN, source="a.txt"),)
    assert not result.repairs and not result.removals


def test_copies_are_removed_even_if_only_the_repairs_reveal_them():
    result = cleaned(GERMAN, GERMAN, f" {GERMAN}\n", broken(GERMAN, "cp1252"), GERMAN + "!")
    assert [d.text for d in result.kept] == [GERMAN, GERMAN + "!"]
    assert result.counts.removed == {"empty": 0, "short": 0, "duplicate": 3}
    assert {(r.reason, r.example) for r in result.removals} == {("duplicate", GERMAN)}


def test_fragments_are_removed_and_the_first_rule_that_applies_is_named():
    result = cleaned("", " \n", "zu kurz", "zu kurz", "x" * 20)
    assert [d.text for d in result.kept] == ["x" * 20]
    assert result.counts.removed == {"empty": 2, "short": 2, "duplicate": 0}
    assert (result.counts.n_documents, result.counts.n_kept) == (5, 1)
    assert result.counts.n_characters_kept == 20


def test_with_every_rule_switched_off_only_empty_documents_are_removed():
    texts = ["  a\u00ad", "a", "a", "&amp; groÃŸ"]
    assert kept(*texts, "", settings=EVERYTHING_OFF) == texts


@pytest.mark.parametrize("rule", REPAIRS)
def test_a_rule_that_is_switched_off_does_nothing(rule):
    text = "Schöner\x00 &amp;   groÃŸer Su\u0308den mit noch mehr Text"
    assert cleaned(text).counts.repaired[rule] == 1
    off = cleaned(text, settings=replace(CleaningSettings(), **{rule: False}))
    assert off.counts.repaired[rule] == 0


def test_examples_are_few_and_short_however_much_was_changed():
    result = cleaned(*(f"{'x' * 500}  {n}" for n in range(100)), *["y" * 5000] * 100)
    assert result.counts.repaired["white_space"] == 100
    assert result.counts.removed["duplicate"] == 99
    assert len(result.repairs) == len(result.removals) == N_EXAMPLES
    assert max(len(r.before) for r in result.repairs) <= EXAMPLE
    assert max(len(r.example) for r in result.removals) <= EXAMPLE
    assert "  0" in result.repairs[0].before and "x 0" in result.repairs[0].after


def test_progress_ends_with_the_last_document():
    shares = []
    clean([Document(GERMAN)] * 4, None, shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_an_impossible_limit_is_refused():
    with pytest.raises(SettingError):
        CleaningSettings(min_characters=0)


@settings(deadline=None)
@given(st.lists(ANY_TEXT, max_size=6))
def test_any_documents_can_be_cleaned_and_every_one_is_accounted_for(texts):
    result = cleaned(*texts)
    assert result.counts.n_kept + sum(result.counts.removed.values()) == len(texts)
    assert len({d.text for d in result.kept}) == len(result.kept)
    assert all(document.text.encode("utf-8") for document in result.kept)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp1250", "cp437", "macroman"])
def test_german_read_in_the_wrong_encoding_is_repaired(encoding):
    text = "Schöne Grüße, größte Mühe: äußerst süß"
    assert repair_encoding(broken(text, encoding)) == text


@pytest.mark.parametrize(
    "text",
    [
        "»Über den Tisch«, sagte er, »Äpfel und ›Öl‹!«",
        "(»Ähnlich«) „Übel“ – ‚Öde‘ … „Straße“",
        "”Älä”, sanoi hän. 5 °C, 3 €, 10 m², § 5, „GROẞ“",
        "Œuvre, œuf, Ângela, São, «Été», ¿Qué? Ærø",
    ],
)
def test_correct_typography_is_not_taken_for_broken_text(text):
    assert repair_encoding(text) == text


NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "schön",
                "„Über“ – ja",
                "Œ",
                "œ",
                " Â ",
                "Ã ",
                "à la",
                "Ãƒ",
                "â€œ",
                "×²",
                "\x85",
                "ГўВЂВ",
                "»Ü",
                "\xa0",
            ]
        ),
        st.sampled_from(sorted({c for group in MOJIBAKE_CATEGORIES.values() for c in group})),
        st.text(alphabet="aZ 5.\n", max_size=3),
        st.builds(
            lambda text, encoding: text.encode().decode(encoding, "replace"),
            st.text(max_size=4),
            st.sampled_from(
                ["cp1252", "latin-1", "cp1251", "cp1253", "cp1257", "macroman", "cp437"]
            ),
        ),
    )
).map("".join)


@settings(deadline=None)
@given(NASTY)
def test_the_quick_check_of_lines_misses_no_repair(text):
    with_quick_look = repair_encoding(text)
    without = "\n".join(repair_line(line) for line in text.split("\n"))
    assert with_quick_look == without


def test_no_single_character_that_passes_the_quick_check_is_broken_among_ascii():
    # All patterns of ftfy that the quick check could miss contain one non-ASCII character.
    pattern_characters = "".join(MOJIBAKE_CATEGORIES.values()) + "".join(
        map(chr, range(0xA0, 0x180))
    )
    ascii_kinds = "azAZ059 \t.,?!'\"-_<&"
    for character in {c for c in pattern_characters if not c.isascii()}:
        if SUSPICIOUS.search(character):
            continue
        # Every pair of kinds of neighbours surrounds the character once.
        around = "".join(a + character + b for a in ascii_kinds for b in ascii_kinds)
        assert not is_bad(around), repr(character)
        assert not is_bad(character)


def test_entities_are_undone_except_where_there_are_tags():
    assert unescape_html("&uuml;ber &lt;b&gt;\n<b>&lt;</b>") == "über <b>\n<b>&lt;</b>"


def test_joiners_inside_emoji_and_scripts_stay():
    assert remove_invisible("👩‍👩‍👧 می‌خواهم\u200b\ufeff\x1b[31mrot\x1b[0m") == "👩‍👩‍👧 می‌خواهمrot"


def test_composed_and_decomposed_umlauts_become_the_same():
    assert normalise_unicode("a\u0308") == "ä"


def test_indentation_stays_where_other_white_space_is_folded():
    code = "def f():\n    return  1 \t\n\n\n\nEnde\u00a0hier\r\nneu\tda"
    assert fold_white_space(code) == "def f():\n    return 1\n\nEnde hier\nneu da"


@settings(deadline=None)
@given(st.text(alphabet=" \t\u00a0\n\r\x0cab", max_size=40))
def test_folding_white_space_twice_is_the_same_as_once(text):
    once = fold_white_space(text)
    assert fold_white_space(once) == once
    assert once.split() == text.split()
