"""The shipped picture chain in the store: on the house's bench, readable by everybody."""

import pytest

from core.data.pictures.collecting.archive import from_bytes
from core.house.files import Folder
from core.house.pictures.installing import install_pictures
from core.store import HOUSE, Store
from core.training.pictures.program import PictureTrainingProgram


@pytest.fixture
def store(tmp_path):
    store = Store.at(tmp_path)
    yield store
    store.close()


def test_everybody_finds_the_chain_with_its_measured_numbers(store, folder, record):
    for _ in range(2):  # installing again changes nothing
        install_pictures(store, folder)
    shown = store.benches.view("anna", "pictures")["a"]
    assert [*shown] == ["corpus", "encoder", "design", "checkpoint"]
    assert {slot.whose for slot in shown.values()} == {"house"}
    measured = record["checkpoints"][-1]["numbers"]["book"]["whole"]
    learned = shown["checkpoint"].artifact
    assert learned.numbers["whole_share"] == measured["share"]
    assert learned.numbers["n_judged"] == measured["n"]
    assert store.benches.view("anna", "text")["a"] == {}
    assert len(store.artifacts.of_kind(HOUSE, "checkpoint")) == 1


def test_its_pages_are_drawn_again_and_a_visitor_can_train_on_them(store, folder):
    install_pictures(store, folder)
    slots = store.benches.view("anna", "pictures")["a"]
    inputs = {
        kind: store.artifacts.read("anna", slots[kind].artifact.id)
        for kind in ("corpus", "encoder", "design")
    }
    assert len(from_bytes(inputs["corpus"]).entries) == slots["corpus"].artifact.numbers["n_kept"]
    program = PictureTrainingProgram(inputs, {"n_steps": 1, "n_batch": 2, "n_judged": 0})
    assert program.advance()[0]["kind"] == "step"


def test_where_no_pictures_are_shipped_nothing_is_installed(store, tmp_path):
    install_pictures(store, Folder(tmp_path / "nothing"))
    assert store.benches.of(HOUSE, "pictures").lanes == {"a": {}}
