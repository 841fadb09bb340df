"""The browser's processors against core's: one algorithm in two languages, one result."""

import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from core.inference import processors
from core.inference.choosing import choose

ASSET = Path(__file__).resolve().parents[2] / "pages/kit/assets/processors.js"
DRAW = ASSET.with_name("sampling.js")
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node to run the browser's code")

KINDS = {
    "repetition_penalty": (processors.RepetitionPenalty, (0.5, 3.0)),
    "presence_penalty": (processors.PresencePenalty, (-2.0, 2.0)),
    "frequency_penalty": (processors.FrequencyPenalty, (-2.0, 2.0)),
    "temperature": (processors.Temperature, (0.1, 3.0)),
    "top_k": (processors.TopK, (1, 50)),
    "top_p": (processors.TopP, (0.05, 1.0)),
    "min_p": (processors.MinP, (0.0, 0.5)),
    "typical_p": (processors.Typical, (0.05, 1.0)),
}
ASK = """
import { pathToFileURL } from "node:url"
const load = (path) => import(pathToFileURL(path).href)
const [twin, { draw }] = await Promise.all(process.argv.slice(1).map(load))
const cases = JSON.parse(await new Promise((done) => {
  let text = ""
  process.stdin.on("data", (piece) => { text += piece }).on("end", () => done(text))
}))
console.log(JSON.stringify(cases.map(({ logits, order, before, dart }) => {
  const steps = twin.way(logits, order, before)
  const last = steps.at(-1)
  const probs = steps.map((step) => logits.map((_, token) => twin.probability(step, token)))
  return { probs, token: last.ids[draw(last.probs, dart)], best: twin.best(last, 8) }
})))
"""


def answers(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The browser code's answer to each case."""
    run = subprocess.run(
        [str(NODE), "--input-type=module", "-e", ASK, str(ASSET), str(DRAW)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(run.stdout.splitlines()[-1])
    return found


def agree(cases: list[dict[str, Any]]) -> None:
    for asked, theirs in zip(cases, answers(cases), strict=True):
        logits = torch.tensor(asked["logits"], dtype=torch.float64)
        order = [KINDS[name][0](value) for name, value in asked["order"]]
        ours = choose(logits, asked["before"], order, asked["dart"])
        steps = [ours.start, *(step.after for step in ours.steps)]
        for n, (step, probs) in enumerate(zip(steps, theirs["probs"], strict=True)):
            apart = (step.probs - torch.tensor(probs, dtype=torch.float64)).abs().max()
            assert apart <= 1e-6, (asked["order"][:n], float(apart))
            assert (step.probs > 0).tolist() == [p > 0 for p in probs], asked["order"][:n]
        assert theirs["token"] == ours.token
        last = theirs["probs"][-1]
        likeliest = sorted((n for n, p in enumerate(last) if p > 0), key=lambda n: (-last[n], n))
        assert theirs["best"] == likeliest[:8]


def test_random_scores_in_random_orders_come_out_alike():
    generator, dial = torch.Generator().manual_seed(3), Random(3)
    cases = []
    for _ in range(80):
        n = dial.choice([4, 300, 2000])
        order = []
        for name in dial.sample(list(KINDS), dial.randint(1, len(KINDS))):
            low, high = KINDS[name][1]
            value = dial.randint(low, high) if name == "top_k" else dial.uniform(low, high)
            order.append([name, value])
        logits = (torch.randn(n, generator=generator, dtype=torch.float64) * 3).tolist()
        before = [dial.randrange(n) for _ in range(dial.randint(0, 12))]
        cases.append({"logits": logits, "order": order, "before": before, "dart": dial.random()})
    agree(cases)


def test_ties_and_extremes_come_out_alike():
    logits = [2.0, 2.0, 1.0, 1.0, 0.0, -30.0, -60.0, 2.0]
    orders = [
        [["temperature", 0.0]],
        [["top_k", 2]],
        [["top_k", 4], ["temperature", 0.0]],
        [["top_p", 0.5]],
        [["min_p", 1.0]],
        [["typical_p", 0.3]],
        [["temperature", 0.01], ["top_p", 0.9], ["top_k", 1]],
        [["top_k", 1], ["temperature", 2.0], ["repetition_penalty", 2.0]],
    ]
    agree(
        [{"logits": logits, "order": order, "before": [0, 0, 5], "dart": 0.7} for order in orders]
        + [{"logits": [1.0] * 8, "order": order, "before": [], "dart": 0.0} for order in orders]
    )


def test_a_large_vocabulary_with_many_ties_comes_out_alike():
    generator = torch.Generator().manual_seed(9)
    scores = torch.randn(20_000, generator=generator, dtype=torch.float64) * 2
    logits = ((scores * 4).round() / 4).tolist()  # hundreds are equally likely
    orders = [[["top_p", 0.63]], [["top_k", 37]], [["typical_p", 0.4]], [["top_p", 0.999]]]
    agree([{"logits": logits, "order": order, "before": [], "dart": 0.3} for order in orders])
