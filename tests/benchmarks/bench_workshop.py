"""A workshop held: phones that vote and vanish, people on pages, trainings, and a projector.

    python tests/benchmarks/bench_workshop.py [--minutes 3] [--phones 40] [--people 40]
        [--trainings 4] [--settle 60] [--think 5 15]
        [--kind text|pictures]

Starts the app in a home of its own with trainings under way, and opens a room. Simulated people
take part over the real routes, others are at pages over real web sockets, and the facilitator goes
to a new question again and again. Whoever is at a page presses something there, thinking --think
seconds before each, and opens another one after four to eight. Measures:

errors             refused or unanswered requests, and tracebacks of the server
page runs          from the request on the socket to the end of the script; of pages that are
                   opened, of presses on a standing page, and of both together
vote -> projector  from the k-th vote of a question leaving a phone to the projector showing k
                   votes; first votes alone, since a changed one changes no number
memory             of the web process, and of all of the server's processes together

What happens in the first --settle seconds is told apart. The wish is two hours: --minutes 120.
"""

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ClassVar

import psutil
from sitting import Run, people

from core.house import install
from core.identity import owner_of
from core.jobs.programs import TRAINING
from core.lineage import canonical_json
from core.modality import MODALITIES
from core.rooms import room as acting
from core.rooms import simulated
from core.rooms.lessons import MAX_STEPS, read_lesson
from core.rooms.rehearsal import rehearsal_key, rehearse
from core.rooms.wire import Away, Wire
from core.store import HOUSE, RunRecord, Store
from pages.kit import site

ROOT = Path(__file__).resolve().parents[2]
HOST = "e" * 32
LEAST_STEP_S = 20.0  # between two questions
MEMORY_EVERY_S = 5.0

Latency = tuple[float, float]  # when it was sent, seconds until it was seen


def lesson(n_steps: int) -> str:
    """A lesson that asks something in every step."""
    steps = "".join(
        f'[[steps]]\ntitle = "Question {n}"\npage = "home"\nphone = "vote"\n'
        f'[steps.question]\nask = "What do you think of {n}?"\n'
        'options = [{ key = "a", en = "A", de = "A" }, { key = "b", en = "B", de = "B" }]\n'
        for n in range(n_steps)
    )
    return f'title = "A long workshop"\n{steps}'


def begin_trainings(store: Store, n: int) -> None:
    """Runs as a server left them that was killed: the next one goes on with them."""
    slots = store.benches.of(HOUSE, "text").lanes["a"]
    inputs = {kind: store.artifacts.read(HOUSE, slots[kind]) for kind in ("encoder", "dataset")}
    from core.architecture.sizes import size_of
    from core.data.text.bpe import Encoder

    plan = size_of("s", Encoder.from_bytes(inputs["encoder"]).n_vocab)
    inputs["design"] = canonical_json(plan.to_dict())
    settings = {"n_steps": 1_000_000, "evaluate_every": 500, "n_measured_sentences": 0}
    for k in range(n):
        owner = owner_of(f"{k:032x}")
        store.runs.start(RunRecord(f"bench{k}", owner, TRAINING, settings), inputs)


