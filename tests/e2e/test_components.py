"""The components in a real browser: what moves under the hand, what a run moves, what is spoken."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]

EVERYTHING = "slider,tokens,attention,lab,figure,lanes,samples,map"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The harness, started once for all tests of this file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "tests/e2e/harness/app.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    app = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url + "/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        app.terminate()
        app.wait(20)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A German visitor's tab in which nothing may go wrong unnoticed."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="de-DE")
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def tell(address: str, run: str, *rows: dict[str, Any]) -> None:
    """Put a run's rows on the live stream."""
    body = json.dumps({"topic": "run", "run_id": run, "rows": rows}).encode()
    request = urllib.request.Request(f"{address}/harness/tell", body)
    urllib.request.urlopen(request, timeout=5).close()


def streams(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{address}/harness/streams", timeout=5) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_a_token_under_the_pointer_is_lit_in_the_attention_view_too(tab: Page, address: str):
    tab.goto(f"{address}/?show=attention")
    strip = tab.get_by_role("group", name="Text in Token zerlegt")
    sentence = tab.get_by_role("group", name="Der Satz")
    strip.get_by_role("button").nth(3).hover()
    expect(sentence.get_by_role("button").nth(3)).to_have_class("q")
    sentence.get_by_role("button").nth(5).hover()
    expect(strip.get_by_role("button").nth(5)).to_contain_class("hand")
    expect(strip.get_by_role("button").nth(3)).not_to_contain_class("hand")


def test_the_reading_names_two_tokens_and_the_share_between_them(tab: Page, address: str):
    tab.goto(f"{address}/?show=attention")
    sentence = tab.get_by_role("group", name="Der Satz")
    sentence.get_by_role("button").first.hover()
    # The first token sees nothing but itself: all of its attention lies there.
    reading = tab.locator(".reading")
    expect(reading).to_have_text("„<|end|>“ achtet zu 100\u202f% auf „<|end|>“")


def test_a_clicked_cell_is_handed_to_python_for_its_recheck(tab: Page, address: str):
    tab.goto(f"{address}/?show=attention")
    matrix = tab.get_by_role("application")
    matrix.focus()
    for _ in range(40):
        tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("cell [0, 1, 1, 0]")).to_be_visible()


def test_tokens_are_reached_with_one_tab_stop_and_the_arrow_keys(tab: Page, address: str):
    tab.goto(f"{address}/?show=tokens")
    strip = tab.get_by_role("group", name="Text in Token zerlegt")
    strip.get_by_role("button").first.focus()
    tab.keyboard.press("ArrowRight")
    expect(strip.get_by_role("button").nth(1)).to_be_focused()
    expect(tab.get_by_role("status").filter(has_text="Bytes")).to_be_visible()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("picked 1")).to_be_visible()
    assert strip.locator("button[tabindex='0']").count() == 1


def test_a_family_emoji_is_one_token_span_and_one_character(tab: Page, address: str):
    tab.goto(f"{address}/?show=tokens")
    family = tab.get_by_role("button", name="👩‍👧")
    expect(family).to_have_count(1)
    family.hover()
    about = tab.get_by_role("status").filter(has_text="Bytes")
    expect(about).to_contain_text("f0 9f 91 a9 e2 80 8d f0 9f 91 a7")


def test_bars_move_with_the_temperature_without_asking_the_server(tab: Page, address: str):
    tab.goto(f"{address}/?show=lab")
    first = tab.locator(".rows .share").first
    expect(first).not_to_be_empty()
    before = first.inner_text()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    moved = tab.locator("input[type=range]").first.evaluate(
        """async (handle) => {
          const share = handle.getRootNode().querySelector(".rows .share")
          handle.value = 0.1
          handle.dispatchEvent(new Event("input", { bubbles: true }))
          await new Promise(requestAnimationFrame)   // the very next frame
          return share.textContent
        }"""
    )
    assert moved != before
    assert asked == []


def test_excluded_candidates_stay_with_their_reason(tab: Page, address: str):
    tab.goto(f"{address}/?show=lab")
    expect(tab.locator(".rows .share").first).not_to_be_empty()
    tab.get_by_label("Top-k").fill("0")  # the first stop: k = 1
    rows = tab.locator(".rows button:visible")
    expect(rows).to_have_count(16)
    expect(rows.nth(1)).to_contain_text("nicht unter den k besten")
    expect(rows.nth(1)).to_contain_text("0\u202f%")
    expect(rows.first).to_contain_text("100\u202f%")


