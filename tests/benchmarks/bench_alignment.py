"""What alignment achieves on this machine: rates before and after, and a reward that is hacked.

Run by hand: `python tests/benchmarks/bench_alignment.py TUNED ENCODER`, with two files: a
fine-tuned checkpoint of the example model's world, and its encoder.
"""

import argparse
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from core.alignment.aligning.dpo_program import DpoProgram
from core.alignment.aligning.grpo_program import GrpoProgram
from core.alignment.preferring.judged import judged_pairs
from core.alignment.preferring.preferences import to_bytes
from core.alignment.preferring.reward_program import RewardProgram
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import draw_town
from core.house.recipe import BASE
from core.jobs.turns import Program

N_CLICKS = 30
N_THREADS = 2
SHOWN = ("rate", "rate_low", "rate_high", "reward", "kl", "entropy", "length", "grammatical_share")


def run(name: str, program: Program) -> bytes:
    """Run a program to its end, printing every evaluation and how long it took."""
    begun, slowest = time.perf_counter(), 0.0
    print(name)
    while not program.finished:
        piece = time.perf_counter()
        for row in program.advance():
            if row["kind"] == "exam":
                told = {key: round(row[key], 3) for key in (*SHOWN, "accuracy") if key in row}
                print(f"  step {row['step']:4d}  {told}", flush=True)
            elif row["kind"] == "sample" and row["place"] < 2 and row["step"]:
                print(f"        {row['question']!r}: {row['before']!r} -> {row['now']!r}")
        slowest = max(slowest, time.perf_counter() - piece)
    print(f"  {time.perf_counter() - begun:.0f} s, longest piece {slowest:.2f} s", flush=True)
    return program.result()


def main() -> None:
    """Thirty clicks, a reward model trained on them, DPO, GRPO with and without a KL penalty."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("tuned", type=Path)
    asked.add_argument("encoder", type=Path)
    asked.add_argument("--only", default="dpo,reward,rule,model,hacked")
    given = asked.parse_args()
    torch.set_num_threads(N_THREADS)
    inputs = {"model": given.tuned.read_bytes(), "encoder": given.encoder.read_bytes()}
    model, _ = read_checkpoint(inputs["model"])
    encoder = Encoder.from_bytes(inputs["encoder"])
    clicks = judged_pairs(
        model, encoder, "polite", draw_town(BASE.world), ("de", "en"), N_CLICKS, seed=1
    )
    inputs["preferences"] = to_bytes(clicks)
    exam: dict[str, Any] = {"world": asdict(BASE.world), "n_held_out": 200}
    if "dpo" in given.only:
        run(f"DPO, {len(clicks)} clicks", DpoProgram(inputs, exam, None))
    if "rule" in given.only:
        run("RL, reward: the rule", GrpoProgram(inputs, exam, None))
    if "reward" in given.only:
        inputs["reward"] = run("reward model", RewardProgram(inputs, {}, None))
    by_model = {**exam, "reward": "model"}
    if "model" in given.only:
        run("RL, reward: the model of the clicks", GrpoProgram(inputs, by_model, None))
    if "hacked" in given.only:
        loose = {**by_model, "kl_weight": 0.0, "learning_rate": 1e-3}
        run("GRPO without a KL penalty, in large steps", GrpoProgram(inputs, loose, None))


if __name__ == "__main__":
    main()
