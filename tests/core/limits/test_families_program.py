"""The run of four families: what is read, how it is judged, and going on bit for bit."""

from dataclasses import asdict

import pytest
import torch

from core.data.text.bpe import train_bpe
from core.data.text.documents import Corpus, Document
from core.data.world import WorldSettings, tell
from core.errors import TooShort
from core.limits.families.makers import FAMILIES, maker_of
from core.limits.families.material import SORTS, Material
from core.limits.families.measuring import (
    N_ASKED,
    Count,
    Told,
    measuring,
    ruled,
    spread,
    surprise,
    verdict_of,
)
from core.limits.families.program import FamiliesProgram, FamiliesSettings, networks
from core.limits.families.rules import read_rules
from core.pieces import outcome_of

WORLD = WorldSettings(n_documents=300, seed=3)
CORPUS = Corpus(tuple(tell(WORLD)))
ENCODER = train_bpe([document.text for document in CORPUS], 400)
INPUTS = {"corpus": CORPUS.to_bytes(), "encoder": ENCODER.to_bytes()}
SMALL = FamiliesSettings(
    lang="en",
    n_documents=100,
    n_steps_each=4,
    n_batch=2,
    n_context=24,
    recurrent_channels=16,
    n_channels=32,
    n_layers=1,
    prompt="Mia",
    world=asdict(WORLD),
)


def material(lang="en", n_documents=100, world=WORLD, corpus=CORPUS):
    return Material.of(corpus, ENCODER, lang, n_documents, world)


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return [row for row in rows if row["kind"] == "family"]


@pytest.fixture(scope="module")
def run():
    program = FamiliesProgram(INPUTS, SMALL.to_dict())
    return program, rows_of(program)


def test_all_three_are_measured_once_and_the_networks_are_alike_in_size():
    defaults = FamiliesSettings()
    sizes = {
        family: maker_of(defaults.network(family, 3072, 0)).n_parameters for family in FAMILIES[1:]
    }
    assert max(sizes.values()) / min(sizes.values()) < 1.1


def test_every_family_has_one_finished_row_with_everything(run):
    done = [row for row in run[1] if row["done"]]
    assert [row["family"] for row in done] == list(FAMILIES)
    for row in done:
        assert row["bits_per_byte"] > 0 and row["prompt"] == "Mia"
        assert set(row["answers"]) == set(SORTS)
        assert row["grammatical"]["n"] == row["verbatim"]["n"]
        assert "asked" not in row  # no question was given
    assert done[1]["n_tokens"] == done[2]["n_tokens"] == 4 * 2 * 24


def test_held_out_texts_are_none_of_those_that_were_read():
    some = material()
    read = {document.text for document in some.train}
    assert some.validation and not read & {document.text for document in some.validation}
    assert {document.lang for document in some.train} == {"en"} and len(some.train) == 100


def test_a_corpus_without_this_language_is_read_as_it_is_and_nobody_judges_it():
    own = Corpus(tuple(Document(f"Texte numéro {n}.", "und") for n in range(30)))
    some = material(world=None, corpus=own)
    assert some.lang == "" and some.town is None and some.train
    assert some.questions == {sort: [] for sort in SORTS}
    found = outcome_of(measuring(maker_of(some.counted()), some, 24, "Texte", "Oui ?", 0))
    assert "grammatical" not in found and found["verbatim"]["n"] >= 0
    assert found["asked"]["n"] == N_ASKED
    assert all(one["right"] is None for one in found["asked"]["answers"])


def test_too_little_text_is_refused_before_anything_is_trained():
    one = Corpus((Document("Hello there.", "en"), Document("Good bye.", "en")))
    with pytest.raises(TooShort):
        FamiliesProgram({**INPUTS, "corpus": one.to_bytes()}, SMALL.to_dict())


