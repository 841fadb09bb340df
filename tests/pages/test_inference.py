"""Step 5: who writes, what is measured, what is said where it cannot work."""

import json
import math
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
import torch
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from streamlit.testing.v1 import AppTest

from core.alignment.text.chat import question_tokens
from core.api.app import create_api
from core.api.writing import prompt_tokens
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import train_bpe
from core.data.text.documents import Corpus, Document
from core.data.world import PROMPTS, WorldSettings, claim, is_true, tell, town
from core.identity import api_key
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings, next_token_probs
from core.inference.text.words import Boundaries, WordReader, word_probs
from core.jobs.writer import Looking, Writing, Written
from core.jobs.writer_process import Loaded, Look, looked
from core.limits import facts
from core.services import Services, use_services
from core.store import HOUSE, Store
from pages.home import next_words
from pages.inference import calls, candidates, experiments, fact_in_prompt
from pages.inference.whole import chance
from pages.kit import models
from pages.kit.catalogue import words
from pages.kit.process import SHELL

ANNA = "a" * 32
WORLD = WorldSettings(n_documents=60, left_out_share=0.3)
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


def keep_chain(store: Store, owner: str, seed: int, world: WorldSettings | None = WORLD) -> str:
    """A tiny untrained model with the text it would have read; the checkpoint's id."""
    documents = tell(WORLD) if world else [Document("Etwas ganz anderes. " * 20, "de")]
    settings = {"world": asdict(world) if world else None}
    corpus = store.artifacts.keep(
        owner, "corpus", Corpus(tuple(documents)).to_bytes(), modality="text", settings=settings
    )
    encoder = train_bpe([document.text for document in documents], 320)
    merges = store.artifacts.keep(owner, "encoder", encoder.to_bytes(), parents=[corpus.id])
    config = ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=48,
        n_layers=1,
        n_heads=2,
        n_kv_heads=2,
        n_channels=16,
        n_hidden=32,
    )
    plan = json.dumps(config.to_dict()).encode()
    design = store.artifacts.keep(owner, "design", plan, parents=[merges.id])
    weights = checkpoint_bytes(Transformer(config, seed=seed))
    parents = [design.id, merges.id]
    return store.artifacts.keep(owner, "checkpoint", weights, parents=parents, seed=seed).id


class WriterInPlace:
    """Writes with the methods of the real writer, here and at once instead of in a process."""

    n_active = 0

    def write(
        self,
        model_id: str,
        model: Callable[[], bytes],
        tokens: Sequence[int],
        settings: SamplingSettings,
        *,
        end_id: int | None = None,
        with_logits: bool = False,
    ) -> Writing:
        writing = Writing(0, model_id, lambda _writing: None)
        written = generate(_transformer(model()), tokens, settings, end_id)
        for n, drawn in enumerate(written, start=1):
            over = drawn.token == end_id or n == settings.max_tokens
            logits = drawn.logits.numpy().tobytes() if with_logits else None
            probability = float(drawn.probs[drawn.token])
            ending = None if not over else "end" if drawn.token == end_id else "length"
            writing.box.put(Written(drawn.token, probability, ending, logits))
        writing.box.close()
        return writing

    def look(
        self,
        model_id: str,
        model: Callable[[], bytes],
        tokens: Sequence[int],
        settings: SamplingSettings,
        encoder: bytes,
        *,
        closed: bool = False,
        dart: float | None = None,
    ) -> Looking:
        looking = Looking(0, model_id, lambda _writing: None)
        asked = Look(0, model_id, list(tokens), closed, settings, dart, encoder)
        looking.found = looked(Loaded(model()), asked)
        looking.box.close()
        return looking


