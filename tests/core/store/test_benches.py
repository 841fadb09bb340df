"""Workbenches: what placing clears, what a pair shares, what a visitor is shown."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.lineage import KINDS, Kind
from core.store import HOUSE, Difference, Store

MADE_FROM: dict[Kind, tuple[Kind, ...]] = {
    "corpus": (),
    "encoder": ("corpus",),
    "dataset": ("corpus", "encoder"),
    "design": ("encoder",),
    "checkpoint": ("design", "dataset"),
    "examples": ("corpus",),
    "tuned": ("checkpoint", "examples"),
    "preferences": ("tuned",),
    "reward": ("tuned", "preferences"),
    "aligned": ("tuned", "reward"),
    "generation": ("aligned",),
    "answer": ("generation",),
}


def make_chain(store: Store, owner: str, name: str, up_to: Kind = "answer") -> dict[Kind, str]:
    """A whole chain of small artefacts, each made from the previous ones."""
    ids: dict[Kind, str] = {}
    for kind in KINDS[: KINDS.index(up_to) + 1]:
        parents = [ids[parent] for parent in MADE_FROM[kind]]
        data = f"{name} {kind}".encode()
        ids[kind] = store.artifacts.keep(owner, kind, data, parents=parents, modality="text").id
    return ids


def test_a_new_corpus_clears_what_was_made_from_the_old_one(store):
    old = make_chain(store, "anna", "old")
    store.benches.put("anna", "a", old["answer"])
    assert store.benches.of("anna", "text").lanes["a"] == old
    new = make_chain(store, "anna", "new", up_to="corpus")
    assert store.benches.put("anna", "a", new["corpus"]).lanes["a"] == new
    assert (
        store.artifacts.read("anna", old["answer"]) == b"old answer"
    )  # gone from the bench, not lost


def test_what_was_made_from_the_placed_artefact_stays(store):
    chain = make_chain(store, "anna", "one")
    store.benches.put("anna", "a", chain["answer"])
    assert store.benches.put("anna", "a", chain["encoder"]).lanes["a"] == chain


def test_a_result_brings_the_chain_it_was_made_from(store):
    one = make_chain(store, "anna", "one")
    two = make_chain(store, "anna", "two", up_to="checkpoint")
    store.benches.put("anna", "a", one["answer"])
    assert store.benches.put("anna", "a", two["checkpoint"]).lanes["a"] == two


def test_a_design_that_depends_on_no_data_goes_when_data_is_placed_before_it(store):
    design = store.artifacts.keep("anna", "design", b"4 layers", modality="text")
    store.benches.put("anna", "a", design.id)
    corpus = store.artifacts.keep("anna", "corpus", b"text", modality="text")
    assert store.benches.put("anna", "a", corpus.id).lanes["a"] == {"corpus": corpus.id}
    both = {"corpus": corpus.id, "design": design.id}
    assert store.benches.put("anna", "a", design.id).lanes["a"] == both
    assert store.benches.put("anna", "a", corpus.id).lanes["a"] == both  # nothing new was placed


def test_a_fork_shares_what_comes_before_the_difference(store):
    chain = make_chain(store, "anna", "one")
    store.benches.put("anna", "a", chain["answer"])
    bench = store.benches.fork("anna", "text", "training", "learning_rate", 0.01, 0.02)
    assert bench.difference == Difference("training", "learning_rate", 0.01, 0.02)
    assert bench.lanes["a"] == chain
    shared = ("corpus", "encoder", "dataset", "design")
    assert bench.lanes["b"] == {kind: chain[kind] for kind in shared}
    assert store.benches.of("anna", "text") == bench


def test_results_of_a_pair_are_in_their_own_lanes(store):
    chain = make_chain(store, "anna", "one", up_to="design")
    store.benches.put("anna", "a", chain["design"])
    store.benches.fork("anna", "text", "training", "learning_rate", 0.01, 0.02)
    parents = (chain["design"], chain["dataset"])
    slow = store.artifacts.keep("anna", "checkpoint", b"slow", parents=parents)
    fast = store.artifacts.keep("anna", "checkpoint", b"fast", parents=parents)
    store.benches.put("anna", "a", slow.id)
    bench = store.benches.put("anna", "b", fast.id)
    assert bench.lanes == {
        "a": {**chain, "checkpoint": slow.id},
        "b": {**chain, "checkpoint": fast.id},
    }


def test_what_is_placed_before_the_difference_arrives_in_both_lanes(store):
    chain = make_chain(store, "anna", "one")
    store.benches.put("anna", "a", chain["answer"])
    store.benches.fork("anna", "text", "training", "learning_rate", 0.01, 0.02)
    other = make_chain(store, "anna", "other", up_to="dataset")
    bench = store.benches.put("anna", "a", other["dataset"])
    assert bench.lanes == {"a": other, "b": other}


def test_lanes_whose_difference_changed_nothing_keep_their_own_origin(store):
    same, twice = (
        store.artifacts.keep("anna", "corpus", text, modality="text")
        for text in (b"once", b"once once")
    )
    store.benches.put("anna", "a", same.id)
    store.benches.fork("anna", "text", "data", "duplicates", False, True)
    store.benches.put("anna", "b", twice.id)
    merges = [
        store.artifacts.keep("anna", "encoder", b"merges", parents=(c.id,)) for c in (same, twice)
    ]
    assert merges[0].id == merges[1].id  # the same bytes in two ways
    store.benches.put("anna", "a", merges[0].id)
    bench = store.benches.put("anna", "b", merges[1].id)
    assert bench.lanes["a"] == {"corpus": same.id, "encoder": merges[0].id}
    assert bench.lanes["b"] == {"corpus": twice.id, "encoder": merges[1].id}


def test_unforking_keeps_the_chosen_lane(store):
    one = make_chain(store, "anna", "one", up_to="corpus")
    store.benches.put("anna", "a", one["corpus"])
    store.benches.fork("anna", "text", "data", "duplicates", False, True)
    other = store.artifacts.keep("anna", "corpus", b"other", modality="text")
    store.benches.put("anna", "b", other.id)
    assert store.benches.unfork("anna", "text", keep="b").lanes == {"a": {"corpus": other.id}}
    assert not store.benches.of("anna", "text").is_pair
    with pytest.raises(ValueError, match="no lane 'b'"):
        store.benches.put("anna", "b", other.id)


def test_the_example_model_fills_empty_slots_and_every_slot_says_whose_it_is(store):
    house = make_chain(store, HOUSE, "house")
    store.benches.put(HOUSE, "a", house["answer"])
    view = store.benches.view("anna", "text")
    assert list(view) == ["a"]
    assert {kind: slot.artifact.id for kind, slot in view["a"].items()} == house
    assert {slot.whose for slot in view["a"].values()} == {"house"}

    mine = make_chain(store, "anna", "mine", up_to="dataset")
    store.benches.put("anna", "a", mine["dataset"])
    view = store.benches.view("anna", "text")
    whose = {kind: slot.whose for kind, slot in view["a"].items()}
    assert [kind for kind, who in whose.items() if who == "yours"] == list(mine)
    assert whose["checkpoint"] == "house"
    assert (
        "checkpoint" not in store.benches.of("anna", "text").lanes["a"]
    )  # shown, but never on the bench


def test_lane_b_shows_nothing_of_the_example_model_beyond_the_difference(store):
    house = make_chain(store, HOUSE, "house")
    store.benches.put(HOUSE, "a", house["answer"])
    store.benches.fork("anna", "text", "training", "learning_rate", 0.01, 0.02)
    view = store.benches.view("anna", "text")
    assert list(view["b"]) == ["corpus", "encoder", "dataset", "design"]
    assert list(view["a"]) == list(KINDS)


def test_a_watcher_hears_of_every_change_of_a_bench(store):
    heard: list[str] = []
    unwatch = store.benches.watch(heard.append)
    corpus = store.artifacts.keep("anna", "corpus", b"text", modality="text")
    store.benches.put("anna", "a", corpus.id)
    store.benches.fork("anna", "text", "data", "duplicates", False, True)
    unwatch()
    store.benches.unfork("anna", "text")
    assert heard == ["anna", "anna"]


class BenchMachine(RuleBasedStateMachine):
    """Any order of making, placing, forking and unforking by two owners."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.store = Store.at(self.home)
        self.made: dict[str, dict[Kind, list[str]]] = {
            owner: {kind: [] for kind in KINDS} for owner in ("anna", "ben")
        }

    owners = st.sampled_from(["anna", "ben"])

    @rule(owner=owners, kind=st.sampled_from(KINDS), text=st.integers(0, 3), data=st.data())
    def make(self, owner, kind, text, data):
        mine = self.made[owner]
        parents = [
            data.draw(st.sampled_from(mine[parent])) for parent in MADE_FROM[kind] if mine[parent]
        ]
        data = f"{kind} {text}".encode()
        kept = self.store.artifacts.keep(owner, kind, data, parents=parents, modality="text")
        mine[kind].append(kept.id)

    @rule(
        owner=owners, lane=st.sampled_from(["a", "b"]), kind=st.sampled_from(KINDS), data=st.data()
    )
    def place(self, owner, lane, kind, data):
        bench = self.store.benches.of(owner, "text")
        if self.made[owner][kind] and lane in bench.lanes:
            id_ = data.draw(st.sampled_from(self.made[owner][kind]))
            assert self.store.benches.put(owner, lane, id_).lanes[lane][kind] == id_

    @rule(owner=owners, step=st.sampled_from(["data", "architecture", "training", "inference"]))
    def fork(self, owner, step):
        self.store.benches.fork(owner, "text", step, "setting", 1, 2)

    @rule(owner=owners)
    def unfork(self, owner):
        self.store.benches.unfork(owner, "text")

    @invariant()
    def nobody_has_what_is_not_theirs(self):
        for owner, made in self.made.items():
            for slots in self.store.benches.of(owner, "text").lanes.values():
                assert all(id_ in made[kind] for kind, id_ in slots.items())

    @invariant()
    def a_pair_differs_only_from_its_difference_on(self):
        for owner in self.made:
            bench = self.store.benches.of(owner, "text")
            if bench.difference:
                before = [kind for kind in KINDS if bench.difference.shares(kind)]
                a, b = bench.lanes["a"], bench.lanes["b"]
                assert [a.get(kind) for kind in before] == [b.get(kind) for kind in before]

    @invariant()
    def in_a_lane_nothing_contradicts_another(self):
        for owner in self.made:
            for slots in self.store.benches.of(owner, "text").lanes.values():
                for kind, id_ in slots.items():
                    made_from = self.store.artifacts.lineage(owner, id_, kind, slots.values())
                    for ancestor_kind in KINDS[: KINDS.index(kind)]:
                        led_here = {a.id for a in made_from if a.kind == ancestor_kind}
                        if led_here and ancestor_kind in slots:
                            assert slots[ancestor_kind] in led_here

    @invariant()
    def everything_kept_can_be_read(self):
        for owner, made in self.made.items():
            for ids in made.values():
                for id_ in ids[-1:]:
                    assert self.store.artifacts.lineage(owner, id_)[-1].id == id_
                    self.store.artifacts.read(owner, id_)

    def teardown(self):
        self.store.close()
        shutil.rmtree(self.home)


