"""A notebook, run cell by cell, ends in the numbers of the run that it was made of."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.alignment.preferring.preferences import Preference
from core.alignment.preferring.preferences import to_bytes as preferences_bytes
from core.alignment.text.examples import Example
from core.alignment.text.examples import to_bytes as examples_bytes
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.dataset import build_dataset
from core.data.splitting import Split
from core.data.text.bpe import train_bpe
from core.data.text.documents import Corpus, Document
from core.data.world import WorldSettings
from core.house.files import Folder
from core.house.making import make_chain
from core.house.recipe import BASE, quick
from core.jobs.preparing import Order, make
from core.jobs.programs import DPO, FINE_TUNING, GROKKING, GRPO, REWARD, TRAINING
from core.jobs.turns import load_program
from core.lineage import canonical_json, content_id
from core.store import RunRecord
from core.taking_home.house_notebook import house_notebook
from core.taking_home.notebook import NotebookWords, Texts, run_zip
from core.taking_home.repeating import compared, repeat

ROOT = Path(__file__).parents[3]
WORDS = NotebookWords(*(f"{name} ä `x`" for name in NotebookWords.__annotations__))
RUNNER = """
import json, sys
for cell in json.load(open("notebook.ipynb", encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), cell["id"], "exec"), globals())
"""


def executed(folder: Path) -> subprocess.CompletedProcess:
    """All code cells in order, in a process that knows nothing else."""
    return subprocess.run(
        [sys.executable, "-c", RUNNER],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def plan(n_vocab):
    return canonical_json(
        ModelConfig(
            n_vocab=n_vocab,
            n_context=48,
            n_layers=1,
            n_heads=2,
            n_kv_heads=2,
            n_channels=16,
            n_hidden=32,
        ).to_dict()
    )


@pytest.fixture(scope="module")
def own_texts():
    """A visitor's own texts in another script, as they arrive and as step 1 makes of them."""
    line = "Жила-была кошка. 日本語 «кавычки» `code` '''\n"
    arrived = Corpus([Document(f"{i}: {line * (3 + i % 5)}") for i in range(60)]).to_bytes()
    order = Order(n_vocab=400, validation_share=0.2)
    return order, arrived, make(order, arrived)


def n_vocab_of(encoder):
    return len(json.loads(encoder)["merges"]) + 259


def run_of(program, inputs, settings, changes=(), stopped_at=None):
    """A run as the engine does it, and the record that it leaves."""
    run, step = load_program(program)(inputs, settings, None), 0
    waiting = list(changes)
    while not run.finished and (stopped_at is None or step < stopped_at):
        while waiting and waiting[0]["step"] <= step:
            run.control(waiting.pop(0)["change"])
        for row in run.advance():
            step = row.get("step", step)
    return RunRecord(
        id="run",
        owner="me",
        program=program,
        settings=settings,
        status="finished" if stopped_at is None else "stopped",
        step=step,
        result=content_id(run.result()),
        numbers=run.numbers(),
        inputs={name: content_id(data) for name, data in inputs.items()},
    )


def taken_home(folder, run, inputs, changes=(), texts=None):
    data = run_zip("run", run, inputs, changes, WORDS, texts)
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    return folder / "run"


@pytest.mark.parametrize("stopped_at", [None, 3])
def test_a_training_run_is_repeated_bit_for_bit_with_its_texts_and_its_changes(
    own_texts, tmp_path, stopped_at
):
    order, arrived, made = own_texts
    n_vocab = n_vocab_of(made.encoder)
    inputs = {"design": plan(n_vocab), "encoder": made.encoder, "dataset": made.dataset}
    settings = {"n_steps": 5, "n_batch": 2, "evaluate_every": 3, "precision": "auto",
                "sentence": "'''); import os  # \ud800 \"\"\"", "prompt": "", "world": None,
                "n_validation_sequences": 2, "n_sample_tokens": 4}  # fmt: skip
    changes = [{"step": 2, "change": {"learning_rate": 0.005}}]
    run = run_of(TRAINING, inputs, settings, changes, stopped_at)
    texts = Texts(None, asdict(order.cleaning), order.n_vocab, order.validation_share, arrived)
    folder = taken_home(tmp_path, run, inputs, changes, texts)
    done = executed(folder)
    assert done.returncode == 0, done.stderr
    assert "the result is the same, bit for bit" in done.stdout
    assert "loss_nats" in done.stdout and "≠" not in done.stdout and "~" not in done.stdout