def test_stepping_and_running_write_the_same_text(tab: Page, address: str):
    tab.goto(f"{address}/?show=lab")
    step = tab.get_by_role("button", name="Pfeil werfen")
    written = tab.locator(".text button")
    for _ in range(4):
        step.click()
        expect(step).to_have_attribute("aria-disabled", "true")
        expect(step).to_have_attribute("aria-disabled", "false")
    stepped = tab.locator(".text").inner_text().rstrip("▏…\ufffd")
    pieces = written.count()
    assert pieces >= 1
    tab.get_by_role("button", name="Von vorn").click()
    expect(written).to_have_count(0)
    tab.get_by_role("button", name="Weiterschreiben").click()
    # Not "no longer writing" alone: that also holds before the first word has come.
    expect(written.nth(pieces - 1)).to_be_visible(timeout=20_000)
    expect(tab.get_by_role("button", name="Anhalten")).to_be_hidden(timeout=20_000)
    assert tab.locator(".text").inner_text().startswith(stepped)


@pytest.mark.parametrize("button", ["Pfeil werfen", "Weiterschreiben"])
def test_a_click_before_all_is_there_is_not_lost(tab: Page, address: str, button: str):
    tab.add_init_script(
        """const quick = fetch
        window.fetch = async (url, asked) => {
            const found = String(url).match(/vocabulary|write/)?.[0]
            const late_ms = { vocabulary: 600, write: 900 }[found] ?? 0
            await new Promise((done) => setTimeout(done, late_ms))
            return quick(url, asked)
        }"""
    )
    tab.goto(f"{address}/?show=lab")
    tab.get_by_role("button", name=button).click()
    expect(tab.locator(".text button").first).to_be_visible()


def test_a_candidate_can_be_forced_and_a_written_token_taken_back(tab: Page, address: str):
    tab.goto(f"{address}/?show=lab")
    bars = tab.locator(".rows button:visible")
    expect(bars.first).to_contain_text("%")
    bars.nth(2).click()
    expect(tab.locator(".status")).to_contain_text("Von Ihnen gewählt")
    expect(tab.locator(".text button.forced")).to_have_count(1)
    tab.locator(".text button").first.click()
    expect(tab.locator(".text button")).to_have_count(0)


def test_a_run_is_stopped_at_once(tab: Page, address: str):
    tab.goto(f"{address}/?show=lab")
    tab.get_by_role("button", name="Weiterschreiben").click()
    tab.get_by_role("button", name="Anhalten").click()
    expect(tab.get_by_role("button", name="Anhalten")).to_be_hidden()
    stopped = tab.locator(".text button").count()
    tab.wait_for_timeout(300)
    assert tab.locator(".text button").count() == stopped


def test_rows_of_a_run_reach_the_figure_the_samples_and_the_sentence(tab: Page, address: str):
    tab.goto(f"{address}/?show=figure,samples,attention&run=live")
    expect(tab.locator(".ends span")).to_have_count(3, timeout=15_000)
    tell(
        address,
        "live",
        {"kind": "step", "step": 300, "bits_per_byte": 0.77, "seq": 1},
        {"kind": "sample", "step": 300, "text": " <b>zum Markt</b>.", "seq": 2},
        {"kind": "sentence", "step": 300, "losses_nats": [6.931471805599453] * 60, "seq": 3},
        {"kind": "step", "step": 310, "bits_per_byte": 0.66, "seq": 4},
    )
    expect(tab.locator(".ends")).to_contain_text(["geübte Texte 0,66"])
    expect(tab.locator("ol li").first).to_contain_text("Schritt 300")
    expect(tab.locator("ol li").first).to_contain_text("<b>zum Markt</b>.")  # text, not markup
    strip = tab.get_by_role("group", name="Text in Token zerlegt")
    strip.get_by_role("button").nth(1).hover()
    expect(tab.get_by_role("status").filter(has_text="Überraschung")).to_contain_text("10,0")


def test_a_zoom_survives_new_points(tab: Page, address: str):
    tab.goto(f"{address}/?show=figure&run=zoom")
    expect(tab.locator(".ends span")).to_have_count(3, timeout=15_000)
    plot = tab.locator(".plot").first
    plot.evaluate("plot => Plotly.relayout(plot, {'xaxis.range': [20, 60]})")
    tell(address, "zoom", {"kind": "step", "step": 400, "bits_per_byte": 0.5, "seq": 1})
    tab.wait_for_function("() => document.querySelector('.plot').data[0].x.at(-1) === 400")
    assert plot.evaluate("plot => plot._fullLayout.xaxis.range") == [20, 60]
    tab.get_by_role("button", name="Alles zeigen").first.click()
    expect(tab.locator(".ends")).to_contain_text(["geübte Texte 0,50", "Rate"])


