"""Beside other busy programs: one thread, all of them, and the number that a run chooses itself.

    python tests/benchmarks/bench_threads.py [--seconds 12] [--busy 0 1 2] [--sizes s l example]
        [--runs tuning plain dpo grpo reward]

Pretraining: tokens a second. Alignment runs from the example model and its preferences: seconds for
the first steps with the settings of the page, looks and exams included. Both with the choice as a
share of the better fixed number. All three ways take turns in one process, so that a noisy machine
is equally unkind to all, and with the niceness of a worker. With nothing else running.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
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
from core.jobs.turns import NICENESS, Program, load_program
from core.training.loop import Trainer
from core.training.settings import TrainingSettings
from core.training.text.next_token import trainer_of

BUSY = "while True: sum(range(10000))"
LEAD_IN_S = 3.0  # before the clock runs: a choice may settle
N_CLICKS = 30  # pairs that somebody has judged
EXAM = {"n_parts": N_PARTS, "n_steps": 40, "evaluate_every": 5}
RUNS = {  # as the pages ask for them, and up to which step they are timed
    "tuning": (FINE_TUNING, {"n_parts": N_PARTS, "evaluate_every": 166}, 60),
    "plain": (FINE_TUNING, {"n_parts": N_PARTS, "evaluate_every": 166, "n_plain": 8}, 20),
    "dpo": (DPO, EXAM, 20),
    "grpo": (GRPO, EXAM, 5),
    "reward": (REWARD, {"n_parts": N_PARTS, "n_steps": 30, "n_folds": 5}, 60),
}


class Others:
    """Other programs that use all they can get, as far as they are let.

    They start before this program makes itself as nice as a worker is, so that none of them is.
    """

    def __init__(self, n_most: int) -> None:
        self._programs = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(n_most)]
        for program in self._programs:
            program.send_signal(signal.SIGSTOP)

    @contextmanager
    def busy(self, n: int) -> Iterator[None]:
        """So many of them at work."""
        for program in self._programs[:n]:
            program.send_signal(signal.SIGCONT)
        try:
            yield
        finally:
            for program in self._programs[:n]:
                program.send_signal(signal.SIGSTOP)

    def end(self) -> None:
        """End all of them."""
        for program in self._programs:
            program.kill()
            program.wait()


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
        n_tokens += report.n_read
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


class Way:
    """A run done in one way: by a fixed number of threads, or by the number that it chooses."""

    def __init__(self, name: str, n_fixed: int, n_busy: int) -> None:
        self.program, self.n_steps = begun(name)
        self.seconds, self.step = 0.0, 0
        idle = n_cores() - 1.0 - n_busy  # what others leave; the other ways stand still meanwhile
        self._paces: dict[str, Pace | Fixed] = defaultdict(
            lambda: Fixed(n_fixed) if n_fixed else Pace(lambda: self.seconds, lambda: idle)
        )

    @property
    def over(self) -> bool:
        """Whether it has come to the last step that is timed."""
        return self.step >= self.n_steps

    def advance(self) -> None:
        """The next piece, as a worker does it."""
        pace = self._paces[self.program.piece]
        n_threads = pace.threads(n_cores())
        if n_threads > 1 and not self.program.same_with_threads(n_threads):
            n_threads = 1
        use_threads(n_threads)
        started = time.perf_counter()
        rows = self.program.advance()
        took = time.perf_counter() - started
        pace.took(n_threads, took)
        self.seconds += took
        self.step = max([self.step, *(row["step"] for row in rows if row["kind"] == "step")])


def in_turn(name: str, n_busy: int, others: Others) -> str:
    """One run done in three ways, piece by piece in turn: one thread, all, and as it chooses."""
    use_threads(1)
    ways = {str(n or "chosen"): Way(name, n, n_busy) for n in (1, n_cores(), 0)}
    with others.busy(n_busy):
        while not all(way.over for way in ways.values()):
            for way in ways.values():
                if not way.over:
                    way.advance()
    results = {way.program.result() for way in ways.values()}
    took = {each: way.seconds for each, way in ways.items()}
    share = min(took["1"], took[str(n_cores())]) / took["chosen"]
    line = json.dumps({way: round(seconds, 1) for way, seconds in took.items()})
    same = len(results) == 1
    return f"{name}, {n_busy} busy: {line} s, {share:.2f} of the best, same bits: {same}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--sizes", nargs="*", default=["s", "l", "example"])
    parser.add_argument("--runs", nargs="*", default=list(RUNS))
    asked = parser.parse_args()
    others = Others(max(asked.busy))
    os.nice(NICENESS)
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
            with others.busy(n_busy):
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
            print(in_turn(name, n_busy, others), flush=True)
    others.end()


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
