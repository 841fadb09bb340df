"""Files and pasted text, the good ones and the bad ones."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.text.files import LIMIT_BYTES, documents_from_file, documents_from_text, read_file
from core.data.text.languages import language_of
from core.data.text.passages import PASSAGE, STRETCH, passages
from core.errors import (
    EmptyInput,
    InputError,
    NoTextColumn,
    NotText,
    TooLarge,
    UnknownFileType,
)

PARAGRAPH = "Am Morgen ging die Bäckerin zum Markt und kaufte drei Äpfel. " * 6


def texts(name: str, content: str) -> list[str]:
    return [document.text for document in documents_from_file(name, content.encode())]


def test_a_text_file_is_cut_at_its_empty_lines():
    content = "\n\n".join(f"{n}. {PARAGRAPH}" for n in range(40))
    documents = documents_from_file("ordner/buch.txt", content.encode())
    assert len(documents) == 14  # three paragraphs reach the length of a passage
    assert [d.text[:2] for d in documents[:3]] == ["0.", "3.", "6."]
    assert {(d.lang, d.kind, d.source) for d in documents} == {("de", "passage", "buch.txt")}


def test_a_short_text_is_split_finely_enough_to_hold_some_out():
    assert len(documents_from_text("\n\n".join([PARAGRAPH] * 8))) >= 8


def test_markdown_stays_as_it_is_written():
    content = "# Titel\n\n*Hallo* <b>Welt</b>, hier steht etwas."
    assert texts("notizen.MD", content) == [content]


def test_hostile_html_is_a_text_like_any_other():
    content = "<script>alert('x')</script><img src=x onerror=alert(1)> {{7*7}} </textarea>"
    assert texts("a.txt", content) == [content]


@pytest.mark.parametrize(
    "table",
    [
        "id,text\n1,Der Hund bellt laut.\n2,Die Katze schläft heute.\n",
        "text;id\nDer Hund bellt laut.;1\nDie Katze schläft heute.;2\n",
        'nr\tText\tname\n1\t"Der Hund bellt laut."\tA\n2\tDie Katze schläft heute.\tB\n',
        "1|Der Hund bellt laut.\n2|Die Katze schläft heute.\n",
        "Der Hund bellt laut.\nDie Katze schläft heute.\n",
    ],
    ids=["comma", "semicolon", "tab and quotes", "no header", "one column"],
)
def test_the_text_column_of_a_table_is_found(table):
    assert texts("t.csv", table) == ["Der Hund bellt laut.", "Die Katze schläft heute."]


def test_cells_may_hold_delimiters_quotes_and_line_ends():
    table = (
        'id,geschichte\n1,"Er sagte: ""Ja, gern.""\nDann ging er."\n2,"Sie blieb, wo sie war."\n'
    )
    reading = read_file("t.csv", table.encode("utf-8-sig"))
    assert reading.documents[0].text == 'Er sagte: "Ja, gern."\nDann ging er.'
    assert (reading.column, reading.n_skipped) == ("geschichte", 0)


def test_among_several_text_columns_the_one_named_text_wins_then_the_longest():
    row = "Das hier ist kurz gesagt,Das hier ist die ganze lange Geschichte von allem"
    assert len(texts("t.csv", f"text,notiz\n{row}\n")[0]) < 30
    assert len(texts("t.csv", f"titel,notiz\n{row}\n")[0]) > 30


def test_rows_without_text_are_skipped_and_counted():
    table = "id,text\n1,Der Hund bellt laut.\n2,\n3\n4,Die Katze schläft heute.\n"
    reading = read_file("t.csv", table.encode())
    assert (len(reading.documents), reading.n_skipped) == (2, 2)


@pytest.mark.parametrize(
    "table", ["a,b\n1,2\n3,4\n", "ort,datum\nUlm,2024-01-01\nBonn,2024-02-01\n", "a,b\n"]
)
def test_a_table_of_numbers_and_names_has_no_text_column(table):
    with pytest.raises(NoTextColumn) as caught:
        documents_from_file("t.csv", table.encode())
    assert caught.value.values["columns"] == table.split("\n")[0].split(",")


def test_json_lines_give_their_text_field_or_their_longest_one():
    lines = [{"id": 1, "story": "Der Hund bellt sehr laut.", "title": "Hund", "n": None}]
    lines += [{"story": "Die Katze schläft heute lange.", "title": "Katze"}]
    content = "\n".join(map(json.dumps, lines))
    assert texts("a.jsonl", content) == [line["story"] for line in lines]
    assert texts("a.jsonl", '{"text": "Hallo", "x": "eins zwei drei vier"}') == ["Hallo"]
    assert texts("a.jsonl", '"eins zwei drei"\n"vier fünf sechs"')[1] == "vier fünf sechs"


def test_broken_lines_of_json_are_skipped_and_counted():
    content = '{"text": "Hallo Welt"}\n{"text": "abgeschn\n' + "[" * 100_000 + '\n{"text": 7}\n'
    reading = read_file("a.jsonl", content.encode())
    assert [d.text for d in reading.documents] == ["Hallo Welt"]
    assert reading.n_skipped == 3


def test_half_a_character_in_json_becomes_a_valid_character():
    assert texts("a.jsonl", r'{"text": "kaputt: \ud83d!"}') == ["kaputt: \ufffd!"]


@pytest.mark.parametrize("content", ['{"a": 1}', "[1, 2]", "kein JSON"])
def test_json_lines_without_text_have_no_text_column(content):
    with pytest.raises(NoTextColumn):
        documents_from_file("a.jsonl", content.encode())


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.jsonl"])
@pytest.mark.parametrize("data", [b"", b" \n\t\n ", b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"])
def test_nothing_but_white_space_is_empty(name, data):
    with pytest.raises(EmptyInput):
        documents_from_file(name, data)


def test_nothing_pasted_is_empty():
    with pytest.raises(EmptyInput):
        documents_from_text(" \u200b\n")


def test_one_character_and_emoji_alone_are_documents():
    assert texts("a.txt", "x") == ["x"]
    assert texts("a.md", "🎉👩‍👩‍👧") == ["🎉👩‍👩‍👧"]


def test_binary_data_is_refused_under_every_name():
    for name in ("a.txt", "a.md", "a.csv", "a.jsonl"):
        with pytest.raises(NotText):
            documents_from_file(name, bytes(range(256)))


@pytest.mark.parametrize("name", ["a.pdf", "a", "txt", "a.txt.exe", ""])
def test_other_kinds_of_files_are_refused_by_name(name):
    with pytest.raises(UnknownFileType) as caught:
        documents_from_file(name, b"Hallo")
    assert caught.value.values["name"] == name


def test_more_than_the_limit_is_too_large_and_exactly_the_limit_is_not():
    data = (b"x" * 99 + b"\n") * (LIMIT_BYTES // 100 + 1)
    assert len(documents_from_file("a.txt", data[:LIMIT_BYTES])) > 1000
    with pytest.raises(TooLarge) as caught:
        documents_from_file("a.txt", data[: LIMIT_BYTES + 1])
    assert caught.value.values["limit_mb"] == 20
    with pytest.raises(TooLarge):
        documents_from_text("ä" * (LIMIT_BYTES // 2 + 1))


@settings(deadline=None)
@given(st.sampled_from(["a.txt", "a.md", "a.csv", "a.jsonl"]), st.binary(max_size=120))
def test_any_bytes_become_documents_or_an_error_of_the_tree(name, data):
    try:
        documents = documents_from_file(name, data)
    except InputError:
        return
    assert documents
    assert all(document.text.strip() and document.text.encode() for document in documents)


@settings(deadline=None)
@given(st.text(alphabet='a1 ,;"\n\t|.{}[]:ä', max_size=80))
def test_any_table_becomes_documents_or_an_error_of_the_tree(content):
    for name in ("a.csv", "a.jsonl"):
        try:
            assert documents_from_file(name, content.encode())
        except InputError:
            continue


@settings(deadline=None)
@given(st.text(alphabet="ab .!\n", max_size=3000))
def test_passages_joined_are_the_text(text):
    cut = passages(text)
    assert "".join(cut) == text
    assert all(cut)


def test_a_text_without_any_boundary_is_still_cut():
    assert max(map(len, passages("a" * 50_000))) <= STRETCH * PASSAGE


@pytest.mark.parametrize(
    "text, lang",
    [
        ("Der Hund ist müde und geht nicht mehr aus dem Haus.", "de"),
        ("The dog is tired and will not leave the house.", "en"),
        ("Le chien est fatigué et ne sort plus.", "und"),
        ("12 34 🎉", "und"),
    ],
)
def test_the_language_is_told_by_its_small_words(text, lang):
    assert language_of(text) == lang


PROSE = [
    "Es war einmal, vor langer Zeit.",
    "Mia lachte laut, und Tom schwieg.",
    "Am Abend kam Regen, dann Wind.",
]


def test_commas_in_prose_do_not_make_a_table():
    assert texts("a.csv", "\n".join(PROSE)) == PROSE
    assert texts("a.csv", "text\n" + "\n".join(PROSE)) == PROSE
    semicolons = [line.replace(",", ";") for line in PROSE]
    assert texts("a.csv", "Geschichte\n" + "\n".join(semicolons)) == semicolons


def test_a_delimiter_may_be_followed_by_a_space_where_the_first_line_names_the_columns():
    table = "id, text\n1, Der Hund bellt laut.\n2, Die Katze schläft heute."
    assert texts("a.csv", table) == [" Der Hund bellt laut.", " Die Katze schläft heute."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_that_excel_writes_down_is_believed(delimiter):
    rows = ["nr|text", "1|Der Hund, der alte, bellt.", "2|Die Katze; sie schläft, heute."]
    table = (
        "sep="
        + delimiter
        + "\n"
        + "\n".join(delimiter.join(f'"{cell}"' for cell in row.split("|")) for row in rows)
    )
    assert texts("a.csv", table) == [row.split("|")[1] for row in rows[1:]]


def test_a_column_is_chosen_for_what_it_holds_if_the_one_named_like_a_text_is_nearly_empty():
    rows = [
        f"Das ist die {n}. lange Geschichte aus dem Ort,{'ok' if n == 3 else ''}" for n in range(9)
    ]
    found = read_file("a.csv", ("story long,comment\n" + "\n".join(rows)).encode())
    assert (found.column, len(found.documents)) == ("story long", 9)


def test_a_quotation_mark_that_never_closes_costs_no_row_and_is_told():
    table = 'id,text\n1,Der Hund bellt laut.\n2,"Die Katze schläft heute.\n3,Der Esel ruft uns.\n'
    found = read_file("a.csv", table.encode())
    assert [document.text for document in found.documents] == [
        "Der Hund bellt laut.",
        '"Die Katze schläft heute.',
        "Der Esel ruft uns.",
    ]
    assert (found.n_unclosed, found.n_skipped) == (1, 0)


def test_a_cell_of_several_lines_stays_one_cell():
    table = 'id,text\n1,"Der Hund\nbellt laut."\n2,"Er sagte ""Wau"" dazu."\n'
    found = read_file("a.csv", table.encode())
    assert [document.text for document in found.documents] == [
        "Der Hund\nbellt laut.",
        'Er sagte "Wau" dazu.',
    ]
    assert found.n_unclosed == 0


def test_a_file_full_of_unclosed_quotation_marks_is_read_in_little_time():
    table = "id,text\n" + '1,"Der Hund bellt laut, heute.\n' * 3_001
    found = read_file("a.csv", table.encode())
    assert len(found.documents) == 3_001