def test_a_long_run_is_thinned_where_it_is_old(tab: Page, address: str):
    tab.goto(f"{address}/?show=figure&run=long")
    expect(tab.locator(".ends span")).to_have_count(3, timeout=15_000)
    rows = [{"kind": "step", "step": 1000 + i, "bits_per_byte": 1.0, "seq": i} for i in range(9000)]
    for start in range(0, len(rows), 1000):
        tell(address, "long", *rows[start : start + 1000])
    tab.wait_for_function("() => document.querySelector('.plot').data[0].x.at(-1) === 9999")
    xs = tab.locator(".plot").first.evaluate("plot => [...plot.data[0].x]")
    assert len(xs) <= 3000
    assert xs[0] <= 2 and xs[-1000:] == list(range(9000, 10000))


def test_one_stream_serves_a_tab_and_goes_on_where_it_was(tab: Page, address: str):
    opened = streams(address)["opened"]
    tab.goto(f"{address}/?show=figure,samples,attention&run=one")
    expect(tab.locator(".ends span")).to_have_count(3, timeout=15_000)
    assert streams(address)["opened"] == opened + 1
    tell(address, "one", {"kind": "step", "step": 300, "bits_per_byte": 0.9, "seq": 1})
    expect(tab.locator(".ends")).to_contain_text(["0,90", "Rate"])

    look = "see => { Object.defineProperty(document, 'visibilityState', { value: see, configurable: true }); document.dispatchEvent(new Event('visibilitychange')) }"  # noqa: E501
    tab.evaluate(look, "hidden")
    state = "async () => (await import('/assets/live.js')).state()"
    assert tab.evaluate(state)["open"] is False
    tell(address, "one", {"kind": "step", "step": 310, "bits_per_byte": 0.8, "seq": 2})
    tab.wait_for_timeout(200)
    expect(tab.locator(".ends")).to_contain_text(["0,90", "Rate"])  # nothing to a hidden tab
    tab.evaluate(look, "visible")
    expect(tab.locator(".ends")).to_contain_text(["0,80", "Rate"])  # and nothing missed
    assert int(streams(address)["after"]) >= 0


def test_the_slider_turns_noise_into_language_at_once_and_by_keyboard(tab: Page, address: str):
    tab.goto(f"{address}/?show=slider")
    handle = tab.get_by_role("slider", name="Stand des Trainings")
    expect(tab.locator(".texts p.now")).to_contain_text("zum Markt.")
    handle.press("Home")
    expect(tab.locator(".texts p.now")).to_contain_text("rtü klm")
    expect(handle).to_have_attribute("aria-valuetext", "Schritt 0")
    expect(tab.locator("dd").first).to_have_text("0")
    handle.press("ArrowRight")
    expect(tab.locator(".texts p.now")).to_contain_text("die der und")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_hard_to_read_or_to_reach(browser: Browser, address: str, theme: Any):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="de-DE", color_scheme=theme, has_touch=True
    )
    page = context.new_page()
    page.goto(f"{address}/?show={EVERYTHING}")
    expect(page.locator(".ends span").first).to_be_visible(timeout=20_000)
    expect(page.locator(".rows .share").first).not_to_be_empty(timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    serious = [
        (found["id"], [node["html"][:120] for node in found["nodes"]][:3])
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]
    assert serious == []
    small = page.evaluate(
        """() => {
          const small = []
          const visit = (root) => root.querySelectorAll("*").forEach((each) => {
            if (each.shadowRoot) visit(each.shadowRoot)
            const box = each.getBoundingClientRect()
            const ours = each.closest(".gb") && each.matches("button, input, a")
            // Pieces of one word stand as close as its letters: their height alone counts.
            const inline = each.matches(".goes-on, .joins")
            const side = inline ? box.height : Math.min(box.width, box.height)
            if (ours && side && side < 23.5) small.push(each.outerHTML.slice(0, 90))
          })
          visit(document)
          return small
        }"""
    )
    assert small == []
    context.close()


@pytest.mark.parametrize(("motion", "first"), [("no-preference", "0"), ("reduce", "200")])
def test_the_slider_plays_by_itself_unless_motion_is_unwanted(
    browser: Browser, address: str, motion: Any, first: str
):
    context = browser.new_context(locale="de-DE", reduced_motion=motion)
    page = context.new_page()
    page.goto(f"{address}/?show=slider,autoplay")
    expect(page.locator("dd").first).to_have_text(first)
    expect(page.locator("dd").first).to_have_text("200", timeout=10_000)  # played to the end
    context.close()