class Timed(Wire):
    """Notes when somebody's first vote on a question left."""

    sent: ClassVar[dict[str, dict[str, float]]] = defaultdict(dict)

    async def post(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        if path.endswith("/vote"):
            self.sent[body["question"]].setdefault(str(self._cookies), time.monotonic())
        return await super().post(path, body)


async def projector(address: str, code: str, shown: dict[str, list[float]]) -> None:
    """Look on, and note when how many votes are seen."""
    wire = Wire(address, HOST)
    while True:
        try:
            async for view in wire.events(f"/rooms/{code}/live?as=projector"):
                now = time.monotonic()
                if view["question"]:
                    seen = shown[view["question"]["key"]]
                    seen += [now] * (view["n_votes"] - len(seen))
                if view["ended"]:
                    return
        except Away:
            await asyncio.sleep(0.2)


async def facilitate(address: str, code: str, seconds: float, step_s: float) -> list[str]:
    """Go from question to question, then end the room; returns what failed."""
    wire, failed, begun, at = Wire(address, HOST), list[str](), time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        try:
            status, told = await wire.post(f"/rooms/{code}/act", {"what": "to", "value": at})
            if status != 200:
                failed.append(f"act: {status} {told}")
        except Away as error:
            failed.append(str(error))
        at += 1
        await asyncio.sleep(step_s)
    await wire.post(f"/rooms/{code}/act", {"what": "end"})
    return failed


def workshop(
    address: str, code: str, key: str, phones: int, seconds: float, step_s: float
) -> tuple[list[Latency], dict[str, Any]]:
    """The room: phones, projector and facilitator; runs in a process of its own."""
    simulated.Wire = Timed  # type: ignore[misc]
    shown: dict[str, list[float]] = defaultdict(list)

    async def held() -> tuple[Any, list[str]]:
        looking = asyncio.create_task(projector(address, code, shown))
        seen, failed = await asyncio.gather(
            rehearse(code, address, key, phones), facilitate(address, code, seconds, step_s)
        )
        await asyncio.wait((looking,), timeout=5)
        looking.cancel()
        return seen, failed

    seen, failed = asyncio.run(held())
    found = [
        (sent, late - sent)
        for key, of in Timed.sent.items()
        for sent, late in zip(sorted(of.values()), sorted(shown[key]), strict=False)
    ]
    return found, asdict(seen) | {"facilitator": failed}


def at_pages(
    port: int, n: int, seconds: float, think_s: tuple[float, float], kind: str | None
) -> list[Run]:
    """People at pages; runs in a process of its own."""
    wanted = (kind,) if kind else tuple(MODALITIES)
    views = [view for view in site.VIEWS if view[1] in wanted]
    return asyncio.run(people(port, n, seconds, views, think_s))


def memory_of(server: "subprocess.Popen[bytes]") -> tuple[float, float]:
    """Of the web process and of all processes, in MB."""
    web = psutil.Process(server.pid)
    sizes = [web.memory_info().rss]
    for child in web.children(recursive=True):
        try:
            sizes.append(child.memory_info().rss)
        except psutil.Error:
            continue
    return sizes[0] / 2**20, sum(sizes) / 2**20


def quantiles(values: list[float]) -> str:
    """Median, 95th percentile and largest, in milliseconds."""
    if not values:
        return "none"
    ordered = sorted(values)
    late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return (
        f"{len(ordered)}, median {1000 * statistics.median(ordered):.0f} ms, "
        f"95 % under {1000 * late:.0f} ms, slowest {1000 * ordered[-1]:.0f} ms"
    )


def tell_runs(when: str, runs: list[Run]) -> None:
    """All page runs, those of either kind, and the slowest pages."""
    print(f"page runs, {when}: {quantiles([run.took for run in runs])}")
    for name, is_opening in (("opened", True), ("pressed", False)):
        some = [run for run in runs if run.is_opening == is_opening]
        print(f"    {name}: {quantiles([run.took for run in some])}")
        by_page = defaultdict(list)
        for run in some:
            by_page[run.page].append(run.took)
        slow = sorted(by_page.items(), key=lambda each: -statistics.median(each[1]))[:5]
        for page, took in slow:
            print(f"        {page}: {quantiles(took)}")


def wait_for(port: int, seconds: float) -> None:
    """Until the server answers, and then so long that it is warm."""
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health").close()
            break
        except OSError:
            time.sleep(0.1)
    time.sleep(seconds)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--phones", type=int, default=40)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--trainings", type=int, default=4)
    parser.add_argument("--think", type=float, nargs=2, default=(5.0, 15.0), help="seconds")
    parser.add_argument("--kind", choices=tuple(MODALITIES), help="default: every kind of data")
    parser.add_argument("--settle", type=float, default=60.0, help="seconds told apart")
    parser.add_argument("--warm", type=float, default=45.0, help="seconds before anybody comes")
    asked = parser.parse_args()
    seconds = 60 * asked.minutes
    step_s = max(LEAST_STEP_S, seconds / (MAX_STEPS - 1))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as log:
        store = Store.at(Path(home))
        install(store)
        begin_trainings(store, asked.trainings)
        opened = acting.open_room(
            store.rooms, owner_of(HOST), read_lesson(lesson(MAX_STEPS), "long"), address
        )
        key, code = rehearsal_key(store.rooms, opened.room), opened.room.code
        store.close()
        options = ("--server.port", str(port), "--server.headless", "true")
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "GLASSBOX_HOME": home},
        )  # fmt: skip
        try:
            wait_for(port, asked.warm)
            begun, memory = time.monotonic(), list[tuple[float, float, float]]()
            with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as others:
                held = others.submit(workshop, address, code, key, asked.phones, seconds, step_s)
                sitting = others.submit(
                    at_pages, port, asked.people, seconds, asked.think, asked.kind
                )
                while not (held.done() and sitting.done()):
                    memory.append((time.monotonic() - begun, *memory_of(server)))
                    time.sleep(MEMORY_EVERY_S)
                latencies, seen = held.result()
                runs = sitting.result()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        log.seek(0)
        told = log.read().decode(errors="replace")
    report(asked, begun, runs, latencies, seen, memory, told)


def report(
    asked: argparse.Namespace,
    begun: float,
    runs: list[Run],
    latencies: list[Latency],
    seen: dict[str, Any],
    memory: list[tuple[float, float, float]],
    log: str,
) -> None:
    """Print what was measured."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{asked.minutes:g} minutes, {os.cpu_count()} cores, load at the end {load}")
    tracebacks = log.count("Traceback (most recent call last)")
    print(
        f"errors: {seen['n_failed']} refused, {seen['n_again']} without an answer, "
        f"{len(seen['facilitator'])} of the facilitator, {tracebacks} tracebacks"
    )
    for line in (*seen["failures"][:5], *seen["facilitator"][:5]):
        print(f"    {line}")
    if tracebacks:
        print(log[-3_000:])
    print(f"phones: {seen['n_in']} came in, {seen['n_votes']} votes, {seen['n_cuts']} cuts")
    tell_runs("settling", [run for run in runs if run.at < asked.settle])
    tell_runs("after that", [run for run in runs if run.at >= asked.settle])
    late = [late for sent, late in latencies if sent - begun >= asked.settle]
    early = [late for sent, late in latencies if sent - begun < asked.settle]
    print(f"vote -> projector, settling: {quantiles(early)}")
    print(f"vote -> projector, after that: {quantiles(late)}")
    for name, place in (("web process", 1), ("all processes", 2)):
        settled = [each[place] for each in memory if each[0] >= asked.settle]
        if len(settled) > 3:
            n = max(1, len(settled) // 5)
            first, last = statistics.mean(settled[:n]), statistics.mean(settled[-n:])
            print(
                f"memory of the {name}: {first:.0f} MB in the first fifth, {last:.0f} MB in the "
                f"last ({(last - first) / first:+.1%}), most {max(settled):.0f} MB"
            )


if __name__ == "__main__":
    main()