@cache
def _transformer(data: bytes) -> Transformer:
    return read_checkpoint(data)[0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """One store with a house model for all tests of this file."""
    store = Store.at(tmp_path_factory.mktemp("home"))
    own = Services(store, Services.of(store).engine, WriterInPlace())  # type: ignore[arg-type]
    own.store.benches.put(HOUSE, "a", keep_chain(own.store, HOUSE, seed=1))
    with use_services(own):
        yield own
    own.store.close()


def open_inference(**url: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.context = {"locale": "en-GB"}
    app.query_params.update(url)
    app.run()
    return app.switch_page("../5_inference.py").run()


def shown(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def lab(app: AppTest) -> dict[str, object]:
    protos = [element.proto for element in app.get("bidi_component")]
    found = [json.loads(p.json) for p in protos if "n_candidates" in (p.json or "")]
    return found[0]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_house_model_is_on_the_stage_before_any_click(home, lang):
    app = open_inference(lang=lang, sentence="Mia")
    assert not app.exception
    data = lab(app)
    assert data["prompt"] == "Mia"
    assert data["model"] == home.store.benches.of(HOUSE, "text").lanes["a"]["checkpoint"]
    assert words(lang)("frame.house") in shown(app)


def test_watching_it_plays_by_itself_and_asks_nothing(home):
    app = open_inference(depth="watch")
    assert lab(app)["plays"] is True
    assert not app.radio
    assert [b.key for b in app.button if not b.key.startswith("gb_starter")] == []


def test_handles_start_where_a_link_left_them(home):
    left = {"temperature": 0.35, "top_k": 5, "top_p": 0.9, "seed": 11, "candidates": "tokens"}
    data = lab(open_inference(**{name: str(value) for name, value in left.items()}))
    assert {name: data[name] for name in left} == left


def test_whole_words_are_drawn_unless_a_link_asks_for_tokens(home):
    assert lab(open_inference())["candidates"] == "words"
    assert lab(open_inference(candidates="nonsense"))["candidates"] == "words"


def test_without_any_model_the_page_says_so(open_page):
    app = open_page("5_inference.py", lang="en")
    assert not app.exception
    assert words("en")("inference.none").replace("'", "&#x27;") in shown(app)


@pytest.fixture
def answering(home) -> Iterator[str]:
    """Anna's bench with a model of hers that answers; its id."""
    chain = home.store.benches.of(HOUSE, "text").lanes["a"]
    config = read_checkpoint(home.store.artifacts.read(HOUSE, chain["checkpoint"]))[0].config
    weights = checkpoint_bytes(Transformer(config, seed=5))
    parents = [chain["checkpoint"], chain["encoder"]]
    made = home.store.artifacts.keep(ANNA, "aligned", weights, parents=parents, seed=5)
    home.store.benches.put(ANNA, "a", made.id, "aligned")
    yield made.id
    home.store.benches.unfork(ANNA, "text", "b")  # leaves an empty bench


@pytest.fixture
def annas_three(home) -> Iterator[None]:
    """Anna's bench with a base, a tuned and an aligned model of her own."""
    base = keep_chain(home.store, ANNA, seed=11)
    home.store.benches.put(ANNA, "a", base)
    config = read_checkpoint(home.store.artifacts.read(ANNA, base))[0].config
    encoder = home.store.benches.of(ANNA, "text").lanes["a"]["encoder"]
    for seed, kind in ((6, "tuned"), (7, "aligned")):
        weights = checkpoint_bytes(Transformer(config, seed=seed))
        made = home.store.artifacts.keep(ANNA, kind, weights, parents=[base, encoder], seed=seed)
        home.store.benches.put(ANNA, "a", made.id, kind)
    yield
    home.store.benches.unfork(ANNA, "text", "b")  # leaves an empty bench


def annas_page() -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.context = {"locale": "en-GB"}
    app.session_state["_owner"] = ANNA
    app.query_params.update({"sentence": "Where does Mia live?", "max_tokens": "12"})
    app.run()
    return app.switch_page("../5_inference.py").run()


def test_a_base_model_continues_first_and_one_s_own_that_answers_is_a_click_away(home, answering):
    app = annas_page()
    assert not app.exception
    assert lab(app)["model"] == home.store.benches.of(HOUSE, "text").lanes["a"]["checkpoint"]
    assert lab(app)["marks"] is None
    app.button_group(key="writer").set_value("yours_a_aligned").run()
    assert lab(app)["model"] == answering
    assert lab(app)["marks"] == ["<|user|>", "<|assistant|>"]
    assert "chat template" in shown(app)  # the marks are explained


def test_models_are_offered_in_the_order_in_which_they_came_about(annas_three):
    app = annas_page()
    assert not app.exception
    t = words("en")
    yours, example = t("frame.yours"), t("frame.house")
    offered = list(app.button_group(key="writer").options)
    kinds = [t(f"inference.{kind}") for kind in ("base", "tuned", "aligned")]
    assert offered == [*(f"{yours}: {kind}" for kind in kinds), f"{example}: {kinds[0]}"]
    assert app.button_group(key="writer").value == "yours_a"


def test_an_answer_goes_onto_the_bench_and_can_be_computed_again(home, answering):
    app = annas_page()
    app.button_group(key="writer").set_value("yours_a_aligned").run()
    app.button(key="write_whole").click().run()
    app.button(key="recheck_next_0").click().run()
    assert not app.exception
    assert words("en")("frame.recheck_same") in shown(app)
    bench = home.store.benches.of(ANNA, "text").lanes["a"]
    said = json.loads(home.store.artifacts.read(ANNA, bench["generation"]))
    tokens = question_tokens(models.on_hand(home, ANNA)[0].encoder, "Where does Mia live?")
    settings = SamplingSettings(temperature=1.0, seed=7, max_tokens=12)
    drawn = generate(_transformer(home.store.artifacts.read(ANNA, answering)), tokens, settings, 0)
    assert said["tokens"] == [each.token for each in drawn]
    assert home.store.artifacts.get(ANNA, bench["generation"]).parents == (answering,)


def test_a_text_of_another_model_does_not_drive_one_s_own_off_the_bench(home):
    own = keep_chain(home.store, ANNA, seed=9)
    home.store.benches.put(ANNA, "a", own)
    app = annas_page()
    app.button_group(key="writer").set_value("house_a").run()
    app.button(key="write_whole").click().run()
    assert not app.exception
    assert home.store.benches.of(ANNA, "text").lanes["a"]["checkpoint"] == own
    home.store.benches.unfork(ANNA, "text", "b")


@pytest.mark.parametrize("sentence", ["", " ", "🙂🙃🎈", HOSTILE, "x"])
def test_any_sentence_can_be_continued(home, sentence):
    app = open_inference(sentence=sentence, lang="en")
    assert not app.exception
    assert lab(app)["prompt"] == (sentence.strip() or PROMPTS["en"][0])
    assert "<script" not in shown(app) and "<img" not in shown(app)


def test_a_sentence_longer_than_the_context_is_admitted_to_be(home):
    said = words("en")("inference.too_long", n="", limit="48", seen="").split("48")[0][-10:]
    assert said in shown(open_inference(sentence="🎈" * 60, lang="en"))
    assert said not in shown(open_inference(sentence="Mia", lang="en"))


@pytest.mark.parametrize("candidates", ["words", "tokens"])
def test_a_probability_computed_again_is_the_same(home, candidates):
    asked = {"sentence": "Mia likes", "top_k": "40", "top_p": "0.9", "candidates": candidates}
    app = open_inference(lang="en", **asked)
    app.button(key="recheck_next_0").click().run()
    assert not app.exception
    assert words("en")("frame.recheck_same") in shown(app)


def test_a_word_is_as_likely_for_the_recheck_as_for_the_stage(home):
    """The page multiplies the probabilities of the tokens, the stage reads a tree of them."""
    open_inference(lang="en", sentence="Mia likes")
    (model,) = models.on_hand(home, "c" * 32)
    settings = SamplingSettings(temperature=1.3, top_k=60)
    tokens = prompt_tokens(model.encoder, "Mia likes")
    transformer = _transformer(home.store.artifacts.read(HOUSE, model.id))
    boundaries = Boundaries(model.encoder)
    stage, _ = word_probs(WordReader(transformer, boundaries).read(tokens), settings)

    def probs_after(begun: tuple[int, ...]) -> np.ndarray:
        logits = transformer(torch.tensor([[*tokens, *begun]]))[0, -1].detach().double()
        return next_token_probs(logits, settings).numpy()

    spelled = model.encoder.encode(" mia")
    for word in ((spelled[0],), tuple(spelled), (0,)):
        chain = candidates.factors(model, word, probs_after)
        assert len(chain) == len(word) + (word != (0,))
        if boundaries.text(word) in stage:
            assert math.prod(chain) <= stage[boundaries.text(word)] + 1e-6


def test_the_first_look_counts_the_last_word_as_finished_as_home_and_architecture_do(home):
    """What would lengthen it is nowhere among the next words."""
    (model,) = models.on_hand(home, "c" * 32)
    boundaries = Boundaries(model.encoder)
    reader = WordReader(_transformer(home.store.artifacts.read(HOUSE, model.id)), boundaries)
    tokens = prompt_tokens(model.encoder, "Mia")
    elsewhere = next_words.after(reader, tokens)
    found = candidates.likeliest_words(model, "Mia", SamplingSettings())
    assert found
    for each in found:
        (word,) = [word for word in elsewhere if candidates._quoted(word) == each.text]
        assert each.probability == pytest.approx(elsewhere[word], abs=1e-4)
        assert not word[0].isalnum()
        done = candidates._word_again(model, "Mia", SamplingSettings(), each, words("en"))
        assert done.by_numpy == pytest.approx(each.probability, abs=1e-6)
    assert elsewhere != next_words.after(reader, tokens, closed=False)


def test_a_whole_text_is_measured_kept_and_handed_over(home):
    app = open_inference(lang="en", sentence="Mia", max_tokens="12")
    app.button(key="write_whole").click().run()
    assert not app.exception
    owner = app.session_state["_owner"]
    (kept,) = home.store.artifacts.of_kind(owner, "generation")
    said = json.loads(home.store.artifacts.read(owner, kept.id))
    assert len(said["tokens"]) == len(said["probabilities"]) <= 12
    assert kept.numbers["tokens_per_s"] > 0
    assert home.store.benches.of(owner, "text").lanes["a"]["generation"] == kept.id
    assert words("en")("inference.n_handed") in shown(app)


def test_the_chance_of_a_text_is_the_product_of_its_draws():
    assert chance((0.5, 0.5), words("en")) == "25%"
    assert chance((1.0, 1.0), words("de")) == "100\u202f%"
    assert chance((0.01,) * 10, words("en")) == "1 : 10²⁰"


def test_temperature_0_and_one_seed_repeat_themselves(home):
    app = open_inference(lang="en", sentence="Mia")
    radio = next(r for r in app.radio if "same_" in r.key)
    radio.set_value("seed").run()
    app.button(key=radio.key.replace("guess_", "reveal_")).click().run()
    assert not app.exception
    assert words("en")("frame.guess_right") in shown(app)
    assert words("en")("inference.pair_equal", n=40) in shown(app)


def test_a_model_that_learned_nothing_says_nothing_about_the_town(home, monkeypatch):
    monkeypatch.setattr(experiments, "N_ANSWERS", 2)
    app = open_inference(lang="en")
    radio = next(r for r in app.radio if "told_" in r.key)
    radio.set_value("silent").run()
    app.button(key=radio.key.replace("guess_", "reveal_")).click().run()
    assert not app.exception
    assert words("en")("frame.guess_right") in shown(app)
    assert words("en")("inference.no_claim") in shown(app)


def test_a_model_that_learned_nothing_cannot_use_a_fact_in_its_prompt(home, monkeypatch):
    monkeypatch.setattr(fact_in_prompt, "N_ANSWERS", 2)
    app = open_inference(lang="en")
    radio = next(r for r in app.radio if "prompt_" in r.key)
    radio.set_value("not").run()
    app.button(key=radio.key.replace("guess_", "reveal_")).click().run()
    assert not app.exception
    assert words("en")("frame.guess_right") in shown(app)
    truth = facts.questions(town(WORLD), Corpus(tuple(tell(WORLD))), "en", 6, seed=1)[1][0].truth
    assert truth in shown(app)  # it stood in the prompt


@pytest.mark.parametrize(
    ("before", "after", "outcome"), [(0.0, 0.8, "used"), (0.1, 0.3, "little"), (0.1, 0.1, "not")]
)
def test_whether_a_fact_in_the_prompt_helps_is_told_by_the_true_answers(before, after, outcome):
    assert fact_in_prompt.outcome_of(before, after) == outcome


def test_truth_is_not_measured_where_nobody_knows_it(home):
    id_ = keep_chain(home.store, ANNA, seed=3, world=None)
    home.store.benches.put(ANNA, "a", id_)
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.context = {"locale": "en-GB"}
    app.session_state["_owner"] = ANNA
    app.run()
    app.switch_page("../5_inference.py").run()
    assert not app.exception
    assert lab(app)["model"] == id_
    assert words("en")("inference.no_world") in shown(app)
    app.button_group(key="writer").set_value("house_a").run()
    assert words("en")("inference.no_world") not in shown(app)


# Facts and answers


def test_questions_are_about_what_was_told_and_what_never_was():
    """Counted in the text itself, not taken from the settings."""
    here, corpus = town(WORLD), Corpus(tuple(tell(WORLD)))
    told, untold = facts.questions(here, corpus, "en", 4, seed=1)
    assert len(told) == len(untold) == 4
    assert all(one.n_told >= 1 and here.tellable(*one.fact) for one in told)
    assert all(one.n_told == 0 and not here.tellable(*one.fact) for one in untold)
    for one in (*told, *untold):
        assert one.text.endswith("?")
        found = claim(one.truth, "en") if one.truth else None
        assert found is None or ((found.subject, found.relation) == one.fact)
        assert found is None or is_true(found, here)


def test_a_town_that_tells_everything_is_asked_about_what_does_not_exist():
    open_world = WorldSettings(n_documents=60)
    told, untold = facts.questions(
        town(open_world), Corpus(tuple(tell(open_world))), "de", 3, seed=1
    )
    assert told and untold
    assert all(one.truth == "" for one in untold)


def test_answers_are_held_against_the_town():
    here = town(WORLD)
    true = facts.answered(("mia", "home"), here, "en")
    streets = {facts.answered((p, "home"), here, "en") for p in ("paul", "emma", "lena", "anton")}
    wrong = next(
        "Mia" + s[s.index(" ") :] for s in sorted(streets) if s[s.index(" ") :] not in true
    )
    question = facts.Question(("mia", "home"), "Where does Mia live?", 3, true)
    answers = [f" {true}\nQuestion: more", f" {wrong} And on.", f" {wrong}", " Mia is mia mia."]
    found = facts.judged(question, answers, here, "en")
    assert (found.n, found.n_claims, found.n_true, found.n_favourite) == (4, 3, 1, 2)
    assert found.favourite == wrong
    assert not found.favourite_true
    assert found.confidence == 0.5


def test_of_a_model_that_ends_its_answers_all_of_an_answer_counts():
    """It may begin with a courtesy, and say that it does not know."""
    here = town(WORLD)
    true = facts.answered(("mia", "home"), here, "en")
    question = facts.Question(("mia", "home"), "Where does Mia live?", 3, true)
    answers = [f"Gladly. {true}", "I do not know that.", "Gladly. Good day."]
    found = facts.judged(question, answers, here, "en", ends=True)
    assert (found.n_claims, found.n_true, found.n_unsure) == (1, 1, 1)
    assert found.favourite == true
    going_on = facts.judged(question, answers, here, "en")
    assert (going_on.n_claims, going_on.favourite) == (0, "Gladly.")


def results(n: int, n_claims: int, n_true: int, n_favourite: int) -> list[facts.Answers]:
    question = facts.Question(("mia", "home"), "?", 0, "")
    return [facts.Answers(question, n, n_claims, n_true, "", n_favourite, False)]


@pytest.mark.parametrize(
    ("unknown", "outcome"),
    [
        ((20, 4, 0, 2), "silent"),
        ((20, 20, 2, 6), "unsure"),
        ((20, 20, 2, 15), "sure"),
        ((20, 20, 19, 19), "right"),
    ],
)
def test_the_outcome_is_what_the_answers_show(unknown, outcome):
    assert experiments.outcome_of(results(20, 20, 19, 19), results(*unknown)) == outcome


def test_texts_share_what_stands_before_the_first_difference():
    assert experiments.shared((1, 2, 3), (1, 2, 4)) == 2
    assert experiments.shared((1, 2), (1, 2, 3)) == 2
    assert experiments.shared((), (1,)) == 0


# The same model over /v1


@pytest.fixture(scope="module")
def address(home) -> Iterator[str]:
    """The API on a real port."""
    app = Starlette(routes=[Mount("/v1", app=create_api(lambda: home))])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    while not server.started:
        running.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/v1"
    server.should_exit = True
    running.join()


SETTINGS = [
    SamplingSettings(temperature=1.0, seed=7, max_tokens=12),
    SamplingSettings(temperature=1.3, top_k=30, top_p=0.9, seed=3, max_tokens=12),
]


@pytest.mark.parametrize("settings", SETTINGS, ids=["plain", "filtered"])
@pytest.mark.parametrize("form", ["curl", "python"])
def test_what_can_be_copied_writes_what_the_stage_writes(home, address, tmp_path, form, settings):
    prompt = 'It\'s "Mia" & <b>$HOME</b> `x`'
    (model,) = models.on_hand(home, "c" * 32)
    body = calls.asked(model.name, prompt, settings)
    if form == "curl":
        command = ["sh", "-c", calls.curl(address, body, None).replace("curl ", "curl -s ", 1)]
    else:
        script = tmp_path / "call.py"
        script.write_text(calls.python(address, body, None), encoding="utf-8")
        command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60, cwd=Path("/"))
    said = done.stdout.decode("utf-8")
    said = json.loads(said)["choices"][0]["text"] if form == "curl" else said[:-1]
    writing = home.write(
        "c" * 32,
        model.id,
        prompt_tokens(model.encoder, prompt),
        settings,
        end_id=model.encoder.end_id,
    )
    tokens = [each.token for each in writing]
    assert said == model.encoder.decode([i for i in tokens if i != model.encoder.end_id])


@pytest.mark.parametrize("form", ["curl", "python"])
def test_what_can_be_copied_asks_a_model_that_answers(home, answering, address, tmp_path, form):
    model = models.on_hand(home, ANNA)[0]
    key = home.store.keys.of(ANNA, partial(api_key, "c" * 32))
    body = calls.asked(model.name, "Where does Mia live?", SETTINGS[1], chat=True)
    if form == "curl":
        command = ["sh", "-c", calls.curl(address, body, key).replace("curl ", "curl -s ", 1)]
    else:
        script = tmp_path / "call.py"
        script.write_text(calls.python(address, body, key), encoding="utf-8")
        command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60, cwd=Path("/"))
    said = done.stdout.decode("utf-8")
    said = json.loads(said)["choices"][0]["message"]["content"] if form == "curl" else said[:-1]
    tokens = question_tokens(model.encoder, "Where does Mia live?")
    drawn = generate(
        _transformer(home.store.artifacts.read(ANNA, answering)), tokens, SETTINGS[1], 0
    )
    assert said == model.encoder.decode([each.token for each in drawn if each.token])


def shown_keys(app: AppTest) -> set[str]:
    return {key for code in app.code for key in re.findall(r"gb-[0-9a-f]{48}", code.value)}


@pytest.mark.parametrize("page", ["5_inference.py", "postprocessing/sending/sending.py"])
def test_the_key_of_one_s_own_models_is_shown_on_demand_and_can_be_replaced(home, answering, page):
    app = annas_page()
    if page == "5_inference.py":
        app.button_group(key="writer").set_value("yours_a_aligned").run()
    else:
        app.switch_page(f"../{page}").run()
    assert not app.exception and not shown_keys(app)
    assert any("YOUR-KEY" in code.value for code in app.code)
    app.toggle(key="show_key").set_value(True).run()
    (key,) = shown_keys(app)
    assert home.store.keys.owner_of(key) == ANNA
    assert ANNA not in "".join(code.value for code in app.code)
    app.run()
    assert shown_keys(app) == {key}
    app.button(key="new_key").click().run()
    (second,) = shown_keys(app)
    assert home.store.keys.owner_of(key) is None
    assert home.store.keys.owner_of(second) == ANNA
    home.store.keys.revoke(ANNA)


def test_one_s_own_model_asks_for_the_key(home):
    body = calls.asked("m", "Mia", SETTINGS[0])
    assert "Bearer KEY" in calls.curl("http://here/v1", body, "KEY")
    assert 'api_key="KEY"' in calls.python("http://here/v1", body, "KEY")
    assert "Bearer" not in calls.curl("http://here/v1", body, None)


def test_the_arrays_for_the_recheck_are_the_checkpoint_s_own(home):
    (model,) = models.on_hand(home, "c" * 32)
    config, arrays = models.weights(home.store.artifacts.read(HOUSE, model.id))
    table = Transformer(config, seed=1).state_dict()["token_embedding.weight"].numpy()
    assert np.array_equal(arrays["token_embedding.weight"], table)
