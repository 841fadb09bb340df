"""The journey of a run in a real browser: begin, leave, come back, pause, go on, end, use it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from core.training.text.program import FIRST_LOOK_AT
from pages.kit.catalogue import words

t = words("de")
NUMBERS = "dl.run"


def newest_step(page: Page) -> int:
    return int(page.locator(f"{NUMBERS} dd").first.inner_text().replace("\u202f", "") or 0)


def wait_for_step(page: Page, step: int) -> None:
    """Steps come over the live stream: nothing is pressed and nothing reloaded meanwhile."""
    page.wait_for_function(
        """([where, step]) => {
            const deep = (root) => root.querySelector(where) ?? [...root.querySelectorAll("*")]
                .filter((e) => e.shadowRoot).map((e) => deep(e.shadowRoot)).find(Boolean)
            return Number((deep(document)?.textContent ?? "").replace(/\\D/g, "")) >= step
        }""",
        arg=[f"{NUMBERS} dd", step],
        timeout=120_000,
    )


def losses(page: Page) -> list[float]:
    """The losses on practised text, as the figure draws them; it takes a moment to be there."""
    page.wait_for_function("() => document.querySelector('.plot')?.data?.[0]?.y?.length > 1")
    return page.locator(".plot").first.evaluate("plot => [...plot.data[0].y]")


def own_base(t):
    """How the inference page calls a model that the visitor has trained."""
    return f"{t('frame.yours')}: {t('inference.base')}"


def test_a_run_goes_on_without_its_page_and_its_model_reaches_the_next_step(
    page: Page, server: str, settled: Callable[[Page], None]
):
    here = f"{server}/training?lang=de&n_steps=400"
    page.goto(here)
    settled(page)
    page.get_by_role("button", name=t("training.start")).click()
    expect(page.get_by_role("button", name=t("training.pause"))).to_be_visible(timeout=30_000)
    wait_for_step(page, 30)
    assert losses(page)[-1] < losses(page)[0]

    page.goto(f"{server}/data?lang=de")
    settled(page)
    page.goto(here)
    settled(page)
    assert newest_step(page) >= 30
    assert len(losses(page)) > 1
    expect(page.get_by_text(t("components.step", n=str(FIRST_LOOK_AT)), exact=True)).to_be_visible()

    page.get_by_role("button", name=t("training.pause")).click()
    expect(page.get_by_text(t("training.is_paused"))).to_be_visible(timeout=30_000)
    settled(page)
    at_rest = newest_step(page)
    page.get_by_role("button", name=t("training.resume"), exact=True).click()
    wait_for_step(page, at_rest + 10)
    page.get_by_role("button", name=t("training.stop")).click()
    expect(page.get_by_role("button", name=t("training.start"))).to_be_visible(timeout=60_000)
    steps = page.get_by_role("navigation", name=t("shell.steps"))
    expect(steps.get_by_role("link", name=t("shell.training"))).to_contain_text(t("frame.yours"))

    page.goto(f"{server}/inference?lang=de")
    settled(page)
    mine = page.get_by_role("radio", name=own_base(t), exact=True)
    expect(mine).to_have_attribute("aria-checked", "true")
