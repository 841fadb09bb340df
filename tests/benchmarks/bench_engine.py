"""How quickly training starts for a room, and whether thirty can generate while a run trains.

    python tests/benchmarks/bench_engine.py        everything; keep the machine otherwise idle
    python tests/benchmarks/bench_engine.py room   only the named parts: room, alone, writing

Prints measurements without pass or fail; each says what it was measured on.
"""

import dataclasses
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.architecture.sizes import DEFAULT_SIZE, size_of
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.dataset import build_dataset
from core.data.splitting import split_by_document
from core.data.text.bpe import train_bpe
from core.data.world import WorldSettings, tell
from core.inference.sampling import SamplingSettings
from core.jobs.engine import Engine
from core.jobs.programs import PROGRAMS, TRAINING, Known
from core.modality import TEXT
from core.services import Services
from core.store import Store

N_PEOPLE = 30
WORLD = WorldSettings(seed=0, n_documents=2_000)

PIECES = "bench_engine:Pieces"


class Pieces:
    """A program of known cost, to isolate the engine's overhead: a step is `piece_s` of waiting."""

    def __init__(
        self, inputs: Mapping[str, bytes], settings: Mapping[str, Any], snapshot: bytes | None
    ) -> None:
        self.piece_s, self.step, self.finished = settings["piece_s"], 0, False
        self.piece = "step"

    def advance(self) -> list[dict[str, Any]]:
        time.sleep(self.piece_s)
        self.step += 1
        return [{"kind": "step", "step": self.step, "loss_nats": 1.0 / self.step}]

    def control(self, change: Mapping[str, Any]) -> None: ...

    def same_with_threads(self, n_threads: int) -> bool:
        return False

    def snapshot(self) -> bytes:
        return str(self.step).encode()

    def result(self) -> bytes:
        return b"pieces"

    def numbers(self) -> dict[str, float | int | str]:
        return {}


def inputs_of(size: str) -> dict[str, bytes]:
    """The inputs of a default training run."""
    split = split_by_document(tell(WORLD), 0.1, 0)
    encoder = train_bpe([document.text for document in split.train], 1024)
    design = json.dumps(size_of(size, encoder.n_vocab).to_dict()).encode()
    dataset = build_dataset(split, encoder).to_bytes()
    return {"design": design, "encoder": encoder.to_bytes(), "dataset": dataset}


def first_rows(engine: Engine, program: str, inputs: dict[str, bytes], settings: dict[str, Any]):
    """Seconds from the start of a room until each run's first and second loss."""
    owners = [f"person {n}" for n in range(N_PEOPLE)]
    boxes = [engine.listen(owner) for owner in owners]
    begin, told = time.monotonic(), dict[str, list[float]]()

    def listen(owner: str, box: Any) -> None:
        told[owner] = []
        while len(told[owner]) < 2 and time.monotonic() - begin < 120:
            for event in box.take(1.0):
                if event["kind"] in ("step", "evaluation"):
                    told[owner].append(time.monotonic() - begin)

    listeners = [
        threading.Thread(target=listen, args=pair) for pair in zip(owners, boxes, strict=True)
    ]
    for listener in listeners:
        listener.start()
    runs = [engine.submit(owner, inputs, settings, program=program) for owner in owners]
    submitted = time.monotonic() - begin
    for listener in listeners:
        listener.join()
    for owner, run in zip(owners, runs, strict=True):
        engine.stop(owner, run)
    while any(engine.under_way(owner) for owner in owners):
        time.sleep(0.05)
    for n in (0, 1):
        waits = sorted(times[n] if len(times) > n else float("inf") for times in told.values())
        print(
            f"    loss no. {n + 1}: first run {waits[0]:.2f} s, "
            f"median {statistics.median(waits):.2f} s, last run {waits[-1]:.2f} s"
        )
    print(f"    handing all runs in took {submitted:.2f} s")