def test_surprise_is_counted_alike_one_by_one_and_filled_up():
    some = material()
    for model in (SMALL.network("recurrent", ENCODER.n_vocab, 0),
                  SMALL.network("transformer", ENCODER.n_vocab, 0)):  # fmt: skip
        maker, texts = maker_of(model.eval()), some.held_out(24)[:3]
        texts[1] = texts[1][:9]
        together = maker.loss_nats(texts)
        assert together == pytest.approx(sum(maker.loss_nats([text]) for text in texts), rel=1e-5)


def test_a_table_that_has_read_a_text_is_less_surprised_by_it_than_by_another():
    some = material()
    maker = maker_of(some.counted())
    read, new = (
        [ENCODER.end_id, *ENCODER.encode(text.text)] for text in (some.train[0], some.validation[0])
    )
    assert 1.5 * maker.loss_nats([read]) / len(read) < maker.loss_nats([new]) / len(new)


def test_questions_are_told_in_what_was_read_and_reworded_ones_ask_the_same():
    asked = material().questions
    plain, reworded = asked["plain"], asked["reworded"]
    assert [one.fact for one in plain] == [one.fact for one in reworded]
    assert any(a.text != b.text for a, b in zip(plain, reworded, strict=True))
    assert not {one.fact for one in asked["untold"]} & {one.fact for one in plain}


def test_rules_are_right_wrong_or_silent_as_the_town_says():
    some = material()
    first = some.questions["plain"][0]
    name = first.truth.split()[0]
    right = ruled(read_rules(f"IF {first.text.split()[0]} THEN {first.truth}").rules, some)
    assert right["plain"].n_right >= 1 and name
    assert ruled((), some)["plain"] == Told(len(some.questions["plain"]), 0, 0)


def test_a_hundred_answers_are_counted_by_what_they_say():
    some = material()
    question = some.questions["plain"][0]
    found = spread(question.text, [question.truth] * 7 + ["Hm."] * 3, some)
    assert (found["n"], found["n_different"]) == (10, 2)
    assert found["answers"][0] == {"text": question.truth, "n": 7, "right": True}
    assert found["answers"][1]["right"] is None


def test_a_copied_sentence_is_found_and_a_false_one_marked():
    some = material()
    text = some.train[0].text
    assert verdict_of("", text, some)["run"] == " ".join(text.split())
    wrong = verdict_of("", "Mia Mia lives the.", some)
    assert wrong["ungrammatical"] == [[0, 18]]


def test_counts_and_answers_add_up():
    assert Count(4, 1) + Count(6, 2) == Count(10, 3) and Count(10, 3).share == 0.3
    assert (Told(3, 1, 1) + Told(2, 0, 1)).n_silent == 2


def test_a_run_goes_on_bit_for_bit_within_the_second_network(run):
    whole, rows = run
    broken = FamiliesProgram(INPUTS, SMALL.to_dict())
    while broken.step < 6:
        broken.advance()
    again = FamiliesProgram(INPUTS, SMALL.to_dict(), broken.snapshot())
    times = ("seconds", "training_s", "sentence_s")
    ours, theirs = rows[-1], rows_of(again)[-1]
    assert {k: v for k, v in ours.items() if k not in times} == {
        k: v for k, v in theirs.items() if k not in times
    }
    ours, theirs = whole.tensors(), again.tensors()
    assert set(ours) == set(theirs)
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


def test_the_result_holds_both_networks_as_they_were_measured(run):
    program, rows = run
    found = networks(program.result())
    assert list(found) == list(FAMILIES[1:])
    done = {row["family"]: row for row in rows if row["done"]}
    for family, network in found.items():
        again = outcome_of(surprise(maker_of(network), program.material, SMALL.n_context))
        assert again == pytest.approx(done[family]["bits_per_byte"], rel=1e-6)


def test_a_run_that_was_ended_within_the_first_network_holds_that_one():
    program = FamiliesProgram(INPUTS, SMALL.to_dict())
    while program.step < 2:
        program.advance()
    assert list(networks(program.result())) == ["recurrent"]
