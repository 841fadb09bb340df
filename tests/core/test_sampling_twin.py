"""The browser's sampling arithmetic against core's: one algorithm in two languages, one result."""

import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from core.inference.sampling import SamplingSettings, draw, next_token_probs

ASSET = Path(__file__).resolve().parents[2] / "pages/kit/assets/sampling.js"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node to run the browser's code")

ASK = """
import { pathToFileURL } from "node:url"
const twin = await import(pathToFileURL(process.argv[1]).href)
const cases = JSON.parse(await new Promise((done) => {
  let text = ""
  process.stdin.on("data", (piece) => { text += piece }).on("end", () => done(text))
}))
console.log(JSON.stringify(cases.map(({ logits, settings, seed, n }) => {
  const { probs } = twin.nextTokenProbs(logits, settings)
  const thrown = twin.dart(seed, n)
  const bits = twin.entropyBits(probs)
  return { probs: [...probs], thrown, token: twin.draw(probs, thrown), bits }
})))
"""


def answers(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The browser code's answer to each case."""
    text = ASSET.read_text(encoding="utf-8")
    assert "import " not in text.split("export")[0]  # it stands alone and runs without a page
    run = subprocess.run(
        [str(NODE), "--input-type=module", "-e", ASK, str(ASSET)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(run.stdout.splitlines()[-1])
    return found


def case(
    logits: list[float], *, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> dict[str, Any]:
    settings = {"temperature": temperature, "topK": top_k, "topP": top_p}
    return {"logits": logits, "settings": settings, "seed": 7, "n": 0}


def test_filters_on_four_tokens_agree_with_a_calculation_by_hand():
    halves = [float(x) for x in torch.tensor([0.125, 0.5, 0.25, 0.125]).log2() * 0.6931471805599453]
    nucleus, likeliest, tie, cold = answers(
        [
            case(halves, top_p=0.75),
            case(halves, top_k=1),
            case(halves, top_k=3),  # the third and fourth are equally likely: both stay
            case([1.0, 3.0, 3.0, 0.0], temperature=0.0),
        ]
    )
    assert nucleus["probs"] == pytest.approx([0.0, 2 / 3, 1 / 3, 0.0])
    assert likeliest["probs"] == [0.0, 1.0, 0.0, 0.0]
    assert tie["probs"] == pytest.approx([0.125, 0.5, 0.25, 0.125])
    assert cold["probs"] == [0.0, 1.0, 0.0, 0.0]
    assert tie["bits"] == pytest.approx(1.75)  # 0.5 * 1 + 0.25 * 2 + 2 * 0.125 * 3


def test_the_browser_and_core_filter_random_scores_alike():
    generator = torch.Generator().manual_seed(3)
    dial = Random(3)
    cases, ours = [], []
    for _ in range(60):
        logits = torch.randn(dial.choice([5, 300, 2000]), generator=generator) * 3
        settings = SamplingSettings(
            temperature=dial.choice([0.0, 0.05, 0.7, 1.0, 1.9]),
            top_k=dial.choice([None, 1, 7, 40, 5000]),
            top_p=dial.choice([0.05, 0.5, 0.83, 0.97, 1.0]),
        )
        # In float64, to compare the arithmetic rather than float32's rounding at a filter's edge.
        ours.append(next_token_probs(logits.double(), settings))
        temperature, top_k, top_p = settings.filters
        cases.append(case(logits.tolist(), temperature=temperature, top_k=top_k or 0, top_p=top_p))
    for probs, theirs in zip(ours, answers(cases), strict=True):
        torch.testing.assert_close(
            torch.tensor(theirs["probs"], dtype=torch.float64), probs, atol=1e-6, rtol=0
        )
        assert [p == 0 for p in theirs["probs"]] == (probs == 0).tolist()


def test_the_browser_throws_the_darts_of_core_and_hits_the_same_tokens():
    logits = torch.randn(200, generator=torch.Generator().manual_seed(5))
    settings = SamplingSettings(temperature=0.9, top_p=0.95)
    probs = next_token_probs(logits.double(), settings)
    cases = [
        case(logits.tolist(), temperature=0.9, top_p=0.95) | {"seed": seed, "n": n}
        for seed in (0, 7, 9999, 2**40 + 5)
        for n in (0, 1, 700)
    ]
    for asked, theirs in zip(cases, answers(cases), strict=True):
        darts = Random(asked["seed"])
        for _ in range(asked["n"]):
            darts.random()
        after = darts.getstate()
        assert theirs["thrown"] == darts.random()
        darts.setstate(after)
        assert theirs["token"] == draw(probs, darts)
