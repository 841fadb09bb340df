"""The shipped chain as artefacts: each in its place, read when needed."""

import pytest

from core.api.models import listed
from core.house.chain import (
    checkpoints_over_time,
    duplicates_pair,
    examined,
    house_artifacts,
    install,
    made,
    telling_questions,
)
from core.house.files import Folder
from core.lineage import KINDS, MODEL_KINDS, content_id
from core.store import HOUSE, Store


@pytest.fixture
def store(tmp_path):
    store = Store.at(tmp_path)
    yield store
    store.close()


def test_the_base_chain_comes_in_the_order_in_which_it_was_made(folder):
    chain = house_artifacts(folder)
    assert [one.kind for one in chain] == list(KINDS)
    known = set()
    for one in chain:
        assert set(one.parents) <= known
        known.add(one.id)
        assert content_id(one.read()) == one.id
        assert one.how.startswith("python -m core house --quick, 20")


def test_the_last_checkpoint_over_time_is_the_chains_own(folder):
    over_time = checkpoints_over_time(folder)
    assert [one.step for one in over_time] == [0, 10]
    assert over_time[-1].artifact in house_artifacts(folder)
    assert over_time[0].numbers.keys() >= {"validation_bits_per_byte", "grammatical_share"}


def test_the_pair_has_two_lanes_with_the_same_figures_of_their_own(folder):
    pair = duplicates_pair(folder)
    assert list(pair) == ["a", "b"]
    assert pair["a"].compared.keys() == pair["b"].compared.keys()
    assert pair["a"].compared["n_documents_kept"] > pair["b"].compared["n_documents_kept"]


def test_installed_it_lies_on_the_houses_bench_and_everybody_can_read_it(folder, store):
    install(store, folder)
    view = store.benches.view("somebody", "text")
    assert {slot.whose for slot in view["a"].values()} == {"house"}
    assert {kind: slot.artifact.id for kind, slot in view["a"].items()} == {
        one.kind: one.id for one in house_artifacts(folder)
    }
    last = checkpoints_over_time(folder)[0].artifact
    assert store.artifacts.read("somebody", last.id) == last.read()
    lineage = store.artifacts.lineage("somebody", house_artifacts(folder)[-1].id)
    assert {one.kind for one in lineage} == set(KINDS) - {"preferences", "reward"}  # GRPO: rules


def test_the_models_of_the_house_are_listed_by_how_far_along_they_are(folder, store):
    install(store, folder)
    names = [name for name, _ in listed(store, "")]
    assert names == ["glassbox-example", "glassbox-example-tuned", "glassbox-example-base"]
    kinds = [artifact.kind for _, artifact in listed(store, "")]
    assert kinds == ["aligned", "tuned", "checkpoint"]


def test_what_was_examined_comes_in_the_order_of_the_chain(folder):
    found = examined(folder)
    assert list(found["rates"]) == list(found["bits_per_byte"]) == list(MODEL_KINDS)
    assert found["made"]["command"] == "python -m core house --quick"
    for lane in duplicates_pair(folder).values():
        assert list(lane.examined["rates"]) == ["checkpoint", "tuned"]
        assert lane.texts_filtered["n_texts"] == 4


def test_installing_again_changes_nothing(folder, store):
    install(store, folder)
    before = store.artifacts.of_kind(HOUSE, "checkpoint")
    install(store, folder)
    assert store.artifacts.of_kind(HOUSE, "checkpoint") == before


def test_where_nothing_is_shipped_nothing_is_claimed(tmp_path, store):
    nothing = Folder(tmp_path / "nothing")
    assert made(nothing) == {}
    assert house_artifacts(nothing) == checkpoints_over_time(nothing) == []
    assert duplicates_pair(nothing) == examined(nothing) == {}
    install(store, nothing)
    assert store.benches.of(HOUSE, "text").lanes["a"] == {}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_telling_questions_are_those_of_the_record(folder, record, lang):
    kept = record["chains"]["base"]["answering"]["telling"][lang]
    found = telling_questions(lang, folder)
    assert [one.question for one in found.questions] == [
        one["question"] for one in kept["questions"]
    ]
    assert 0 <= len(found.questions) <= found.n_telling <= found.n_asked == kept["n_asked"]


def test_where_nothing_is_shipped_no_question_tells(tmp_path):
    found = telling_questions("de", Folder(tmp_path))
    assert (found.questions, found.n_telling, found.n_asked) == ((), 0, 0)