BenchMachine.TestCase.settings = settings(max_examples=8, stateful_step_count=15, deadline=None)
TestBenchesInAnyOrder = BenchMachine.TestCase


def test_each_kind_of_data_has_a_bench_of_its_own(store):
    texts = store.artifacts.keep("anna", "corpus", b"texts", modality="text")
    book = store.artifacts.keep("anna", "corpus", b"pictures", modality="pictures")
    store.benches.put("anna", "a", texts.id)
    store.benches.put("anna", "a", book.id)
    store.benches.fork("anna", "pictures", "training", "seed", 1, 2)
    assert store.benches.of("anna", "text").lanes == {"a": {"corpus": texts.id}}
    assert store.benches.of("anna", "pictures").lanes["b"] == {"corpus": book.id}
    assert not store.benches.of("anna", "text").is_pair
    store.benches.unfork("anna", "pictures")
    assert store.benches.view("anna", "pictures")["a"]["corpus"].artifact == book
    assert store.benches.view("anna", "text")["a"]["corpus"].artifact.modality == "text"


def test_an_artefact_inherits_its_kind_of_data_and_has_exactly_one(store):
    book = store.artifacts.keep("anna", "corpus", b"pictures", modality="pictures")
    drawn = store.artifacts.keep("anna", "checkpoint", b"weights", parents=[book.id])
    assert drawn.modality == store.artifacts.get("anna", drawn.id).modality == "pictures"
    texts = store.artifacts.keep("anna", "corpus", b"texts", modality="text")
    for parents, modality in (([], None), ([book.id], "text"), ([book.id, texts.id], None)):
        with pytest.raises(ValueError, match="modality must be one of"):
            store.artifacts.keep("anna", "checkpoint", b"w", parents=parents, modality=modality)
    with pytest.raises(ValueError, match="modality must be one of"):
        store.artifacts.keep("anna", "corpus", b"smells", modality="smells")


def test_the_kind_of_data_is_part_of_a_recipe(store):
    one = store.artifacts.keep("anna", "design", b"{}", modality="text")
    other = store.artifacts.keep("anna", "design", b"{}", modality="pictures")
    assert one.id == other.id and one.recipe != other.recipe
