"""A new kind of data needs one entry and its own code: dice go through all six steps of the house's
machinery, and what is changed in step 1 is felt in step 6.
"""

import json
from typing import Any

import pytest

from core import modality
from core.jobs.engine import Engine, Plan
from core.lineage import STEP_OF, canonical_json
from core.modality import MODALITIES
from core.pipeline import STEPS
from core.store import Store
from pages.kit.catalogue import words
from pages.kit.chain import NUMBERS, Shown, step_numbers
from tests.core.dice import dice

OWNER = "anna"


@pytest.fixture
def known(monkeypatch):
    """The entries that a new kind adds: one in the table of kinds, one for the ribbon."""
    monkeypatch.setitem(MODALITIES, "dice", dice.DICE)
    shown = {step: Shown("corpus", "n_kept", "shell.n_documents") for step in STEPS}
    shown["training"] = Shown("checkpoint", "high_share", "shell.grammatical", 0, 100.0)
    monkeypatch.setitem(NUMBERS, "dice", shown)


@pytest.fixture
def house(tmp_path, known):
    store = Store.at(tmp_path)
    engine = Engine(store, n_slots=1, programs=dice.PROGRAMS)
    engine.start()
    assert engine.wait_until_ready(300)
    yield store, engine
    engine.close()
    store.close()


def run(engine: Engine, program: str, lane: str, **inputs: str) -> Any:
    """One run of the engine from begin to end, in a worker of its own."""
    (run_id,) = engine.experiment(OWNER, [Plan(inputs, {"n_steps": 6}, lane, "", program)])
    box = engine.listen(OWNER)
    while not engine.run(OWNER, run_id).is_finished:
        box.take()
    record = engine.run(OWNER, run_id)
    assert record.error is None and record.result is not None, record.error
    return record


def whole_life(store: Store, engine: Engine, lane: str, loaded: float) -> dict[str, Any]:
    """From rolls to a checked throw; everything is kept and lies on the bench of dice."""
    data = dice.rolls(600, loaded, seed=1)
    corpus = store.artifacts.keep(
        OWNER,
        "corpus",
        data,
        modality="dice",
        settings={"loaded": loaded},
        numbers={"n_kept": 600},
    )
    design = store.artifacts.keep(OWNER, "design", canonical_json({"n_sides": 6}), modality="dice")
    for made in (corpus, design):
        store.benches.put(OWNER, lane, made.id, made.kind)
    trained = run(engine, dice.LEARNING, lane, corpus=corpus.id, design=design.id)
    aligned = run(engine, dice.LEANING, lane, model=trained.result, design=design.id)
    thrown = dice.throw(store.artifacts.read(OWNER, aligned.result), 200, seed=3)
    generation = store.artifacts.keep(
        OWNER, "generation", canonical_json(thrown), parents=[aligned.result], seed=3
    )
    said = dice.checked(thrown)
    answer = store.artifacts.keep(OWNER, "answer", canonical_json(said), parents=[generation.id])
    store.benches.put(OWNER, lane, answer.id, "answer")
    return said


def test_dice_go_through_all_six_steps_and_a_change_in_the_first_is_felt_in_the_last(house):
    store, engine = house
    fair = whole_life(store, engine, "a", loaded=0.0)
    store.benches.fork(OWNER, "dice", "data", "loaded", 0.0, 0.9)
    loaded = whole_life(store, engine, "b", loaded=0.9)
    bench = store.benches.of(OWNER, "dice")
    assert [*bench.lanes] == ["a", "b"]
    for slots in bench.lanes.values():
        assert {STEP_OF[kind] for kind in slots} == set(STEPS)
        lineage = store.artifacts.lineage(OWNER, slots["answer"])
        assert {artifact.modality for artifact in lineage} == {"dice"}
    assert loaded["sum"] > fair["sum"] and loaded["n_removed"] == 0
    assert store.benches.of(OWNER, "text").lanes == {"a": {}}  # nothing of it lies among the texts
    shown = step_numbers(store.benches.view(OWNER, "dice"), words("en"), kind="dice")
    high = store.artifacts.get(OWNER, bench.lanes["a"]["checkpoint"]).numbers["high_share"]
    assert shown[2].texts[0] == words("en")("shell.grammatical", n=round(100 * high))


def test_a_run_goes_on_from_its_snapshot_with_the_same_bits(known):
    inputs = {"corpus": dice.rolls(50, 0.2, 4), "design": b'{"n_sides": 6}'}
    whole, halved = (dice.Learning(inputs, {"n_steps": 5}) for _ in range(2))
    while not whole.finished:
        whole.advance()
    for _ in range(3):
        halved.advance()
    resumed = dice.Learning(inputs, {"n_steps": 5}, halved.snapshot())
    while not resumed.finished:
        resumed.advance()
    assert resumed.result() == whole.result()
    assert resumed.numbers()["high_share"] == whole.numbers()["high_share"]


def test_its_prompts_are_found_by_their_place(known):
    assert MODALITIES["dice"].prompts() == dice.STARTERS
    assert modality.found_at("json:loads") is json.loads
