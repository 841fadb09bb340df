"""The shipped files themselves: they are what the record says, and can what the cards claim.

All figures are read from the record, none stands here.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.alignment.comparing import Contender, compare
from core.alignment.text.asking import draw_questions
from core.alignment.text.rules import RULES
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings
from core.house import marked
from core.house.answering import EXAM_SEED, EXAM_TEMPERATURE
from core.house.card import base_card, pair_card
from core.house.chain import BASE, LANES
from core.house.files import RECORD, SHIPPED, Folder
from core.house.latent import making as latent_making
from core.house.limits import grounding as limits_grounding
from core.house.limits.command import PARTS
from core.house.limits.record import file_of
from core.house.making import documents_of, learned_from
from core.house.pictures import curves as picture_curves
from core.house.pictures import filtering as picture_filtering
from core.house.pictures import guided as picture_guided
from core.house.pictures import lanes as picture_lanes
from core.house.pictures import looks as picture_looks
from core.house.pictures import making as picture_making
from core.intervals import share_interval
from core.lineage import MODEL_KINDS, content_id
from core.training.text.evaluation import WorldJudge, draw_texts, mean_loss, validation_sequences

FOLDER = Folder(SHIPPED)
CARDS = {"MODEL_CARD.md", "MODEL_CARD_DUPLICATES.md"}
OTHER_RECORDS = {
    each.RECORD
    for each in (
        picture_making,
        picture_looks,
        picture_curves,
        picture_guided,
        picture_filtering,
        picture_lanes,
        latent_making,
    )
} | {marked.FILE, *map(file_of, PARTS)}
OTHER_CARDS = {
    each.CARD
    for each in (picture_making, picture_filtering, picture_lanes, latent_making, limits_grounding)
}
MAX_FILE_BYTES = 10_000_000
MAX_BYTES = 70_000_000  # all of them: a clone stays quick
Z = 4.0  # a share so far off its record happens once in 16,000 samples
N_SENTENCES = 40
N_QUESTIONS = 16  # of each language
N_SEQUENCES = 8
OTHER_SEED = 20_011


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    return FOLDER.record()


def entries(found: Any) -> Iterator[dict[str, Any]]:
    """Everything in the record that names a file and what it holds."""
    if isinstance(found, dict):
        if "file" in found and "id" in found:
            yield found
        for below in found.values():
            yield from entries(below)
    elif isinstance(found, list):
        for below in found:
            yield from entries(below)


def test_every_shipped_file_holds_what_the_record_says(record):
    found = list(entries(record))
    assert {entry["file"].rsplit(".")[-1] for entry in found} >= {"safetensors", "xz", "json"}
    for entry in found:
        data = FOLDER.read(entry["file"])
        assert content_id(data) == entry["id"], entry["file"]
        assert len(data) == entry.get("n_bytes", len(data)), entry["file"]


def test_nothing_else_is_shipped_and_none_of_it_is_too_large(record):
    others = [json.loads(FOLDER.read(name)) for name in OTHER_RECORDS]  # tested by themselves
    named = {entry["file"] for each in (record, *others) for entry in entries(each)}
    there = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert set(there) == named | CARDS | OTHER_CARDS | OTHER_RECORDS | {RECORD}
    assert max(there.values()) <= MAX_FILE_BYTES
    assert sum(there.values()) <= MAX_BYTES


def test_the_cards_say_what_the_record_says(record):
    chains, made = record["chains"], record["made"]
    cards = {name: (SHIPPED / name).read_text(encoding="utf-8") for name in CARDS}
    assert cards["MODEL_CARD.md"] == base_card("Glassbox house model", chains[BASE], made)
    pair = pair_card({name: chains[name] for name in LANES}, made)
    assert cards["MODEL_CARD_DUPLICATES.md"] == pair


@pytest.mark.parametrize("name", [BASE, *LANES])
def test_a_shipped_model_has_the_size_and_the_loss_of_its_card(record, name):
    chain = record["chains"][name]
    last, learned = chain["checkpoints"][-1], learned_from(FOLDER, chain)
    model, about = read_checkpoint(FOLDER.read(last["file"]))
    assert about["precision"] == last["precision"]
    assert sum(each.numel() for each in model.parameters()) == chain["n_parameters"]
    assert learned.encoder.n_vocab == model.config.n_vocab == chain["n_vocab"]
    sequences = validation_sequences(learned.dataset, N_SEQUENCES, model.config.n_context)
    found = learned.dataset.bits_per_byte(mean_loss(model, sequences), "validation")
    assert found == pytest.approx(last["numbers"]["validation_bits_per_byte"], rel=0.15)


def within(hits: float, n: int, recorded: float) -> bool:
    """Whether a recorded share lies in the interval around what a sample came to."""
    low, high = share_interval(round(hits), n, Z)
    return low <= recorded <= high


def test_sentences_of_the_shipped_model_are_as_right_and_as_true_as_its_card_says(record):
    chain = record["chains"][BASE]
    last, learned = chain["checkpoints"][-1], learned_from(FOLDER, chain)
    model, _ = read_checkpoint(FOLDER.read(last["file"]))
    world = WorldSettings(**chain["data_settings"]["world"])
    judge = WorldJudge(world, documents_of(learned.dataset, learned.encoder))
    found = judge.judge(draw_texts(model, learned.encoder, OTHER_SEED), N_SENTENCES)
    claimed = last["numbers"]
    for share, n in (
        ("grammatical_share", found.n_sentences),
        ("verbatim_share", found.n_sentences),
        ("true_share", found.n_checkable),
    ):
        assert within(getattr(found, share) * n, n, claimed[share]), (share, found, claimed[share])


def test_answers_of_the_shipped_models_keep_the_rules_as_often_as_the_card_says(record):
    chain = record["chains"][BASE]
    claimed = chain["answering"]["examined"]["rates"]
    files = {one["kind"]: one["file"] for one in chain["answering"]["artifacts"]}
    world = WorldSettings(**chain["data_settings"]["world"])
    encoder = Encoder.from_bytes(FOLDER.read(chain["encoder"]["file"]))
    judge = WorldJudge(world, ())
    asked = [
        question
        for lang in judge.languages
        for question in draw_questions(judge.town, (lang,), "held_out", N_QUESTIONS, EXAM_SEED)
    ]
    given = {
        kind: Contender(read_checkpoint(FOLDER.read(files[kind]))[0], encoder, True).answers(
            asked, seed=OTHER_SEED, temperature=EXAM_TEMPERATURE
        )
        for kind in MODEL_KINDS
        if kind in files
    }
    found = compare(given, asked, RULES, judge.town).rates
    assert given
    for kind in given:
        for rule in RULES:
            n_kept, n = found[kind][rule].n_kept, found[kind][rule].n
            recorded = claimed[kind][rule]["n_kept"] / claimed[kind][rule]["n"]
            assert within(n_kept, n, recorded), (kind, rule, n_kept, n, recorded)


def test_a_model_of_which_too_much_is_claimed_is_found():
    assert within(45, 60, 0.75) and within(60, 60, 0.98)
    assert not within(30, 60, 0.98) and not within(45, 60, 0.2)
    assert list(entries(json.loads('{"a": [{"file": "f", "id": "i"}], "file": "x"}')))