@pytest.fixture(scope="module")
def answering(own_texts):
    """What every run of step 4 reads: a model, questions with answers, choices."""
    encoder = train_bpe(["Where is Mia? Gladly. Over there. There. 1+2? 3 " * 9], 300)
    texts = [Document("Where is Mia? Over there. " * 5) for _ in range(4)]
    clicks = [
        Preference(f"Where is {n}?", "Gladly. Over there.", "There.", "ab"[n % 2], "en")
        for n in range(6)
    ]
    own = [Example(f"{n}+1?", str(n + 1), "und", "own") for n in range(8)]
    return {
        "model": model_of(plan(encoder.n_vocab)),
        "encoder": encoder.to_bytes(),
        "examples": examples_bytes(own),
        "preferences": preferences_bytes(clicks),
        "dataset": build_dataset(Split(texts, texts[:2]), encoder).to_bytes(),
    }


def model_of(design: bytes) -> bytes:
    return checkpoint_bytes(Transformer(ModelConfig.from_dict(json.loads(design)), seed=1))


STEPS = {"n_steps": 2, "n_batch": 2, "evaluate_every": 2}
EXAM = {**STEPS, "n_held_out": 2, "langs": ["en"], "max_tokens": 4}
SETTINGS = {
    FINE_TUNING: {**STEPS, "subject": "own"},
    REWARD: STEPS,
    DPO: EXAM,
    GRPO: {"n_steps": 2, "n_groups": 2, "n_each": 2, **{k: EXAM[k] for k in list(EXAM)[2:]}},
    GROKKING: {"modulus": 7, "n_steps_each": 3, "n_batch": 4, "n_channels": 16},
}


@pytest.mark.parametrize("program", SETTINGS)
def test_every_kind_of_run_comes_to_the_same_again(answering, program):
    inputs = {} if program == GROKKING else answering
    run = run_of(program, inputs, SETTINGS[program])
    again = repeat(program, inputs, SETTINGS[program])
    assert again.result_id == run.result
    figures = compared(run.numbers, again.numbers)
    assert figures and all(each.then == each.now for each in figures)


def test_a_notebook_notices_other_numbers(answering, tmp_path):
    run = run_of(FINE_TUNING, answering, SETTINGS[FINE_TUNING])
    numbers = {**run.numbers, "loss_nats": float(run.numbers["loss_nats"]) * 1.2}
    done = executed(taken_home(tmp_path, replace(run, numbers=numbers), answering))
    assert done.returncode != 0 and "AssertionError" in done.stderr and "≠" in done.stdout


def test_the_example_models_notebook_makes_it_again(tmp_path):
    recipe = quick(BASE)
    chain = make_chain(Folder(tmp_path / "shipped"), "base", recipe, lambda line: None)
    data = house_notebook(WORDS, chain.record, "auto", "recipes.quick(recipes.BASE)", until=0)
    (tmp_path / "notebook.ipynb").write_bytes(data)
    done = executed(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "validation_loss_nats" in done.stdout and "≠" not in done.stdout


def test_a_notebook_is_what_nbformat_says(tmp_path):
    data = json.loads(house_notebook(WORDS, {"checkpoints": [], **{
        name: {"id": ""} for name in ("corpus", "encoder", "dataset")}}, "float32"))  # fmt: skip
    assert (data["nbformat"], data["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in data["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in data["cells"]:
        wanted = {"id", "cell_type", "metadata", "source"}
        wanted |= {"outputs", "execution_count"} if cell["cell_type"] == "code" else set()
        assert cell.keys() == wanted and all(isinstance(line, str) for line in cell["source"])


def test_a_worlds_texts_are_told_again(tmp_path):
    world = WorldSettings(n_documents=120, german_share=0.0)
    order = Order(world=world, n_vocab=400, validation_share=0.2)
    made = make(order)
    n_vocab = n_vocab_of(made.encoder)
    inputs = {"design": plan(n_vocab), "encoder": made.encoder, "dataset": made.dataset}
    settings = {"n_steps": 2, "n_batch": 2, "evaluate_every": 2, "world": asdict(world),
                "n_measured_sentences": 2, "n_validation_sequences": 2}  # fmt: skip
    run = run_of(TRAINING, inputs, settings)
    texts = Texts(asdict(world), asdict(order.cleaning), order.n_vocab, order.validation_share)
    done = executed(taken_home(tmp_path, run, inputs, (), texts))
    assert done.returncode == 0, done.stderr
