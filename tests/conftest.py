"""All tests: one thread each, since the tiny models only lose by sharing a step among threads.

The whole suite runs in several processes: one for all tests in a browser, the others file by file.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parent
BROWSER = "tests/e2e/"
LONGEST = (BROWSER, "tests/test_style.py")
MOST_PROCESSES = 4

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported, children included


class BrowserBesideOthers(LoadScopeScheduling):
    """Keeps together what shares a fixture: a file's tests, and all that share a browser."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else nodeid.split("::")[0]


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
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A browser's loop stays open behind its tests: no other test in this process shall see it."""
    behind = asyncio._get_running_loop()
    if not item.nodeid.startswith(BROWSER):
        asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(behind)
