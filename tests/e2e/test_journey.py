"""One life with a text of one's own: paste, prepare, train, come back, write, call the API."""

import json
from collections.abc import Callable
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from pages.kit.catalogue import words

t = words("de")
NAMES = ("Anna", "Bruno", "Clara", "David", "Erika")
STORY = "\n\n".join(
    f"Am {n}. Tag ging {NAMES[n % 5]} zum Markt und kaufte {2 + n % 9} Äpfel. "
    f"Dann traf {NAMES[n % 5]} dort {NAMES[(n + 1 + n // 5) % 5]}, und die beiden lachten."
    for n in range(600)
)
N_STEPS = 100


def models_of(address: str, page: Page) -> list[str]:
    """The models the visitor may call, as the browser's cookie shows them to the API."""
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    with urlopen(Request(f"{address}/v1/models", headers={"Cookie": cookies})) as answer:
        return [model["id"] for model in json.load(answer)["data"]]


def completion(address: str, page: Page, model: str) -> str:
    """What the API writes with the visitor's own model."""
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    body = {"model": model, "prompt": "Am 7. Tag ging", "max_tokens": 12, "seed": 1}
    asked = Request(
        f"{address}/v1/completions",
        json.dumps(body).encode(),
        {"Cookie": cookies, "Content-Type": "application/json"},
    )
    with urlopen(asked) as answer:
        return str(json.load(answer)["choices"][0]["text"])


def own_base(t):
    """How the inference page calls a model that the visitor has trained."""
    return f"{t('frame.yours')}: {t('inference.base')}"


def test_a_pasted_text_becomes_a_model_that_the_api_writes_with(
    page: Page, server: str, settled: Callable[[Page], None]
):
    page.goto(f"{server}/data?lang=de&data_source=text&vocabulary=400")
    settled(page)
    before = models_of(server, page)
    box = page.get_by_label(t("data.paste"), exact=True)
    box.fill(STORY)
    box.blur()
    prepare = page.get_by_role("button", name="aufbereiten")
    prepare.click()
    expect(page.get_by_text(t("data.on_bench"))).to_be_visible(timeout=90_000)

    here = f"{server}/training?lang=de&n_steps={N_STEPS}&n_batch=4"
    page.goto(here)
    settled(page)
    page.get_by_role("button", name=t("training.start")).click()
    expect(page.get_by_role("button", name=t("training.pause"))).to_be_visible(timeout=60_000)
    page.reload()
    settled(page)
    steps = page.get_by_role("navigation", name=t("shell.steps"))
    trained = steps.get_by_role("link", name=t("shell.training"))
    expect(trained).to_contain_text(t("frame.yours"), timeout=300_000)
    settled(page)
    page.wait_for_function("document.querySelector('.plot')?.data?.[0]?.y?.length > 5")
    losses = page.locator(".plot").first.evaluate("plot => [...plot.data[0].y]")
    assert losses[-1] < losses[0] / 2

    (mine,) = set(models_of(server, page)) - set(before)
    text = completion(server, page, mine)
    assert any(name in text for name in NAMES)  # it has learned who goes to the market
    page.goto(f"{server}/inference?lang=de")
    settled(page)
    expect(page.get_by_role("radio", name=own_base(t), exact=True)).to_have_attribute(
        "aria-checked", "true"
    )