def room(home: Path, inputs: dict[str, bytes]) -> None:
    for n_slots in (1, 2):
        store = Store.at(home / f"room {n_slots}")
        engine = Engine(
            store,
            n_slots=n_slots,
            programs={
                TRAINING: PROGRAMS[TRAINING],
                PIECES: Known("checkpoint", TEXT, PIECES),
            },
        )
        engine.start()
        engine.wait_until_ready()
        print(f"{N_PEOPLE} runs at once, {n_slots} slot(s), a program with pieces of 0.1 s:")
        first_rows(engine, PIECES, {}, {"piece_s": 0.1})
        print(
            f"{N_PEOPLE} runs at once, {n_slots} slot(s), default training (size {DEFAULT_SIZE}):"
        )
        first_rows(engine, TRAINING, inputs, {"world": dataclasses.asdict(WORLD)})
        engine.close()
        store.close()


def alone(home: Path, inputs: dict[str, bytes]) -> None:
    """What share of the time a lone run really computes."""
    store = Store.at(home / "alone")
    engine = Engine(store)
    engine.start()
    engine.wait_until_ready()
    run = engine.submit("anna", inputs, {"n_measured_sentences": 0, "n_steps": 100_000})
    before = newest_step(engine, run)
    begin = time.monotonic()
    time.sleep(10.0)
    row = newest_step(engine, run)
    wall_s, n_steps = time.monotonic() - begin, row["step"] - before["step"]
    share = (row["seconds"] - before["seconds"]) / wall_s
    print(f"alone: {n_steps / wall_s:.2f} steps/s, {share:.0%} of the time spent in steps,")
    print(f"    {row['tokens_per_s']:.0f} tokens/s inside a step")
    engine.stop("anna", run)
    engine.close()
    store.close()


def writing(home: Path, inputs: dict[str, bytes]) -> None:
    """Tokens per second of thirty texts at once, with and without a run training."""
    store = Store.at(home / "writing")
    app = Services.of(store)
    app.start()
    app.engine.wait_until_ready()
    config = size_of("m", 1024)
    model = store.artifacts.keep(
        "anna", "checkpoint", checkpoint_bytes(Transformer(config, seed=0)), modality="text"
    )
    list(app.write("anna", model.id, [0], SamplingSettings(max_tokens=2)))  # this loads the model
    print("thirty texts of 300 tokens at once, size m, no run:", together(app, model.id))
    run = app.engine.submit("anna", inputs, {"n_measured_sentences": 0, "n_steps": 100_000})
    before, begin = newest_step(app.engine, run), time.monotonic()
    for _ in range(3):
        print("thirty texts of 300 tokens at once, size m, a run trains:", together(app, model.id))
    n_steps = newest_step(app.engine, run)["step"] - before["step"]
    trained = n_steps / (time.monotonic() - begin)
    print(f"    the run meanwhile: {trained:.2f} steps/s")
    app.engine.stop("anna", run)
    app.close()


def newest_step(engine: Engine, run: str) -> dict[str, Any]:
    """The latest step row, once there is one."""
    while True:
        if rows := [row for row in engine.rows("anna", run) if row["kind"] == "step"]:
            return rows[-1]
        time.sleep(0.1)


def together(app: Services, model_id: str) -> str:
    speeds: list[float] = []
    waits: list[float] = []

    def read(seed: int) -> None:
        begin = time.monotonic()
        settings = SamplingSettings(seed=seed, max_tokens=300, top_k=40)
        first = None
        for _ in app.write("anna", model_id, [0], settings):
            first = first or time.monotonic() - begin
        waits.append(first or 0.0)
        speeds.append(300 / (time.monotonic() - begin))

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(N_PEOPLE)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return (
        f"slowest {min(speeds):.0f}, median {statistics.median(speeds):.0f} tokens/s each; "
        f"first token after {1000 * max(waits):.0f} ms at most"
    )


def main(parts: list[str]) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    inputs = inputs_of(DEFAULT_SIZE)
    with tempfile.TemporaryDirectory() as folder:
        for part in (room, alone, writing):
            if not parts or part.__name__ in parts:
                part(Path(folder), inputs)


if __name__ == "__main__":
    main(sys.argv[1:])
