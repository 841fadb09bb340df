"""A real browser before the real app: one server for the whole session, with a home of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

ROOT = Path(__file__).resolve().parents[2]
STARTUP_LIMIT_S = 60
END_LIMIT_S = 20
SETTLED = "[data-testid='stApp'][data-test-script-state='notRunning']"
SCREENS = {"desktop": (1280, 800), "phone": (390, 844)}

STORED = "cookies,local_storage,indexeddb,service_workers,cache_storage"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session", autouse=True)
def a_browser_is_there() -> None:
    """Without Chromium these tests are skipped, but where CI is set they fail."""
    if CHROMIUM is None:
        missing = "no chromium: install Debian's package, or name one in CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    width, height = SCREENS["desktop"]
    return {
        **browser_context_args,
        "locale": "de-DE",
        "viewport": {"width": width, "height": height},
    }


@pytest.fixture(scope="session")
def one_context(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """The context of all tests that ask for none of their own.

    It has fetched and compiled the app's scripts, which takes a new one two seconds of a core.
    """
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture
def context(one_context: BrowserContext, server: str) -> Iterator[BrowserContext]:
    """What a new visitor has: no tab, no cookie, nothing stored."""
    yield one_context
    last = one_context.new_page()
    for page in one_context.pages:
        if page != last:
            page.close()
    one_context.new_cdp_session(last).send(
        "Storage.clearDataForOrigin", {"origin": server, "storageTypes": STORED}
    )
    last.close()
    one_context.clear_cookies()
    one_context.clear_permissions()
    one_context.unroute_all()
    one_context.set_offline(False)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as the README says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    log = home / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true"]  # no window of its own on a desktop
    with log.open("w") as out:
        app = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "GLASSBOX_HOME": str(home)},
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(address, app, log)
        yield address
    finally:
        app.send_signal(signal.SIGTERM)
        try:
            app.wait(END_LIMIT_S)
        finally:
            app.kill()
    # The warm-up opens every page in both languages, and the tests do what visitors do.
    assert "a page broke" not in log.read_text()


@pytest.fixture(scope="session")
def base_url(server: str) -> str:
    """What `page.goto("/data")` is relative to."""
    return server


def wait_until_healthy(address: str, app: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(10 * STARTUP_LIMIT_S):
        if app.poll() is not None:
            pytest.fail(f"the app ended at start:\n{log.read_text()[-3000:]}")
        try:
            urllib.request.urlopen(address + "/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the app did not answer")


@pytest.fixture(scope="session")
def settled() -> Callable[[Page], None]:
    """Wait until the page has its heading and the server is at rest."""

    def wait(page: Page) -> None:
        page.wait_for_selector("h1", timeout=30_000)
        page.wait_for_selector(SETTLED, timeout=60_000)

    return wait
