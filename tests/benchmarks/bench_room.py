"""A full room: thirty people on real web sockets, each opening pages at random.

    python tests/benchmarks/bench_room.py [--people 30] [--wait 20] [--cold 30] [--warm 40]
        [--kind text|pictures]

Starts the app in an empty home, waits, lets everybody arrive within ten seconds, and measures how
long each page run takes: from the request on the socket to the end of the script. A person thinks
three to six seconds between two pages, which are about either kind of data. Prints the first wave
and what follows apart.
"""

import argparse
import asyncio
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from core.modality import MODALITIES
from pages.kit import site
from pages.kit.warming import opening

ROOT = Path(__file__).resolve().parents[2]
ARRIVE_WITHIN_S = 10.0
THINK_S = (3.0, 6.0)
Run = tuple[float, str, float]  # seconds since the start of the room, page, seconds it took
Views = Sequence[tuple[site.Place, str]]  # places, each about a kind of data


async def person(
    port: int, chance: random.Random, began: float, until: float, views: Views
) -> list[Run]:
    """One visitor: arrives, opens pages at random, thinks in between."""
    await asyncio.sleep(chance.random() * ARRIVE_WITHIN_S)
    lang, found = chance.choice(("de", "en")), list[Run]()
    cookie = f"{chance.getrandbits(128):032x}"
    origin = f"http://127.0.0.1:{port}"
    async with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        origin=origin,
        subprotocols=["streamlit"],
        additional_headers={"Cookie": f"glassbox_owner={cookie}"},
        max_size=None,
    ) as stream:
        while (now := time.monotonic() - began) < until:
            place, kind = chance.choice(views)
            await stream.send(opening(place.name, lang, kind).SerializeToString())
            while True:
                message = ForwardMsg.FromString(await stream.recv())
                if message.WhichOneof("type") != "script_finished":
                    continue
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
            found.append((now, f"{kind} {place.name}", time.monotonic() - began - now))
            await asyncio.sleep(chance.uniform(*THINK_S))
    return found


async def room(port: int, n_people: int, until: float, views: Views) -> list[Run]:
    """Everybody at once."""
    began = time.monotonic()
    people = [person(port, random.Random(n), began, until, views) for n in range(n_people)]
    return [run for each in await asyncio.gather(*people) for run in each]


def tell(title: str, runs: list[Run]) -> None:
    """Median, 95th percentile and the slowest, overall and by place."""
    if not runs:
        return
    times = sorted(seconds for _, _, seconds in runs)
    late = times[min(len(times) - 1, int(0.95 * len(times)))]
    print(
        f"{title}: {len(times)} page runs, median {1000 * statistics.median(times):.0f} ms, "
        f"95 % under {1000 * late:.0f} ms, slowest {times[-1]:.2f} s"
    )
    by_place = defaultdict(list)
    for _, name, seconds in runs:
        by_place[name].append(seconds)
    for name, some in sorted(by_place.items(), key=lambda each: -max(each[1])):
        print(
            f"    {name}: median {1000 * statistics.median(some):.0f} ms, slowest {max(some):.2f} s"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--wait", type=float, default=20.0, help="seconds after the start")
    parser.add_argument("--cold", type=float, default=30.0, help="seconds counted as first wave")
    parser.add_argument("--warm", type=float, default=40.0, help="seconds after that")
    parser.add_argument("--kind", choices=tuple(MODALITIES), help="default: every kind of data")
    asked = parser.parse_args()
    views = [(place, kind) for place, kind in site.VIEWS if asked.kind in (None, kind)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        options = ("--server.port", str(port), "--server.headless", "true")
        started = time.monotonic()
        app = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "GLASSBOX_HOME": home},
        )
        try:
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health").close()
                    break
                except OSError:
                    time.sleep(0.1)
            print(f"the server answers after {time.monotonic() - started:.1f} s")
            time.sleep(max(0.0, asked.wait - (time.monotonic() - started)))
            runs = asyncio.run(room(port, asked.people, asked.cold + asked.warm, views))
        finally:
            app.send_signal(signal.SIGTERM)
            app.wait(30)
    tell("first wave", [run for run in runs if run[0] < asked.cold])
    tell("after that", [run for run in runs if run[0] >= asked.cold])


if __name__ == "__main__":
    main()
