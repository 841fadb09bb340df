"""What rerunning a page costs the server, with nobody and with thirty people training.

    python tests/benchmarks/bench_reruns.py [--people 30]

Every page is opened once and then rerun N_RERUNS times, as after a click that changes nothing; the
time is for the whole script, in this process, without browser and network. Compiled scripts are
kept between the runs, as on the server. Meanwhile runs train in the engine's own processes, as in
a room.
"""

import argparse
import gc
import logging
import statistics
import tempfile
import time
from pathlib import Path

from bench_engine import inputs_of
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from core.jobs.engine import Plan
from core.services import Services, use_services
from core.store import Store
from pages.kit import site
from pages.kit.process import SHELL

N_RERUNS = 15


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=30)
    asked = parser.parse_args()
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
            everywhere()
            inputs = inputs_of("m")
            for n in range(asked.people):
                plan = Plan(inputs, {"n_steps": 100_000, "n_measured_sentences": 0})
                services.engine.experiment(f"{n:032x}", [plan])
            time.sleep(5.0)
            print(f"{asked.people} people train")
            everywhere()
        services.close()


def everywhere() -> None:
    """Open and rerun every page."""
    for place in site.PLACES:
        app = AppTest.from_file(str(SHELL), default_timeout=120)
        app.context = {"locale": "de-DE"}
        app.run()
        if place.step is not None:
            app.switch_page(f"../{place.file}").run()
        assert not app.exception, place.name
        took = []
        for _ in range(N_RERUNS):
            begin = time.perf_counter()
            app.run()
            took.append(1000 * (time.perf_counter() - begin))
        print(
            f"    {place.name}: median {statistics.median(took):.0f} ms, longest {max(took):.0f} ms"
        )


if __name__ == "__main__":
    main()
