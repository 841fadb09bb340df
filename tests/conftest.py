"""All tests: one thread each, since the tiny models only lose by sharing a step among threads.

The whole suite runs in several processes, file by file. One of them has the browser; only when
nothing else is left do the others begin one of their own.
Where CI is set nothing is skipped: what a test needs is missing from .ci/run, so the test fails.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TESTS = Path(__file__).parent
BROWSER = "tests/e2e/"
LONGEST = (BROWSER, "tests/test_style.py")
MOST_PROCESSES = 4

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported, children included


class BrowserBesideOthers(LoadScopeScheduling):
    """Keeps a file's tests together, since they share fixtures, and browser tests in one process.

    Two browsers at once slow each other down, so another begins only when nothing else is left;
    with one alone, all others would wait for it at the end.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        has_browser = {
            each: any(scope.startswith(BROWSER) for scope in scopes)
            for each, scopes in self.assigned_work.items()
        }
        wanted = has_browser[node] or not any(has_browser.values())
        for scope in self.workqueue:
            if scope.startswith(BROWSER) == wanted:
                self.workqueue.move_to_end(scope, last=False)
                break
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return BrowserBesideOthers(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite shares the cores; a few tests that were asked for run in this process."""
    whole = config.args == [str(TESTS)] or config.args == config.getini("testpaths")
    return min(MOST_PROCESSES, os.cpu_count() or 1) if whole else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, so that nothing waits for them at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))  # otherwise as they were


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[pytest.TestReport]:
    """A test that is skipped, in a fixture or by a mark."""
    report: pytest.TestReport = yield
    return without_skips(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[pytest.CollectReport]:
    """A file that is skipped, as by `importorskip`."""
    report: pytest.CollectReport = yield
    return without_skips(report)


def without_skips(report: Report) -> Report:
    """The report, but a failure in place of a skip where CI is set."""
    if report.outcome == "skipped" and not hasattr(report, "wasxfail") and os.environ.get("CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}; where CI is set nothing may be skipped: see .ci/run"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A browser's loop stays open behind its tests: no other test in this process shall see it."""
    behind = asyncio._get_running_loop()
    if not item.nodeid.startswith(BROWSER):
        asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(behind)
