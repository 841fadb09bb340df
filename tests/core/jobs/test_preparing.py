"""Step 1 as an order: the same order is found again, and everything it made fits together."""

import json

import pytest

from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.data.text.cleaning import CleaningSettings
from core.data.text.documents import Corpus, Document
from core.data.world import WorldSettings
from core.errors import NotFound
from core.house.recipe import BASE
from core.jobs.preparing import Order, find, keep, make
from core.store import Store

WORLD = Order(WorldSettings(n_documents=60, duplicate_share=0.5, noise_share=0.5), n_vocab=320)
TEXTS = [Document(f"The {n}th letter was sent on a rainy day. " * 6) for n in range(60)]


def test_a_world_becomes_artefacts_that_fit_each_other(store: Store):
    kept = keep(store, "anna", WORLD, make(WORLD))
    corpus = Corpus.from_bytes(store.artifacts.read("anna", kept.corpus.id))
    encoder = Encoder.from_bytes(store.artifacts.read("anna", kept.encoder.id))
    dataset = Dataset.from_bytes(store.artifacts.read("anna", kept.dataset.id))
    assert len(corpus) == kept.corpus.numbers["n_kept"] == 60
    assert encoder.n_vocab == dataset.n_vocab == 320
    assert kept.dataset.parents == (kept.corpus.id, kept.encoder.id)
    assert [a.kind for a in store.artifacts.lineage("anna", kept.dataset.id)] == [
        "corpus", "encoder", "dataset"
    ]  # fmt: skip


def test_a_corpus_keeps_examples_of_what_was_done_to_it():
    examples = json.loads(str(make(WORLD).numbers["examples"]))
    assert len(examples["duplicate"]) == 3 and len(examples["duplicate"][0]) == 1
    before, after = examples["white_space"][0]
    assert before != after


def test_the_same_order_is_found_and_another_is_not(store: Store):
    kept = keep(store, "anna", WORLD, make(WORLD))
    assert find(store, "anna", WORLD) == kept
    assert find(store, "berta", WORLD) is None
    assert find(store, "anna", Order(WORLD.world, CleaningSettings(html=False), 320)) is None


def test_a_text_is_kept_as_it_came_for_its_owner_alone(store: Store):
    order, arrived = Order(n_vocab=300), Corpus(tuple(TEXTS)).to_bytes()
    kept = keep(store, "anna", order, make(order, arrived), arrived)
    assert store.artifacts.read("anna", kept.corpus.parents[0]) == arrived
    assert find(store, "anna", order, arrived) == kept
    with pytest.raises(NotFound):
        store.artifacts.read("berta", kept.corpus.parents[0])


def test_progress_names_the_phases_in_their_order():
    told: list[str] = []
    make(WORLD, on_progress=lambda phase, share: told.append(phase))
    assert list(dict.fromkeys(told)) == ["tell", "clean", "learn", "encode"]


def test_an_order_is_recorded_the_way_the_example_models_is():
    data = BASE.data_settings()
    order = Order(BASE.world, BASE.cleaning, BASE.n_vocab, BASE.validation_share)
    assert order.corpus_settings == {"world": data["world"], "cleaning": data["cleaning"]}
    assert order.dataset_settings == {"validation_share": data["validation_share"]}


def test_neither_or_both_sources_are_a_mistake():
    with pytest.raises(ValueError):
        make(Order())
    with pytest.raises(ValueError):
        make(WORLD, b"")
