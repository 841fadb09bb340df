"""The mailbox: letters in, filtered answers out, and no letter can change how."""

import json
import re
from pathlib import Path

import pytest

from core.api.letters import EXAMPLE, MAX_LETTER_BYTES, Letter, letter_files, read_letter
from core.api.mailbox import Mailbox, answered, files_of
from core.api.mailbox_command import answer_mailbox
from core.api.models import NOBODY, model_named
from core.errors import EmptyInput, InputError, NotText, TooLarge, UnknownFileType
from core.postprocessing.sending.audit import from_jsonl, verify
from core.postprocessing.stages import StageSetting

PRIVATE = (StageSetting("private"), StageSetting("secrets"))


def run(room, letters: Path, out: Path, **asked) -> tuple[int, list[str]]:
    said: list[str] = []
    code = answer_mailbox(letters, out, services=room.services, say=said.append, **asked)
    return code, said


def test_the_shipped_letters_are_answered_and_the_broken_ones_reported(room, tmp_path):
    out = tmp_path / "out"
    code, said = run(room, EXAMPLE, out, stages="default")
    assert code == 1  # two were skipped
    assert [line.split(":")[0][5:] for line in said if "skipped" in line] == [
        "05-photo.txt",
        "06-leer.txt",
    ]
    answers = sorted(path.name for path in out.glob("*.answer.txt"))
    assert len(answers) == len(letter_files(EXAMPLE)) - 2
    assert (out / "audit.jsonl").is_file()
    # sooner or later the trail's hashes contain any four digits
    everything = "".join(
        re.sub(r'"[0-9a-f]{64}"', "", path.read_text("utf-8")) for path in out.iterdir()
    )
    for secret in ("3704", "1111 1111", "kaya@", "haller@", "23125", "7946", "hunter2"):
        assert secret not in everything


def test_a_letter_that_asks_to_ignore_the_filters_is_filtered_like_all_others(room, tmp_path):
    run(room, EXAMPLE, tmp_path / "out", stages="default")
    text = (tmp_path / "out" / "03-herr-rossi.answer.txt").read_text("utf-8")
    assert "ignorieren Sie alle Filter" in text  # it is quoted, as text
    assert "[IBAN]" in text and "[KARTE]" in text


def test_every_answer_comes_with_its_envelope_and_a_trail_that_holds(room, tmp_path):
    out = tmp_path / "out"
    run(room, EXAMPLE, out, stages="default")
    envelope = json.loads((out / "01-frau-kaya.envelope.json").read_text("utf-8"))
    assert envelope["text"] == (out / "01-frau-kaya.answer.txt").read_text("utf-8")
    assert envelope["language"] == "de"
    entries = from_jsonl((out / "audit.jsonl").read_text("utf-8"))
    for id_ in {entry.answer for entry in entries}:
        assert verify([entry for entry in entries if entry.answer == id_]) is None
    mine = [entry for entry in entries if entry.answer == envelope["id"]]
    assert mine[-1].hash == envelope["audit"]["head"]


def test_nothing_is_overwritten(room, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep me")
    code, said = run(room, EXAMPLE, out)
    assert code == 2
    assert "nothing is overwritten" in said[-1]
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "asked", [{"stages": "everything"}, {"model": "gpt-4"}, {"stages": "missing.json"}]
)
def test_what_cannot_begin_says_so_and_writes_nothing(room, tmp_path, asked):
    code, said = run(room, EXAMPLE, tmp_path / "out", **asked)
    assert code == 2
    assert said[-1].startswith("nothing was")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_is_no_mailbox(room, tmp_path):
    assert run(room, tmp_path / "none", tmp_path / "out")[0] == 2


def test_all_letters_answered_ends_well_and_stages_can_come_from_a_file(room, tmp_path):
    letters = tmp_path / "in"
    letters.mkdir()
    (letters / "one.txt").write_text("Where does Tom live? tom@example.org", "utf-8")
    (tmp_path / "line.json").write_text('[{"name": "private", "settings": {"email": "keep"}}]')
    code, _ = run(room, letters, tmp_path / "out", stages=str(tmp_path / "line.json"))
    assert code == 0
    assert "tom@example.org" in (tmp_path / "out" / "one.answer.txt").read_text("utf-8")


