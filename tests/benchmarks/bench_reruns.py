"""What rerunning a page costs the server, with nobody and with thirty people training.

    python tests/benchmarks/bench_reruns.py [--people 30] [--kind text|pictures] [--page NAME]

Every page is opened once with each kind of data and then rerun N_RERUNS times, as after a click
that changes nothing; the time is for the whole script, in this process, without browser and
network. Compiled scripts are kept between the runs, as on the server. Meanwhile runs train in the
engine's own processes, as in a room. What this process computes is told beside the time that
passes: on a machine with other work the first is what the page costs.
"""

import argparse
import gc
import logging
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench_engine import inputs_of
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from core.jobs.engine import Plan
from core.modality import MODALITIES
from core.services import Services, use_services
from core.store import Store
from pages.kit import site
from pages.kit.process import SHELL

N_RERUNS = 15


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--kind", choices=tuple(MODALITIES), help="default: every kind of data")
    parser.add_argument("--page", help="default: every page")
    asked = parser.parse_args()
    views = [
        (place, kind)
        for place, kind in site.VIEWS
        if asked.kind in (None, kind) and asked.page in (None, place.name)
    ]
    logging.disable(logging.WARNING)
    compiled = ScriptCache()
    for module in (app_test, local_script_runner):
        module.ScriptCache = lambda: compiled
    with tempfile.TemporaryDirectory() as home:
        services = Services.of(Store.at(Path(home)))
        services.start()
        services.engine.wait_until_ready()
        with use_services(services):
            gc.collect()
            gc.freeze()  # as the server does once it is warm
            print("nobody trains")
            everywhere(views)
            inputs = inputs_of("m")
            for n in range(asked.people):
                plan = Plan(inputs, {"n_steps": 100_000, "n_measured_sentences": 0})
                services.engine.experiment(f"{n:032x}", [plan])
            if asked.people:
                time.sleep(5.0)
                print(f"{asked.people} people train")
                everywhere(views)
        services.close()


def everywhere(views: Sequence[tuple[site.Place, str]]) -> None:
    """Open and rerun pages, each about a kind of data."""
    every, computing = list[float](), list[float]()
    for place, kind in views:
        app = AppTest.from_file(str(SHELL), default_timeout=120)
        app.context = {"locale": "de-DE"}
        app.query_params["modality"] = kind
        app.run()
        if place.name != "home":
            app.switch_page(f"../{place.file}").run()
        assert not app.exception, place.name
        took, computed = list[float](), list[float]()
        for _ in range(N_RERUNS):
            begin, before = time.perf_counter(), time.process_time()
            app.run()
            took.append(1000 * (time.perf_counter() - begin))
            computed.append(1000 * (time.process_time() - before))
        every, computing = every + took, computing + computed
        print(f"    {kind} {place.name}: {told(took)}; computing: {told(computed)}", flush=True)
    print(f"    all: {told(every)}; computing: {told(computing)}", flush=True)


def told(took: Sequence[float]) -> str:
    """Some times in milliseconds."""
    late = sorted(took)[min(len(took) - 1, int(0.95 * len(took)))]
    return f"median {statistics.median(took):.0f} ms, 95 % {late:.0f}, slowest {max(took):.0f}"


if __name__ == "__main__":
    main()
