"""All tests: one thread each, since the tiny models only lose by sharing a step among threads."""

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported, children included


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite shares the cores; a few tests that were asked for run in this process."""
    whole = config.args == [str(TESTS)] or config.args == config.getini("testpaths")
    return min(4, os.cpu_count() or 1) if whole else 0


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a fixture: a file's tests, and all that share a browser.

    The browser's come first: they take the longest, and everything else runs beside them.
    """
    items.sort(key=lambda item: not in_a_browser(item))  # stable: otherwise as they were
    for item in items:
        group = "browser" if in_a_browser(item) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


def in_a_browser(item: pytest.Item) -> bool:
    return item.path.is_relative_to(TESTS / "e2e")