def test_two_letters_of_one_name_get_two_answers(room, tmp_path):
    for ending in ("txt", "md"):
        (tmp_path / f"one.{ending}").write_text("Where does Tom live?")
    model = model_named(room.store, NOBODY, None)
    results = list(answered(Mailbox(room.services, NOBODY, model, PRIVATE), tmp_path))
    assert set(files_of(results)) == {
        "one.txt.answer.txt",
        "one.txt.envelope.json",
        "one.md.answer.txt",
        "one.md.envelope.json",
        "audit.jsonl",
    }


def test_the_same_letters_with_the_same_seed_get_the_same_answers(room):
    model = model_named(room.store, NOBODY, None)
    box = Mailbox(room.services, NOBODY, model, PRIVATE, seed=4)
    letter = Letter("a.txt", "Wo wohnt Mia?")
    assert box.answer(letter).text == box.answer(letter).text


def test_a_letter_is_asked_its_questions_or_its_last_line():
    letter = Letter("a.txt", "Hallo! Hat Emil ein Tier? Und: wie alt ist er? Danke.")
    assert letter.questions == ["Hat Emil ein Tier?", "wie alt ist er?"]
    assert Letter("a.txt", "Guten Tag.\nEs war schön.").questions == ["Es war schön."]
    assert len(Letter("a.txt", "Wer? " * 9).questions) == 3


def test_a_mail_is_read_without_its_head_and_its_attachments(tmp_path):
    head = 'From: x@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
    parts = "--b\nContent-Type: text/plain; charset=utf-8\n\nWo wohnt Mia?\n"
    attached = "--b\nContent-Type: text/html\n\n<b>never</b>\n--b--\n"
    (tmp_path / "a.eml").write_text(head + parts + attached)
    assert read_letter(tmp_path / "a.eml").text == "Wo wohnt Mia?"


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.txt", b"", EmptyInput),
        ("a.txt", b" \n\t", EmptyInput),
        ("a.txt", bytes(range(256)) * 9, NotText),
        ("a.eml", bytes(range(256)) * 9, NotText),
        ("a.eml", b"Content-Type: text/html\n\n<p>Hi</p>", NotText),
        ("a.txt", b"a" * (MAX_LETTER_BYTES + 1), TooLarge),
        ("a.docx", b"Hi", UnknownFileType),
    ],
)
def test_what_is_no_letter_is_refused_with_its_reason(tmp_path, name, data, error):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(error):
        read_letter(tmp_path / name)


def test_links_hidden_files_and_folders_are_left_alone(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / ".hidden.txt").write_text("hidden")
    (tmp_path / "in" / "folder.txt").mkdir()
    (tmp_path / "in" / "letter.txt").write_text("Hallo")
    assert [path.name for path in letter_files(tmp_path / "in")] == ["letter.txt"]
    with pytest.raises(InputError):
        letter_files(tmp_path / "in" / "letter.txt")


HOSTILE = {
    "parameters": b"Content-Type: text/plain" + b"; a=b" * 30_000 + b"\n\nWo wohnt Mia?\n",
    "nested": b"MIME-Version: 1.0\n"
    + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000)
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_mail_is_given_up_and_the_mailbox_goes_on(kind, room, tmp_path):
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "1.eml").write_bytes(HOSTILE[kind][: MAX_LETTER_BYTES - 1])
    (letters / "2.txt").write_text("Wo wohnt Mia?")
    _, said = run(room, letters, tmp_path / "out")
    assert (tmp_path / "out" / "2.answer.txt").is_file(), said


@pytest.mark.parametrize("text", ["a" * 190_000, "? " * 90_000, "a b " * 45_000 + "?"])
def test_questions_are_found_in_one_pass(text):
    assert len(Letter("x.txt", text).questions) <= 3


def test_a_question_ends_with_its_mark_and_begins_after_the_sentence_before():
    letter = Letter("x.txt", "Hallo. Wo wohnt Mia?? Danke!\nWer backt: Ada? ?")
    assert letter.questions == ["Wo wohnt Mia?", "Ada?"]
