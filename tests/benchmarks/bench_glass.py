"""The glass view in a browser: how soon a sentence is drawn, what travels, what a hover takes.

    python tests/benchmarks/bench_glass.py [--tokens 64] [--kept 0] [--model trained:house]

Starts the app in an empty home and opens the view in Chromium. Then sentences of about so many
tokens are typed one after the other, of which the first --kept stay the same: from the key that
ends the line until the frame after the new tokens stand in the picture. All is timed and counted
inside the page, so that measuring takes nothing from what is measured. Hovering is timed a frame
at a time.
"""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
N_SENTENCES = 15
# Before anything of the page: when a line was ended, when messages came, how large they were.
WATCH = """() => {
  const seen = window.glassSeen = { key: 0, at: [], sizes: [] }
  addEventListener("keydown", ({ key }) => key === "Enter" && (seen.key = performance.now()), true)
  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address)
      this.addEventListener("message", ({ data }) => {
        seen.at.push(performance.now())
        seen.sizes.push(data.byteLength ?? data.size ?? data.length)
      })
    }
  }
}"""
# Resolves when other tokens stand in the picture and a frame has gone by: since the key, in ms.
ANOTHER = """() => new Promise((done) => {
  const all = [...document.querySelectorAll("*")]
  const inner = all.map((each) => each.shadowRoot).find((each) => each?.querySelector(".tok"))
  const read = () => [...inner.querySelectorAll(".tok")].map((each) => each.textContent).join("|")
  const before = read(), seen = window.glassSeen
  seen.key = seen.at.length = seen.sizes.length = 0
  const look = () => {
    if (read() === before) return requestAnimationFrame(look)
    requestAnimationFrame(() => {
      const since = (time) => time - seen.key, largest = seen.sizes.indexOf(Math.max(...seen.sizes))
      done({ drawn: since(performance.now()), arrived: since(seen.at[largest]) })
    })
  }
  look()
})"""
LETTERS = "abcdefghijklmnopqrstuvwz"
HOVER = """async (box) => {
  const wait = () => new Promise((done) => requestAnimationFrame(done)), times = []
  const at = (y) => document.elementFromPoint(box.x + box.width / 2, y)
  for (let n = 0; n < 40; n++) {
    const y = box.y + 90 + (n * 37) % 200
    let target = at(y)
    while (target && target.shadowRoot) {
      const inner = target.shadowRoot.elementFromPoint(box.x + box.width / 2, y)
      if (!inner || inner === target) break
      target = inner
    }
    const began = performance.now()
    target?.dispatchEvent(new PointerEvent("pointermove", {
      bubbles: true, composed: true, clientX: box.x + box.width / 2, clientY: y,
    }))
    times.push(performance.now() - began)
    await wait()
  }
  return times
}"""


def sentence(n: int, n_tokens: int, n_kept: int = 0) -> str:
    """A line of single letters, each a token, as long as the field for a sentence allows."""
    letters = [LETTERS[(n * 7 + i * (n + 1)) % len(LETTERS)] for i in range(n_tokens - 1)]
    letters[:n_kept] = [LETTERS[i % len(LETTERS)] for i in range(n_kept)]
    return " ".join(letters)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--kept", type=int, default=0, help="tokens at the beginning")
    parser.add_argument("--model", default="trained:house")
    asked = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        app = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env=os.environ | {"GLASSBOX_HOME": home, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            measure(f"http://127.0.0.1:{port}", asked.tokens, asked.kept, asked.model)
        finally:
            app.send_signal(signal.SIGINT)
            app.wait(30)


def measure(base: str, n_tokens: int, n_kept: int, model: str) -> None:
    """All figures of one model."""
    while True:
        try:
            urllib.request.urlopen(base + "/_stcore/health", timeout=1).close()
            break
        except OSError:
            time.sleep(0.2)
    time.sleep(90)  # the pages are opened once in the background first
    with sync_playwright() as p:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(f"({WATCH})()")
        began = time.perf_counter()
        asked = f"sentence={quote(sentence(0, n_tokens, n_kept))}&glass_model={quote(model)}"
        page.goto(f"{base}/glass?lang=de&{asked}")
        page.locator(".word.first").first.wait_for(timeout=120_000)
        print(f"first view: {time.perf_counter() - began:.2f} s")
        redraws(page, n_tokens, n_kept)
        box = page.locator(".glass canvas").first.bounding_box()
        times = page.evaluate(HOVER, box)
        print(f"hover: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms")
        browser.close()


def redraws(page: Page, n_tokens: int, n_kept: int) -> None:
    """Type one sentence after the other."""
    drawn, arrived, sizes = [], [], []
    field = page.get_by_role("textbox").first
    for n in range(1, N_SENTENCES + 1):
        page.wait_for_timeout(1500)
        field.fill(sentence(n, n_tokens, n_kept))
        page.evaluate(f"window.glassDone = ({ANOTHER})(), null")
        page.keyboard.press("Enter")
        times = page.evaluate("window.glassDone")
        page.wait_for_timeout(700)
        drawn.append(times["drawn"])
        arrived.append(times["arrived"])
        sizes.append(page.evaluate("window.glassSeen.sizes.reduce((sum, n) => sum + n, 0)"))
    print(
        f"another sentence of {page.locator('.tok').count()} tokens, "
        f"the first {n_kept} the same: median {statistics.median(drawn):.0f} ms, "
        f"slowest {max(drawn):.0f} ms, of these until its values came "
        f"{statistics.median(arrived):.0f} ms; on the wire {max(sizes) / 1e6:.2f} MB"
    )


if __name__ == "__main__":
    main()
