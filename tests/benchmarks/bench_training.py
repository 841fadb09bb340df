"""The default live run: how fast it is, and what its model writes after every ten seconds.

    python tests/benchmarks/bench_training.py [--threads 2] [--seconds 60] [--german-share 1.0]

Everything is a visitor's default: the small world, the size on the dial, the trainer's settings.
Seconds are wall-clock training time, without evaluations. On a busy machine, read the results by
step, and the tokens per CPU second instead.
"""

import argparse
import time
from dataclasses import asdict

import torch

from core.architecture.sizes import DEFAULT_SIZE, size_of
from core.architecture.transformer import Transformer
from core.data.text.prepare import prepare
from core.data.world import WorldSettings, tell
from core.training.precision import precision_of
from core.training.settings import TrainingSettings
from core.training.text.evaluation import (
    WorldJudge,
    documents_of,
    draw_texts,
    mean_loss,
    validation_sequences,
)
from core.training.text.next_token import trainer_of

N_SENTENCES = 500
LOOK_EVERY_S = 10.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--german-share", type=float, default=1.0)
    parser.add_argument("--size", default=DEFAULT_SIZE)
    parser.add_argument("--steps", type=int, default=TrainingSettings().n_steps)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)

    settings = TrainingSettings(n_steps=asked.steps)
    world = WorldSettings(german_share=asked.german_share)
    started = time.perf_counter()
    prepared = prepare(tell(world))
    print(f"step 1 took {time.perf_counter() - started:.1f} s: {prepared.numbers['n_kept']} texts")
    model = Transformer(size_of(asked.size, prepared.encoder.n_vocab), seed=settings.seed)
    trainer = trainer_of(model, prepared.dataset, settings)
    judge = WorldJudge(world, documents_of(prepared.dataset, prepared.encoder))
    sequences = validation_sequences(prepared.dataset, 64, model.config.n_context)
    print(
        f"{model.n_parameters:,} parameters, {asked.threads} threads, "
        f"{precision_of(settings.precision)} products, {settings}"
    )

    seconds = processor_seconds = 0.0
    look_at = LOOK_EVERY_S
    while not trainer.finished and seconds < asked.seconds:
        before = time.process_time()
        report = trainer.advance()
        processor_seconds += time.process_time() - before
        seconds += report.seconds
        if seconds >= look_at or trainer.finished or seconds >= asked.seconds:
            look_at += LOOK_EVERY_S
            written = judge.judge(draw_texts(model, prepared.encoder, seed=1), N_SENTENCES)
            n_tokens = report.step * report.n_read
            print(
                f"{seconds:5.1f} s, step {report.step}, {n_tokens / seconds:,.0f} tokens/s "
                f"({n_tokens / processor_seconds:,.0f} a processor second), validation "
                f"{mean_loss(model, sequences):.4f} nats, {asdict(written)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
