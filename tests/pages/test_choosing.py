"""The station “way of a choice”: scores, reasons and ways on, in both languages."""

import base64
import json

import numpy as np
import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from pages.inference.choosing import steps, ways
from pages.kit import models
from pages.kit.catalogue import words
from pages.kit.site import following

PAGE = "inference/choosing/choosing.py"


def sent_by(app, name):
    """What the page sent to a component."""
    found = [
        json.loads(each.proto.json)
        for each in app.get("bidi_component")
        if each.proto.component_name.endswith(f"_{name}")
    ]
    return found[0] if found else None


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_sends_the_scores_of_the_model_that_writes(with_house, open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth, sentence="Mia mag")
    assert not app.exception
    sent = sent_by(app, "choice")
    logits = np.frombuffer(base64.b64decode(sent["logits"]), "<f4")
    assert len(logits) == len(sent["texts"]) and np.isfinite(logits).all()
    assert ("typical_p" in sent["settings"]["order"]) == (depth == "dig")
    assert sent["before"] and max(sent["before"]) < len(logits)


def test_it_is_the_station_of_step_5_for_text():
    assert following("inference") == "choosing" and following("choosing") == "prompting"


def test_all_ways_are_written_and_measured(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes")
    (button,) = [each for each in app.button if each.key == "choosing_ways"]
    button.click().run(timeout=120)
    assert not app.exception
    t = words("en")
    for name in (t("choosing.way_greedy"), t("choosing.way_speculative")):
        assert name in said(app)
    tree = sent_by(app, "beam_tree")
    numbers = {node["number"] for node in tree["nodes"]}
    assert all(node["parent"] in numbers | {-1} for node in tree["nodes"])


def test_the_ways_go_on_after_the_text_as_it_was_steered(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes tea")
    t = words("en")
    press = lambda: next(each for each in app.button if each.key == "choosing_ways")  # noqa: E731
    take(app, 300)
    steered = "".join(text(app)[1:])
    press().click().run(timeout=120)
    assert not app.exception
    assert t("choosing.ways_after", text="Mia likes tea") not in said(app)
    ((opened, found),) = app.session_state["_choosing_ways"].values()
    assert opened.tokens[-1] == 300 and opened.encoder.decode(opened.before).strip() == (
        steered.replace("·", " ").strip()
    )
    assert found.ways[0].tokens[0] == int(opened.logits().argmax())  # greedy, after that token
    take(app, opened.encoder.end_id)
    press().click().run(timeout=120)
    assert t("choosing.steer_ended") in said(app) and not app.session_state["_choosing_ways"]


def test_the_draft_is_the_first_half_of_the_model():
    config = ModelConfig(
        n_vocab=50, n_context=32, n_layers=4, n_heads=2, n_kv_heads=2, n_channels=16, n_hidden=32
    )
    model = Transformer(config, seed=3).eval()
    small = ways._draft(model)
    assert small.config.n_layers == 2
    with torch.inference_mode():
        whole, half = model(torch.tensor([[1, 2, 3]])), small(torch.tensor([[1, 2, 3]]))
    torch.testing.assert_close(whole, half)  # new blocks pass the stream on unchanged
    greedy = SamplingSettings(temperature=0.0, max_tokens=5)
    assert [one.token for one in generate(small, [1, 2], greedy)] == [
        one.token for one in generate(model, [1, 2], greedy)
    ]


def test_a_long_text_is_not_read_once_for_every_token(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes tea and " * 10)
    assert not app.exception
    assert "Leaving out every single token" in said(app)


def ask(app, **asked):
    """As a click in the browser does; the page keeps it until it is drawn."""
    app.session_state["_choosing_asked"] = asked
    app.run()
    assert not app.exception


def take(app, token, how="forced", **more):
    ask(app, kind="take", token=token, how=how, after=sent_by(app, "choice")["id"], **more)


def text(app):
    return [token["text"] for token in sent_by(app, "steered_text")["tokens"]]


def nodes(app):
    found = sent_by(app, "branch_tree")
    return found and found["nodes"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_forced_token_is_appended_and_noted_with_its_steps(with_house, open_page, lang):
    app = open_page(PAGE, lang=lang, sentence="Mia mag")
    before, first = text(app), sent_by(app, "choice")
    assert nodes(app) is None  # a tree of one branch would say nothing
    take(app, 300)
    assert text(app) == [*before, first["texts"][300]]
    after = sent_by(app, "choice")
    assert after["id"] != first["id"] and after["logits"] != first["logits"]
    assert after["before"] == [*first["before"], 300]
    logits = np.frombuffer(base64.b64decode(first["logits"]), "<f4").astype(np.float64)
    probs = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    token = sent_by(app, "steered_text")["tokens"][-1]
    assert token["how"] == "forced" and token["p"] == pytest.approx(probs[300], rel=1e-5)
    assert token["bits"] == pytest.approx(-np.log2(probs[300]), rel=1e-5)
    assert token["entropy"] == pytest.approx(-(probs * np.log2(probs)).sum(), rel=1e-4)
    assert token["rank"] == 1 + (logits > logits[300]).sum()
    cold = np.exp((logits - logits.max()) / 0.8)
    cold /= cold.sum()
    kept, mass = [], 0.0
    for each in np.argsort(-cold, kind="stable"):
        if mass >= 0.9:
            break
        kept.append(each)
        mass += cold[each]
    expected = cold[300] / cold[kept].sum() if 300 in kept else 0.0
    assert token["share"] == pytest.approx(expected, abs=1e-5)
    assert words(lang)("choosing.temperature") in token["steps"] and "Top-p" in token["steps"]


def test_going_back_keeps_what_came_after_as_a_branch(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes")
    begun = text(app)
    take(app, 300)
    take(app, 301)
    ask(app, kind="go", number=len(begun))  # the first token taken
    assert len(text(app)) == len(begun) + 1
    take(app, 302, "drawn", thrown=4)
    assert sent_by(app, "choice")["thrown"] == 4  # the next dart is another one
    ends = {node["number"] for node in nodes(app)} - {node["parent"] for node in nodes(app)}
    assert len(ends) == 2
    for node in nodes(app):
        if node["parent"] >= 0:
            before = nodes(app)[node["parent"]]["total"]
            assert node["total"] == pytest.approx(before + np.log(node["p"]), rel=1e-6)
    ask(app, kind="undo")
    assert len(text(app)) == len(begun) + 1
    ask(app, kind="go", number=1)  # into the sentence itself
    assert text(app) == begun[:2]
    ask(app, kind="reset")
    assert text(app) == begun and nodes(app) is None
    ask(app, kind="undo")
    assert text(app) == begun[:2] and nodes(app)


def test_ten_more_are_drawn_by_core_and_can_be_branched(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes", seed="3")
    begun = text(app)
    ask(app, kind="write")
    written = sent_by(app, "steered_text")["tokens"][len(begun) :]
    assert 1 <= len(written) <= 10 and {token["how"] for token in written} == {"drawn"}
    assert all(token["share"] > 0 for token in written)  # a draw never hits what is out
    assert sent_by(app, "choice")["thrown"] == len(written)
    with_settings = SamplingSettings(temperature=0.8, top_p=0.9, seed=3, max_tokens=10)
    (found,) = app.session_state["_choosing_steered"].values()
    tokens = found.now.tokens()
    (id_, opening) = next(iter(app.session_state["_choosing_steered"]))
    model, encoder = of(with_house, app, id_)
    theirs = [each.token for each in generate(model, opening, with_settings, encoder.end_id)]
    assert list(tokens[len(opening) :]) == theirs  # the same arithmetic, the same darts
    ask(app, kind="undo")  # all ten at once
    assert text(app) == begun


def of(services, app, id_):
    """A model and what turns its tokens into text."""
    owner = app.session_state["_owner"]
    found = next(each for each in models.on_hand(services, owner) if each.id == id_)
    return services.store.artifacts.opened(owner, id_, read_checkpoint)[0], found.encoder


def test_a_full_context_is_said_and_nothing_more_is_taken(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes")
    (id_, _) = next(iter(app.session_state["_choosing_steered"]))
    limit = of(with_house, app, id_)[0].config.n_context
    while len(text(app)) < limit:
        take(app, 300)
    said_ = sent_by(app, "steered_text")
    assert said_["stopped"] == words("en")("choosing.steer_full", n=str(limit))
    assert "write" not in said_["acts"] and not sent_by(app, "choice")["takes"]
    take(app, 300)
    ask(app, kind="write")
    assert len(text(app)) == limit
    ask(app, kind="go", number=len(nodes(app)) - 2)
    take(app, 301)
    assert len(text(app)) == limit  # from an earlier token there is room again


def test_the_end_of_a_text_is_the_end_of_its_branch(with_house, open_page):
    app = open_page(PAGE, lang="de", sentence="Mia mag")
    (id_, _) = next(iter(app.session_state["_choosing_steered"]))
    end = of(with_house, app, id_)[1].end_id
    take(app, end)
    assert sent_by(app, "steered_text")["stopped"] == words("de")("choosing.steer_ended")
    assert not sent_by(app, "choice")["takes"]
    take(app, 300)
    assert nodes(app)[-1]["text"] == sent_by(app, "choice")["texts"][end]


def test_the_tree_survives_another_language_and_depth(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes tea")
    app.session_state["_choosing_settings"] = {
        "order": ["top_k", "temperature"],
        "values": {"top_k": 5, "temperature": 1.5},
    }
    take(app, 300)
    for setting, value in (("lang", "de"), ("depth", "dig"), ("depth", "watch")):
        app.session_state[setting] = value
        app.run()
        assert not app.exception
        assert len(nodes(app)) == len(text(app)) and text(app)[-1] == nodes(app)[-1]["text"]
        sent = sent_by(app, "choice")
        assert sent["settings"]["order"][:2] == ["top_k", "temperature"]
        assert sent["settings"]["values"]["temperature"] == 1.5
    assert "Temperatur 1,50" in nodes(app)[-1]["steps"]
    assert "sentence" in app.query_params  # a link carries it as before


@pytest.mark.parametrize(
    "nonsense",
    [
        {"kind": "take", "token": -1},
        {"kind": "take", "token": 10**9},
        {"kind": "take", "token": True},
        {"kind": "take", "token": "<img src=x>"},
        {"kind": "take", "token": 300, "after": "another text"},
        {"kind": "go", "number": 999},
        {"kind": "go", "number": None},
        {"kind": "undo"},
        {"kind": "<img src=x>"},
        "take",
    ],
)
def test_what_makes_no_sense_changes_nothing(with_house, open_page, nonsense):
    app = open_page(PAGE, lang="en", sentence="Mia likes")
    before = text(app)
    if isinstance(nonsense, dict):
        nonsense = {"after": sent_by(app, "choice")["id"], **nonsense}
    app.session_state["_choosing_asked"] = nonsense
    app.session_state["_choosing_settings"] = {
        "order": ["<b>", 7, "temperature", "temperature"],
        "values": {"temperature": "hot", "top_p": float("nan"), "top_k": 10**9, "<b>": 1},
    }
    app.run()
    assert not app.exception and text(app) == before
    settings = sent_by(app, "choice")["settings"]
    assert settings["order"][0] == "temperature" and "<b>" not in settings["order"]
    assert settings["values"] == {name: steps.MADE[name][1] for name in settings["order"]}


def test_what_a_visitor_typed_travels_as_data_and_is_nowhere_markup(with_house, open_page):
    evil = "<img src=x onerror=alert(1)>"
    app = open_page(PAGE, lang="en", sentence=evil)
    take(app, 300)
    assert evil in "".join(text(app)) and "<img" not in said(app)


def test_the_reasons_are_asked_of_the_text_so_far(with_house, open_page):
    app = open_page(PAGE, lang="en", sentence="Mia likes tea")
    take(app, 300)
    begun = words("en")("choosing.why_text", text="Mia likes tea")
    assert begun in said(app)
    (button,) = [each for each in app.button if each.key == "choosing_why_now"]
    button.click().run(timeout=120)
    assert not app.exception and begun not in said(app)
    app.session_state["sentence"] = "Ben likes tea"
    app.run()
    assert words("en")("choosing.why_text", text="Ben likes tea") in said(app)
