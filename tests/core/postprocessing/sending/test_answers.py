"""The envelope and its trail: what they tell, what they must never tell, and that tampering is
noticed."""

import csv
import hashlib
import io
import json
from dataclasses import asdict, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, SettingError
from core.lineage import canonical_json
from core.postprocessing.sending.answers import Count, Origin, Prices, sealed
from core.postprocessing.sending.audit import (
    NO_ENTRY,
    from_dicts,
    from_jsonl,
    head_of,
    to_csv,
    to_jsonl,
    trail,
    verify,
)
from core.postprocessing.stages import Answer, Finding, Processed

IBAN = "DE89 3704 0044 0532 0130 00"
DRAWN = f"Meine IBAN ist {IBAN}. Du kennst Mia."
MASKED = "Meine IBAN ist [IBAN]. Du kennst Mia."
POLITE = "Meine IBAN ist [IBAN]. Sie kennst Mia."


def answer(**notes: object) -> Answer:
    """Two stages by hand: the IBAN is masked, then "Du" becomes "Sie"."""
    iban = Finding(15, 15 + len(IBAN), "iban", "checksum", "[IBAN]")
    tone = Finding(23, 25, "address", "du", "Sie")
    private = Processed(MASKED, (iban,), seconds=0.25, notes=notes)
    return Answer(POLITE, (("private", private), ("tone", Processed(POLITE, (tone,), 0.5))))


def written(**changed):
    return trail(answer(), DRAWN, **{"id": "env-1", "at": "2026-01-01", "model_s": 1.0, **changed})


def test_a_trail_has_an_entry_for_the_model_for_each_stage_and_for_what_was_sent():
    entries = written()
    assert [entry.stage for entry in entries] == ["model", "private", "tone", "sent"]
    assert [entry.n_findings for entry in entries] == [0, 1, 1, 0]
    assert entries[1].places == [[15, 15 + len(IBAN), "iban", "checksum"]]
    assert entries[1].kinds == {"iban": 1}
    assert entries[0].before == entries[0].after == entries[1].before  # the model's text, untouched
    assert entries[1].before != entries[1].after == entries[2].before
    assert entries[2].after == entries[3].before == entries[3].after


def test_each_entry_is_named_by_the_hash_of_what_it_says_and_names_the_one_before():
    entries = written()
    assert entries[0].previous == NO_ENTRY
    for before, entry in pairwise(entries):
        assert entry.previous == before.hash
    said = {name: value for name, value in asdict(entries[2]).items() if name != "hash"}
    assert entries[2].hash == hashlib.sha256(canonical_json(said)).hexdigest()
    assert head_of(entries) == entries[-1].hash


def test_a_trail_as_it_was_written_is_found_whole():
    entries = written()
    assert verify(entries) is None
    assert verify(entries, head_of(entries)) is None
    assert verify([]) is None


@given(
    place=st.integers(0, 3),
    change=st.sampled_from(
        [{"n_findings": 9}, {"seconds": 9.5}, {"stage": "words"}, {"held_back": True},
         {"after": "0" * 64}, {"previous": "1" * 64}, {"hash": "2" * 64}]
    ),
)  # fmt: skip
def test_whatever_is_changed_in_an_entry_is_found_there(place, change):
    entries = written(salt=b"same")
    entries[place] = replace(entries[place], **change)
    assert verify(entries) == place


def test_a_dropped_a_doubled_and_a_moved_entry_are_found():
    entries = written()
    assert verify([entries[0], *entries[2:]]) == 1
    assert verify([*entries[:2], entries[1], *entries[2:]]) == 2
    assert verify([entries[0], entries[2], entries[1], entries[3]]) == 1


def test_a_trail_written_wholly_anew_or_cut_at_its_end_is_told_by_the_head_alone():
    entries, forged = written(), written(model_s=9.0)
    assert verify(forged) is None
    assert verify(forged, head_of(entries)) == len(forged)
    assert verify(entries[:-1]) is None
    assert verify(entries[:-1], head_of(entries)) == 3


