"""The browser's words against core's: the condensed tree at any temperature, one answer."""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.data.text.bpe import SPECIALS, train_bpe
from core.data.world import WorldSettings, tell
from core.inference.sampling import SamplingSettings
from core.inference.text.condensed import condensed
from core.inference.text.words import Boundaries, WordReader, WordTree, word_probs

ASSET = Path(__file__).resolve().parents[2] / "pages/kit/assets/sampling.js"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node to run the browser's code")
SETTINGS = [
    SamplingSettings(temperature=temperature, top_k=top_k, top_p=top_p)
    for temperature in (0.0, 0.05, 0.7, 1.0, 2.0)
    for top_k, top_p in ((None, 1.0), (1, 1.0), (5, 0.9), (200, 0.97), (None, 0.4))
]

ASK = """
import { pathToFileURL } from "node:url"
const twin = await import(pathToFileURL(process.argv[1]).href)
const { sent, settings } = JSON.parse(await new Promise((done) => {
  let text = ""
  process.stdin.on("data", (piece) => { text += piece }).on("end", () => done(text))
}))
const tree = twin.wordTree(sent)
console.log(JSON.stringify({
  order: tree.order,
  found: settings.map((each) => {
    const { words, others } = twin.wordProbs(tree, each)
    return { words: Object.fromEntries(words), others }
  }),
}))
"""


def browser_says(tree: WordTree, settings: list[SamplingSettings]) -> dict[str, Any]:
    sent = {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for name, value in condensed(tree).items()
    }
    asked = [
        {"temperature": each.temperature, "topK": each.top_k or 0, "topP": each.top_p}
        for each in settings
    ]
    run = subprocess.run(
        [str(NODE), "--input-type=module", "-e", ASK, str(ASSET)],
        input=json.dumps({"sent": sent, "settings": asked}),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def tree() -> WordTree:
    """Next words of a model with scores as far apart as a trained one's."""
    encoder = train_bpe([each.text for each in tell(WorldSettings(n_documents=60))], 900)
    config = ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=32,
        n_layers=2,
        n_heads=2,
        n_kv_heads=2,
        n_channels=32,
        n_hidden=64,
    )
    model = Transformer(config, seed=4)
    with torch.no_grad():
        model.output_table.mul_(20.0)
    return WordReader(model, Boundaries(encoder)).read([0, *encoder.encode("Am Montag ging")])


def test_the_browser_and_core_find_the_same_words_equally_likely(tree):
    said = browser_says(tree, SETTINGS)["found"]
    assert len(tree.beginnings) > 12
    for settings, theirs in zip(SETTINGS, said, strict=True):
        words, others = word_probs(tree, settings)
        cuts = settings.top_k or settings.top_p < 1  # through a bin, perhaps
        close = 5e-3 if cuts else 1e-3
        # The browser counts special tokens that are next to impossible among the others.
        missing = sum(p for word, p in words.items() if word not in theirs["words"])
        assert missing < 0.01 and any(word in theirs["words"] for word in words)
        for word, p in theirs["words"].items():
            assert p == pytest.approx(words[word], abs=close), (settings.filters, word)
        assert theirs["others"] == pytest.approx(others + missing, abs=close), settings.filters
        assert sum(theirs["words"].values()) + theirs["others"] == pytest.approx(1.0)


def test_words_come_in_the_order_in_which_the_model_expects_them(tree):
    words, _ = word_probs(tree, SamplingSettings())
    order = browser_says(tree, [])["order"]
    assert [words[word] for word in order] == pytest.approx(
        sorted((words[word] for word in order), reverse=True), abs=1e-4
    )


def test_what_travels_is_smaller_than_the_scores_of_all_tokens(tree):
    sent = condensed(tree)
    n_bytes = sum(len(value) for value in sent.values() if isinstance(value, bytes))
    assert n_bytes < len(tree.beginnings) * tree.beginnings[0].logits.nbytes
    assert sum(sent["sizes"]) <= len(sent["scores"])
    assert all(name not in sent["texts"][1:] for name in SPECIALS[1:])
