"""Beside other busy programs: one thread, all of them, and the number that a run chooses itself.

    python tests/benchmarks/bench_threads.py [--seconds 12] [--busy 0 1 2] [--sizes s l example]
        [--runs tuning plain dpo grpo reward] [--rounds 2]

Pretraining: tokens a second, and the choice as a share of the better fixed number. All three ways
take turns in one process, so that a noisy machine is equally unkind to all.

Alignment runs: seconds for the first steps of a run with the settings of its page, its looks and
exams included, each time the first run of a process; the fastest of the rounds. They start from the
example model and its preferences. On nothing else running.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import torch

from core.alignment.preferring import preferences
from core.alignment.settings import N_PARTS
from core.architecture.config import ModelConfig
from core.architecture.sizes import size_of
from core.architecture.transformer import Transformer
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.house.files import SHIPPED, Folder
from core.house.recipe import BASE
from core.jobs.pace import Pace, n_cores, use_threads
from core.jobs.programs import DPO, FINE_TUNING, GRPO, REWARD
from core.jobs.turns import Program, load_program
from core.training.loop import Trainer
from core.training.settings import TrainingSettings
from core.training.text.next_token import trainer_of

BUSY = "while True: sum(range(10000))"
LEAD_IN_S = 3.0  # before the clock runs: a choice may settle
N_CLICKS = 30  # pairs that somebody has judged
EXAM = {"n_parts": N_PARTS, "n_steps": 40, "evaluate_every": 5}
RUNS = {  # as the pages ask for them, and up to which step they are timed
    "tuning": (FINE_TUNING, {"n_parts": N_PARTS, "evaluate_every": 166}, 40),
    "plain": (FINE_TUNING, {"n_parts": N_PARTS, "evaluate_every": 166, "n_plain": 8}, 15),
    "dpo": (DPO, EXAM, 15),
    "grpo": (GRPO, EXAM, 3),
    "reward": (REWARD, {"n_parts": N_PARTS, "n_steps": 30, "n_folds": 5}, 60),
}


@contextmanager
def busy_programs(n: int) -> Iterator[None]:
    """So many other programs that use all they can get."""
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(n)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def tokens_a_second(
    trainer: Trainer[Transformer, TrainingSettings], seconds: float, n_fixed: int | None
) -> float:
    """Train on; n_fixed None: as a run chooses."""
    pace, n_tokens, measuring = Pace(), 0, False
    began = time.perf_counter()
    while True:
        n_threads = n_fixed or pace.threads(n_cores())
        use_threads(n_threads)
        before = time.perf_counter()
        report = trainer.advance()
        pace.took(n_threads, time.perf_counter() - before)
        n_tokens += report.n_tokens
        elapsed = time.perf_counter() - began
        if not measuring and elapsed > LEAD_IN_S:
            measuring, n_tokens, began = True, 0, time.perf_counter()
        elif measuring and elapsed > seconds:
            return n_tokens / elapsed


class Fixed:
    """A pace that is no choice."""

    def __init__(self, n_threads: int) -> None:
        self.n_threads = n_threads

    def threads(self, n_most: int) -> int:
        return self.n_threads

    def took(self, n_threads: int, seconds: float) -> None: ...


def begun(name: str) -> tuple[Program, int]:
    """A run of alignment from the example model, and up to which step it is timed."""
    program, settings, n_steps = RUNS[name]
    folder = Folder(SHIPPED)
    chain = folder.record()["chains"]["base"]
    files = {each["kind"]: each["file"] for each in chain["answering"]["artifacts"]}
    start = chain["checkpoints"][-1]["file"] if program == FINE_TUNING else files["tuned"]
    judged = preferences.from_bytes(folder.read(files["preferences"]))[:N_CLICKS]
    inputs = {
        "model": folder.read(start),
        "encoder": folder.read(chain["encoder"]["file"]),
        "examples": folder.read(files["examples"]),
        "dataset": folder.read(chain["dataset"]["file"]),
        "preferences": preferences.to_bytes(judged),
    }
    world = {} if program == REWARD else {"world": json.loads(json.dumps(asdict(BASE.world)))}
    return load_program(program)(inputs, {**settings, **world}, None), n_steps


def seconds_of(name: str, n_fixed: int) -> float:
    """Seconds until a run has made its first steps, as a worker does them; 0: it chooses."""
    use_threads(1)
    program, n_steps = begun(name)
    made: Callable[[], Pace | Fixed] = (lambda: Fixed(n_fixed)) if n_fixed else Pace
    paces = defaultdict(made)
    step, began = 0, time.perf_counter()
    while step < n_steps:
        pace = paces[program.piece]
        n_threads = pace.threads(n_cores())
        if n_threads > 1 and not program.same_with_threads(n_threads):
            n_threads = 1
        use_threads(n_threads)
        started = time.perf_counter()
        rows = program.advance()
        pace.took(n_threads, time.perf_counter() - started)
        step = max([step, *(row["step"] for row in rows if row["kind"] == "step")])
    return time.perf_counter() - began


def first_run(name: str, n_busy: int, n_rounds: int) -> str:
    """A run in processes of its own: one thread, all of them, and the number it chooses."""
    found: dict[str, list[float]] = defaultdict(list)
    with busy_programs(n_busy):
        for _ in range(n_rounds):
            for n_fixed in (1, n_cores(), 0):
                command = [sys.executable, __file__, "--one", name, str(n_fixed)]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                found[str(n_fixed or "chosen")].append(float(told))
    fastest = {way: min(seconds) for way, seconds in found.items()}
    best = min(fastest["1"], fastest[str(n_cores())])
    line = {way: round(seconds, 1) for way, seconds in fastest.items()}
    return (
        f"{name}, {n_busy} busy: {json.dumps(line)} s, {best / fastest['chosen']:.2f} of the best"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--sizes", nargs="*", default=["s", "l", "example"])
    parser.add_argument("--runs", nargs="*", default=list(RUNS))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--one", nargs=2, help="a run and its threads, in this process")
    asked = parser.parse_args()
    if asked.one:
        print(seconds_of(asked.one[0], int(asked.one[1])))
        return
    folder = Folder(SHIPPED)
    chain = folder.record()["chains"]["base"]
    dataset = Dataset.from_bytes(folder.read(chain["dataset"]["file"]))
    n_vocab = Encoder.from_bytes(folder.read(chain["encoder"]["file"])).n_vocab
    for size in asked.sizes:
        example = size == "example"
        config = ModelConfig.from_dict(chain["config"]) if example else size_of(size, n_vocab)
        trainer = trainer_of(
            Transformer(config, seed=0), dataset, TrainingSettings(n_steps=1_000_000)
        )
        for _ in range(3):
            trainer.advance()
        same = trainer.same_with_threads(n_cores())
        print(f"{size}: {trainer.model.n_parameters:,} weights, same bits: {same}")
        for n_busy in asked.busy:
            with busy_programs(n_busy):
                found = {
                    str(n or "chosen"): tokens_a_second(trainer, asked.seconds, n)
                    for n in (1, n_cores(), None)
                }
            best = max(found["1"], found[str(n_cores())])
            line = {name: round(rate) for name, rate in found.items()}
            print(
                f"    {n_busy} busy: {json.dumps(line)}, {found['chosen'] / best:.2f} of the best"
            )
            sys.stdout.flush()
    for name in asked.runs:
        for n_busy in asked.busy:
            print(first_run(name, n_busy, asked.rounds), flush=True)


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
