"""The station “glass view”: what is sent, clicked and switched off, in both languages."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from core.architecture.inside import look_inside
from core.architecture.sizes import size_of
from core.architecture.text.on_disk import MODELS_VARIABLE
from core.architecture.text.pretrained import survey
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.errors import UnreadableWeights
from core.recheck.cells import KINDS, Place
from pages.architecture.glass import cells, overview, packing, seeing, thought, trials
from pages.architecture.looking import Looked
from pages.kit.catalogue import words
from pages.kit.parts import sentence_of
from pages.kit.site import BY_NAME, following
from tests.small_gguf import LLAMA as SMALL_LLAMA
from tests.small_gguf import gguf_bytes

PAGE = "architecture/glass/glass.py"
ENCODER = Encoder([])  # every byte a token
CONFIG = replace(size_of("xs", ENCODER.n_vocab), n_context=48, n_layers=3)
LIMIT = 1_000_000  # bytes on the wire


@pytest.fixture(scope="module")
def looked():
    """A model in which every part has an effect."""
    model = Transformer(CONFIG, seed=1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("out.weight", "down.weight")):
                weight.normal_(0.0, 0.2, generator=generator)
    return Looked("key", model.eval(), ENCODER, "house")


def sent_by(app):
    """What the page sent to the glass view."""
    (found,) = [
        json.loads(each.proto.json)
        for each in app.get("bidi_component")
        if each.proto.component_name.endswith("glass")
    ]
    return found


def array(sent, name):
    kind, at, *shape = sent["arrays"][name]
    dtype = {"f4": "<f4", "i1": "i1", "u1": "u1"}[kind]
    data = base64.b64decode(sent["bytes"])
    return np.frombuffer(data, dtype, int(np.prod(shape)), at).reshape(shape)


def test_what_is_sent_is_what_the_model_computed(looked):
    tokens = looked.tokens("Mia likes tea")
    seen = seeing.seen(looked, tokens, (), None, words("en"))
    inside = look_inside(looked.model, tokens)
    for layer, block in enumerate(inside.blocks):
        shares = array(seen.sent, f"{layer}.w") / 255
        assert np.abs(shares - block.weights.numpy()).max() <= 0.5 / 255 + 1e-6
        for name, exact in (("hidden", block.hidden), ("down", block.feedforward_output)):
            rough = array(seen.sent, f"{layer}.{name}") * array(
                seen.sent, f"{layer}.{name}.scale"
            ).reshape(-1, 1)
            largest = np.abs(exact.numpy()).max(-1, keepdims=True)
            assert (np.abs(rough - exact.numpy()) <= largest / 254 + 1e-6).all()
    best = seen.sent["next"][-1][0]
    assert best[2] == int(inside.logits[-1].argmax())
    assert best[1] == pytest.approx(float(inside.logits[-1].softmax(-1).max()), abs=1e-4)
    assert seen.sent["rank"][-1] == [1] * len(tokens)  # after the last block it is the answer


def test_sixty_four_tokens_in_four_layers_fit_into_a_megabyte():
    sizes = {"n_layers": 4, "n_channels": 192, "n_heads": 6, "n_kv_heads": 6, "n_hidden": 768}
    config = replace(size_of("m", 3072), n_context=128, **sizes)
    model = Transformer(config, seed=1).eval()
    inside = look_inside(model, list(range(64)))
    packed = packing.packed(model, inside, [0, 1, 2, 3], None)
    assert "3.q" in packed["arrays"]
    assert len(json.dumps(packed)) < LIMIT


def test_of_a_large_model_only_the_opened_block_is_sent_whole(looked, monkeypatch):
    monkeypatch.setattr(packing, "LARGEST", 10)
    inside = look_inside(looked.model, looked.tokens("Mia likes tea"))
    packed = packing.packed(looked.model, inside, [0, 1, 0], 1)
    assert {"1.q", "x.1", "1.norm1.gain", "0.w.0", "2.w.mean"} <= set(packed["arrays"])
    assert not {"0.q", "2.hidden", "0.w", "x.2"} & set(packed["arrays"])


@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "rotary", "alibi", "none"])
def test_numbers_come_out_the_same_with_every_encoding_of_positions(positions):
    config = replace(CONFIG, positions=positions)
    own = Looked(positions, Transformer(config, seed=1).eval(), ENCODER, "house")
    tokens = own.tokens("Mia likes tea")
    seen = seeing.seen(own, tokens, (), None, words("en"))
    for kind in ("embedding", "query", "key", "score", "weight"):
        place = Place(kind, at=7, of=3, layer=1, head=1)
        found = cells.arithmetic(own, seen.inside, place, (), words("en"))
        assert found["same"], kind
    formulas = {kind: cells.formula_of(kind, config) for kind in ("embedding", "query", "score")}
    assert ("RoPE" in formulas["query"]) == (positions == "rotary")
    assert ("+" in formulas["embedding"]) == (positions in ("learned", "sinusoidal"))
    assert ("(i − j)" in formulas["score"]) == (positions == "alibi")
    # The browser lowers scores by the same slopes.
    assert seen.sent["config"]["slopes"] == ([2.0**-4, 2.0**-8] if positions == "alibi" else [])


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_clicked_number_comes_out_the_same_twice(kind, lang, looked):
    tokens = looked.tokens("Mia likes tea")
    for off in ((), (("head", 1, 0), ("feedforward", 0)), (("attention", 0),)):
        seen = seeing.seen(looked, tokens, off, None, words(lang))
        place = Place(kind, at=9, of=3, layer=1, head=1)
        found = cells.arithmetic(looked, seen.inside, place, off, words(lang))
        assert found["same"], (off, found)
        assert found["title"] and found["formula"] and found["steps"]


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "score",
        {"kind": "score"},
        {"kind": "colour", "layer": 0, "head": 0, "at": 0, "of": 0},
        {"kind": "score", "layer": 3, "head": 0, "at": 0, "of": 0},
        {"kind": "score", "layer": 0, "head": 0, "at": 1, "of": 2},
        {"kind": "hidden", "layer": 0, "head": 0, "at": 1, "of": 10**9},
        {"kind": "query", "layer": 0, "head": True, "at": 1, "of": 0},
        {"kind": "query", "layer": -1, "head": 0, "at": 1, "of": 0},
        {"kind": ["query"], "layer": 0, "head": 0, "at": 1, "of": 0},
    ],
)
def test_a_number_that_does_not_exist_is_not_computed(asked):
    assert cells.admitted(asked, CONFIG, 5) is None


def test_a_number_that_exists_is_computed():
    asked = {"kind": "weight", "layer": 2, "head": 1, "at": 4, "of": 4}
    assert cells.admitted(asked, CONFIG, 5) == Place("weight", at=4, of=4, layer=2, head=1)


def test_only_parts_that_the_model_has_are_switched_off():
    given = [
        ["head", 0, 1],
        ["head", 0, 1],
        ["head", 0, 99],
        ["head", 0],
        ["attention", 2],
        ["feedforward", True],
        ["feedforward", "0"],
        ["all"],
        {},
        [],
        [["head"], 0],
    ]
    assert seeing.admitted(given, CONFIG) == (("head", 0, 1), ("attention", 2))
    assert seeing.admitted("head", CONFIG) == ()


def test_heads_are_told_by_what_they_do(looked):
    inside = look_inside(looked.model, looked.tokens("Mia likes tea"))
    told = seeing.habits_of(looked, inside, words("en"))
    assert len(told) == CONFIG.n_layers and len(told[0]) == CONFIG.n_heads
    assert all("entropy" in each for row in told for each in row)
    one = look_inside(looked.model, [0])
    assert seeing.habits_of(looked, one, words("en"))[0][0] == ""


def test_experiments_tell_what_was_measured(looked):
    tokens = looked.tokens("Mia likes tea")
    mlp = trials.without_mlp(looked, tokens, words("de"))
    assert mlp.outcome in ("same", "other") and "%" in mlp.text
    heads = trials.without_each_head(looked, tokens, words("de"))
    assert heads.outcome in ("never", "few", "many")


def test_the_word_that_is_followed_is_the_likeliest_or_the_one_asked_for(looked):
    inside = look_inside(looked.model, looked.tokens("Mia likes tea"))
    assert thought.word_of(looked, inside, words("en"))[0] == int(inside.logits[-1].argmax())
    assert thought.word_of(looked, inside, words("en"), wanted=ENCODER.encode("A")[0])[1] == "A"


def test_it_is_the_station_of_step_2_for_text():
    assert following("architecture") == "glass" and following("glass") == "parts"
    assert BY_NAME["glass"].kind("pictures") == "text"


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_shows_the_sentence_in_the_model(with_house, open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth, sentence="Mia mag Tee.")
    assert not app.exception
    sent = sent_by(app)
    assert [token["text"].strip() for token in sent["tokens"]][-1]
    assert sent["off"] == [] and sent["cell"] is None
    assert sent["play"] == (depth == "watch")


def test_what_is_clicked_and_switched_off_is_computed(with_house, open_page, monkeypatch):
    asked = {
        "off": [["feedforward", 0]],
        "cell": {"kind": "hidden", "layer": 0, "head": 0, "at": 2, "of": 1},
        "open": "nonsense",
    }
    monkeypatch.setattr(overview, "asked_of_glass", lambda key: asked)
    app = open_page(PAGE, lang="en", sentence="Mia likes tea")
    assert not app.exception
    sent = sent_by(app)
    assert sent["off"] == [["feedforward", 0]] and sent["before"]
    assert sent["chosen"] == asked["cell"] == sent["cell"]["place"]
    assert sent["cell"]["same"]


def test_a_published_model_that_cannot_be_opened_is_said(
    with_house, open_page, monkeypatch, tmp_path
):
    config = GPT2Config(
        vocab_size=257, n_positions=64, n_embd=16, n_layer=2, n_head=2, bos_token_id=256,
        eos_token_id=256,
    )  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(tmp_path / "whole")
    (tmp_path / "broken.gguf").write_bytes(b"GGUF\x03\x00\x00\x00")
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    app = open_page(PAGE, lang="en", sentence="Mia likes tea", glass_model="disk:broken")
    assert not app.exception
    said = " ".join(each.proto.body for each in app.get("html"))
    assert "No weights could be read" in said
    without = open_page(PAGE, lang="en", sentence="Mia likes tea", glass_model="disk:whole")
    assert not without.exception  # its tokenizer is missing, which is said as well
    assert "tokenizer" in " ".join(each.proto.body for each in without.get("html"))


LLAMA = {"general.architecture": "llama"}
REFUSED = {  # a GGUF file -> what a person must read about it, in both languages
    "another format": (LLAMA, ("t", (256,), 34, b""), ("TQ1_0", "Q4_K", "t")),
    "half a block": (LLAMA, ("t", (2, 192), 14, b""), ("Q6_K", "192", "256")),
    "cut short": (LLAMA, ("t", (9, 512), 12, b"\0" * 144), ("Q4_K",)),
    "another family": (
        {"general.architecture": "<b>"},
        ("t", (1,), 0, b"\0" * 4),
        ("<b>", "qwen2"),
    ),
    "another choice": (
        SMALL_LLAMA | {"llama.rope.scaling.type": "yarn"},
        ("token_embd.weight", (6, 4), 0, b"\0" * 96),
        ("llama.rope.scaling.type", "yarn", "linear"),
    ),
}


@pytest.mark.parametrize("named", REFUSED)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_why_a_file_is_refused_is_said_in_both_languages(named, lang, tmp_path):
    metadata, tensor, told = REFUSED[named]
    (tmp_path / "a.gguf").write_bytes(gguf_bytes(metadata, [tensor]))
    with pytest.raises(UnreadableWeights) as error:
        survey(tmp_path / "a.gguf")
    sentence = sentence_of(error.value, words(lang))
    assert all(each in sentence for each in told)
    assert error.value.values["reason"] not in sentence  # which is English


def test_a_sentence_of_another_length_cannot_be_laid_over(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes tea")
    (field,) = [each for each in app.text_input if each.key == "glass_other"]
    field.set_value("Mia likes tea and cake and honey").run()
    assert not app.exception
    assert "same number of tokens" in " ".join(each.proto.body for each in app.get("html"))


def test_sentences_that_would_take_too_many_passes_are_not_laid_over_each_other(
    with_house, open_page, monkeypatch
):
    app = open_page(PAGE, lang="en", sentence="Mia likes tea")
    (field,) = [each for each in app.text_input if each.key == "glass_other"]
    monkeypatch.setattr(thought, "MOST_WORK", 0)
    field.set_value("Mia likes sea").run()
    assert not app.exception
    assert "far too long to wait for" in " ".join(each.proto.body for each in app.get("html"))


def test_published_models_take_all_cores_one_visitor_at_a_time(looked, monkeypatch):
    monkeypatch.setattr(seeing, "n_cores", lambda: 3)
    before, here = torch.get_num_threads(), threading.get_ident()

    def seen_by():
        return torch.get_num_threads(), threading.get_ident()

    assert seeing.quickly(looked, seen_by) == (before, here)
    published = replace(looked, whose="others")
    with ThreadPoolExecutor(4) as visitors:
        found = set(visitors.map(lambda _: seeing.quickly(published, seen_by), range(8)))
    ((n_threads, where),) = found
    assert n_threads == 3 and where != here
    assert torch.get_num_threads() == before


def test_the_next_sentence_in_a_published_model_goes_on_from_the_one_before(looked, monkeypatch):
    published, read = replace(looked, whose="others", key="published"), []
    forward = type(looked.model).forward

    def noted(model, tokens, *args, **more):
        if len(tokens) == 1:  # not the texts that find induction heads
            read.append(tokens.shape[1])
        return forward(model, tokens, *args, **more)

    monkeypatch.setattr(type(looked.model), "forward", noted)
    t, off = words("en"), (("attention", 0),)
    seeing.seen(published, [1, 2, 3, 4, 5], (), None, t)
    seeing.seen(published, [1, 2, 3, 9, 5, 6], off, None, t)
    seen = seeing.seen(published, [1, 2, 3, 9, 5, 6], (), None, t)
    assert read == [5, 6, 3]
    fresh = seeing.seen(looked, [1, 2, 3, 9, 5, 6], (), None, t)
    torch.testing.assert_close(seen.inside.logits, fresh.inside.logits)
    assert seen.habits == fresh.habits