def test_fingerprints_of_two_trails_of_the_same_text_have_nothing_in_common():
    one, two = written(), written()
    assert not {entry.before for entry in one} & {entry.before for entry in two}
    plain = hashlib.sha256(DRAWN.encode()).hexdigest()
    assert plain not in to_jsonl(one)


def in_envelope(**notes):
    origin = Origin("glassbox-example", "f" * 40, "aligned", (("corpus", "a"), ("aligned", "f")))
    return sealed(
        answer(**notes), DRAWN, origin=origin, lang="de", n_in=1000, n_out=500, model_s=2.0,
        prices=Prices(0.5, 2.0, "EUR", watts=18.0),
    )  # fmt: skip


def test_what_a_stage_found_stands_nowhere_in_the_envelope_nor_in_its_exports():
    notes = {"map": {IBAN: "DE00"}, "list": ["DE89370400440532013000"], "n": 1, "word": "kept"}
    envelope = in_envelope(**notes)
    told = json.dumps(envelope.to_dict(), ensure_ascii=False)
    for text in (told, to_csv(envelope.audit), to_jsonl(envelope.audit)):
        assert "3704 0044" not in text
        assert "0532 0130" not in text
    assert envelope.stages[0]["notes"] == {"map": {"…": "DE00"}, "list": ["…"], "n": 1,
                                           "word": "kept"}  # fmt: skip


def test_a_rule_that_repeats_what_it_found_is_left_out():
    found = Finding(0, 12, "own", "Mia Lindner!", "[…]")
    steps = (("private", Processed("[…] kommt", (found,))),)
    entries = trail(Answer("[…] kommt", steps), "Mia Lindner! kommt", id="", at="", model_s=0)
    assert entries[1].places == [[0, 12, "own", "…"]]


def test_the_envelope_counts_tokens_time_money_and_energy_by_hand():
    said = in_envelope().to_dict()
    assert said["tokens"] == {"in": 1000, "out": 500}
    assert said["seconds"] == {"model": 2.0, "stages": 0.75}
    assert said["cost"]["amount"] == 0.5 + 1.0  # 1,000 at 0.50 and 500 at 2.00 per thousand
    assert said["cost"]["watt_hours"] == 18.0 * 2.0 / 3600
    assert said["cost"]["note"] == "by the operator's prices"
    assert [stage["changed"] for stage in said["stages"]] == [True, True]
    assert said["audit"]["head"] == said["audit"]["entries"][-1]["hash"]
    assert verify(from_dicts(said["audit"]["entries"]), said["audit"]["head"]) is None


def test_without_prices_nothing_costs_anything_and_the_energy_is_not_known():
    count = Count(1000, 1000, 5.0, 1.0).to_dict(Prices.from_environment({}))
    assert count["cost"]["amount"] == 0
    assert count["cost"]["watt_hours"] is None
    assert count["cost"]["note"] == "runs on this machine"


@pytest.mark.parametrize("price", ["much", "-1", "nan", "inf"])
def test_a_price_that_is_none_is_refused(price):
    with pytest.raises(SettingError):
        Prices.from_environment({"GLASSBOX_PRICE_OUT": price})


def test_a_german_comma_is_a_price_too():
    assert Prices.from_environment({"GLASSBOX_PRICE_IN": "0,15"}).per_1000_in == 0.15


def test_json_lines_come_back_as_they_were_and_a_changed_one_is_found():
    entries = written()
    assert from_jsonl(to_jsonl(entries)) == entries
    tampered = to_jsonl(entries).replace('"n_findings": 1', '"n_findings": 0', 1)
    assert verify(from_jsonl(tampered)) == 1


@pytest.mark.parametrize("text", ["{", '{"number": 0}', "[1]", '"x"'])
def test_what_is_no_trail_is_refused(text):
    with pytest.raises(InputError):
        from_jsonl(text)


def test_the_table_has_a_row_an_entry_and_no_cell_a_table_program_would_run():
    entries = written()
    entries[1] = replace(entries[1], stage="=1+1")
    rows = list(csv.DictReader(io.StringIO(to_csv(entries))))
    assert [row["number"] for row in rows] == ["0", "1", "2", "3"]
    assert rows[1]["stage"] == "'=1+1"
    assert json.loads(rows[1]["places"]) == entries[1].places
