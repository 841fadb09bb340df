"""Beside other busy programs: one thread, all of them, and the number that a run chooses itself.

    python tests/benchmarks/bench_threads.py [--seconds 12] [--busy 0 1 2] [--sizes s l example]

Prints tokens a second, and the choice as a share of the better fixed number. All three ways take
turns in one process, so that a noisy machine is equally unkind to all. On nothing else running.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from core.architecture.config import ModelConfig
from core.architecture.sizes import size_of
from core.architecture.transformer import Transformer
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.house.files import SHIPPED, Folder
from core.jobs.pace import Pace, n_cores, use_threads
from core.training.loop import Trainer
from core.training.settings import TrainingSettings
from core.training.text.next_token import trainer_of

BUSY = "while True: sum(range(10000))"
LEAD_IN_S = 3.0  # before the clock runs: a choice may settle


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--sizes", nargs="+", default=["s", "l", "example"])
    asked = parser.parse_args()
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


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
