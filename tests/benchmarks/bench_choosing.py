"""The way of a choice at 50,000 candidates in a browser: how long a moved handle takes to repaint.

    python tests/benchmarks/bench_choosing.py [--candidates 50000] [--assets pages/kit/assets]

Mounts the component alone, from a folder of assets, with logits drawn from a normal distribution.
Each handle is moved to and fro; timed is the frame: arithmetic, table and layout, without what the
browser paints afterwards. To compare with an earlier state, name the assets of another checkout.
"""

import argparse
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
USUAL = ("repetition_penalty", "temperature", "top_k", "top_p", "min_p")
ALL = ("presence_penalty", "frequency_penalty", "typical_p")
START = {
    "repetition_penalty": 1.1,
    "presence_penalty": 0.5,
    "frequency_penalty": 0.5,
    "temperature": 0.8,
    "top_k": 50,
    "top_p": 0.9,
    "min_p": 0.02,
    "typical_p": 0.9,
}
MEASURE = """async ({n, order, values, spread}) => {
  document.body.replaceChildren()
  const { default: mount } = await import("/choice.js")
  let seed = 7
  const random = () => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0) / 4294967296
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(6.2832 * random())
  const logits = new Uint8Array(Float32Array.from({ length: n }, () => normal() * spread).buffer)
  let text = ""
  for (const byte of logits) text += String.fromCharCode(byte)
  const words = new Proxy({}, { get: (_, name) => String(name) })
  const settings = { order, values }
  const data = { logits: btoa(text), texts: Array.from({ length: n }, (_, i) => ` w${i}`), id: "a",
    before: [5, 9, 9, 100, 44], settings, start: settings, seed: 7, lang: "en", words, takes: true,
    thrown: 0 }
  mount({ data, parentElement: document.body, setTriggerValue() {}, setStateValue() {} })
  const frame = () => new Promise(requestAnimationFrame), found = {}
  const handles = [...document.querySelectorAll("thead input")]
  for (let i = 0; i < handles.length; i++) {
    const handle = handles[i], times = [], step = Number(handle.step)
    const rest = Number(handle.value), back = rest >= Number(handle.max)
    for (let turn = 0; turn < 60; turn++) {
      handle.value = String(rest + (turn % 4) * step * (back ? -1 : 1))
      await frame()
      const begun = new Promise((told) => requestAnimationFrame(() => told(performance.now())))
      handle.dispatchEvent(new Event("input")) // the component asks for its frame in between
      const ended = new Promise((told) => requestAnimationFrame(() => {
        document.body.offsetHeight // layout, too
        told(performance.now())
      }))
      times.push(await ended - await begun)
    }
    found[order[i]] = times
  }
  return found
}"""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=50_000)
    parser.add_argument("--assets", type=Path, default=ROOT / "pages/kit/assets")
    parser.add_argument("--spread", type=float, default=2.5, help="of the logits")
    asked = parser.parse_args()
    with served(asked.assets) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for name, order in (("usual", USUAL), ("all", (*USUAL, *ALL))):
            page.goto(f"{base}/")  # the folder's list, for its address
            times = page.evaluate(
                MEASURE,
                {
                    "n": asked.candidates,
                    "order": order,
                    "values": {step: START[step] for step in order},
                    "spread": asked.spread,
                },
            )
            print(f"{name} steps, {asked.candidates:,} candidates; ms: 10 %, median, 95 %")
            for step, found in times.items():
                low, *_, high = statistics.quantiles(found, n=20)[1::17]
                print(f"  {step:20} {low:6.1f} {statistics.median(found):6.1f} {high:6.1f}")
        browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder at an address of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


if __name__ == "__main__":
    main()
