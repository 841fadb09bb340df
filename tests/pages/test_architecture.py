"""The architecture page: dial and knobs, what goes to the bench, attention and its experiments."""

import json
from dataclasses import replace

import pytest
import torch

from core.architecture.config import ModelConfig
from core.architecture.sizes import SIZES, n_parameters, size_of, training_memory_bytes
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.dataset import build_dataset
from core.data.splitting import Split
from core.data.text.bpe import Encoder
from core.data.text.documents import Document
from core.inference.sampling import SamplingSettings
from core.inference.text.words import Boundaries, WordReader, word_probs
from core.lineage import canonical_json
from core.store import HOUSE
from pages.architecture import dial, experiments, guessing, looking, passage
from pages.architecture.bench import on_bench, place
from pages.home.next_words import LEAST
from pages.kit import state
from pages.kit.catalogue import words
from pages.kit.components import AttentionCell
from pages.kit.numbers import data_size

PAGE = "2_architecture.py"
ENCODER = Encoder([])  # every byte a token
SMALL = replace(size_of("xs", ENCODER.n_vocab), n_context=48, n_layers=3)
ME = "0" * 32


def shown(app):
    return " ".join(block.proto.body for block in app.get("html"))


def open_as_me(open_page, **url):
    app = open_page("", **url)
    app.session_state["_owner"] = ME
    return app.switch_page(f"../{PAGE}").run()


@pytest.fixture
def house(services):
    """A house chain so small that a test can make it; its model has learned nothing."""
    store = services.store
    texts = [Document(f"The cat sat on mat number {n}.", "en", "story", "test") for n in range(60)]
    dataset = build_dataset(Split(texts[:40], texts[40:]), ENCODER)
    model = Transformer(SMALL, seed=1)
    with torch.no_grad():  # so that layers differ from each other
        for name, weight in model.named_parameters():
            if name.endswith("out.weight"):
                weight.normal_(0.0, 0.1, generator=torch.Generator().manual_seed(2))
    corpus = store.artifacts.keep(HOUSE, "corpus", b"corpus", modality="text")
    encoder = store.artifacts.keep(HOUSE, "encoder", ENCODER.to_bytes(), parents=[corpus.id])
    data = store.artifacts.keep(
        HOUSE, "dataset", dataset.to_bytes(), parents=[corpus.id, encoder.id]
    )
    design = store.artifacts.keep(
        HOUSE, "design", canonical_json(SMALL.to_dict()), parents=[encoder.id]
    )
    parents = [data.id, design.id, encoder.id]
    checkpoint = store.artifacts.keep(HOUSE, "checkpoint", checkpoint_bytes(model), parents=parents)
    for artifact in (corpus, encoder, data, design, checkpoint):
        store.benches.put(HOUSE, "a", artifact.id)
    return checkpoint


@pytest.fixture
def looked(house):
    return looking.trained(HOUSE, on_bench(HOUSE).trained[0])


# --- dial and knobs


def test_turned_knobs_survive_the_way_through_a_link():
    changes = {"n_layers": 5, "positions": "learned", "tied": False}
    assert dial.written(changes) == "n_layers:5 positions:learned tied:no"
    assert dial.read(dial.written(changes)) == changes


@pytest.mark.parametrize(
    "text",
    ["n_layers:9999", "n_layers:-1", "n_vocab:3", "tied:maybe", "norm:rm", "x", ":", "n_heads:²"],
)
def test_what_a_link_could_not_have_said_is_passed_over(text):
    assert dial.read(text) == {}


def test_every_stop_is_found_again_and_one_turned_knob_is_named():
    for size in SIZES:
        assert dial.nearest(size_of(size, 300), None) == (size, {})
    turned = replace(size_of("m", 300), tied=False)
    assert dial.nearest(turned, None) == ("m", {"tied": False})


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"n_channels": 100, "n_heads": 3, "n_kv_heads": 3}, "architecture.refused_heads"),
        ({"n_heads": 4, "n_kv_heads": 3}, "architecture.refused_kv"),
        ({"n_channels": 24, "n_heads": 8, "n_kv_heads": 8}, "architecture.refused_odd"),
        ({}, None),
    ],
)
def test_what_contradicts_itself_is_refused_for_the_reason_the_model_refuses_it(changes, key):
    base = size_of("m", 300)
    asked = {name: getattr(base, name) for name in dial.KNOBS} | changes
    reason = dial.refusal(asked)
    assert (reason[0] if reason else None) == key
    if reason:
        with pytest.raises(Exception, match="must"):
            dial.changed(base, changes)
        for lang in ("de", "en"):
            assert words(lang)(reason[0], **reason[1])


def test_the_dial_changes_what_lies_on_the_bench_at_once(open_page, services, house):
    app = open_as_me(open_page, lang="en")
    app.get_by_key("size").set_value("xs").run()
    placed = services.store.benches.of(ME, "text").lanes["a"]["design"]
    design = json.loads(services.store.artifacts.read(ME, placed))
    assert design == size_of("xs", ENCODER.n_vocab).to_dict()
    assert services.store.artifacts.nearest(
        ME, placed, "encoder"
    ).parents  # so that new data keeps it


def test_a_model_of_ones_own_is_not_displaced_by_turning_the_dial(open_page, services, house):
    store = services.store
    place(ME, SMALL)
    design = store.benches.of(ME, "text").lanes["a"]["design"]
    parents = [store.benches.of(ME, "text").lanes["a"]["encoder"], design]
    own = store.artifacts.keep(
        ME, "checkpoint", checkpoint_bytes(Transformer(SMALL, seed=5)), parents=parents
    )
    store.benches.put(ME, "a", own.id)
    app = open_as_me(open_page, lang="en")
    app.get_by_key("size").set_value("xs").run()
    assert store.benches.of(ME, "text").lanes["a"]["checkpoint"] == own.id
    app.get_by_key("use_design").click().run()
    assert "checkpoint" not in store.benches.of(ME, "text").lanes["a"]
    assert store.artifacts.get(ME, own.id).id == own.id


def test_impossible_knobs_are_refused_with_the_reason_and_stay_as_typed(open_page, house):
    app = open_as_me(open_page, lang="de", depth="dig")
    app.get_by_key("knob_n_heads").set_value(7).run()
    assert "lassen sich nicht gleichmäßig auf 7 Köpfe verteilen" in shown(app)
    assert app.get_by_key("knob_n_heads").value == 7
    app.get_by_key("knob_n_heads").set_value(4).run()
    app.get_by_key("knob_n_kv_heads").set_value(4).run()
    assert "gb-error" not in shown(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_without_any_artefact_the_page_says_so_and_works(open_page, lang):
    app = open_page(PAGE, lang=lang)
    assert not app.exception
    assert words(lang)("architecture.no_encoder") in shown(app)
    assert words(lang)("architecture.no_model") in shown(app)


@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
@pytest.mark.parametrize("sentence", ["🙂🙂", "a", "<b>x</b> " * 15, "Am Morgen ging Frau Lindner"])
def test_any_sentence_can_be_looked_at(open_page, house, sentence, depth):
    app = open_as_me(open_page, lang="de", depth=depth, sentence=sentence)
    assert not app.exception


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_the_memory_of_training_is_that_of_the_optimiser_and_batch_step_three_is_set_to(
    open_page, house, optimizer
):
    app = open_as_me(open_page, lang="en", depth="dig", optimizer=optimizer, n_batch="4")
    assert not app.exception
    told = training_memory_bytes(SMALL, n_batch=4, optimizer=optimizer)
    of_optimizer = {"muon": "Muon", "adamw": "AdamW"}[optimizer]
    row = f"optimiser ({of_optimizer})</th><td>{data_size(told['optimizer'], 'en')}</td>"
    assert row in shown(app)
    assert data_size(sum(told.values()), "en") in shown(app)


# --- looking into a model


def test_a_clicked_weight_is_the_same_by_numpy_alone(looked):
    tokens = looked.tokens("The cat sat.")
    for cell in (AttentionCell(0, 0, 5, 2), AttentionCell(2, 1, 9, 9)):
        _, found = looking.recheck(looked, tokens, cell, words("en"))
        assert found.same
        assert 0 < found.by_numpy < 1


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_weight_with_alibi_is_rechecked_with_its_slope_and_distance(lang):
    plan = replace(SMALL, positions="alibi", n_heads=2, n_kv_heads=2)
    seen = looking.untrained(plan, ENCODER, 0)
    tokens = seen.tokens("The cat sat.")
    _, found = looking.recheck(seen, tokens, AttentionCell(0, 1, 9, 2), words(lang))
    assert found.same
    names = [name for name, _ in found.inputs]
    slope = {"de": "0,00391", "en": "0.00391"}[lang]  # 2^-8, the second of two heads
    told = words(lang)("architecture.score_lowered", root=32, slope=slope, distance="7")
    assert told in names
    assert "√" not in found.operation


@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "rotary", "alibi", "none"])
def test_every_encoding_can_be_chosen_and_is_explained(open_page, house, positions):
    app = open_as_me(open_page, lang="en", depth="dig", design=f"positions:{positions}")
    assert not app.exception
    assert app.get_by_key("knob_positions").value == positions


def test_tokens_that_share_a_sign_are_numbered():
    tokens = [ENCODER.end_id, *ENCODER.encode("aä")]
    assert looking.texts_of(ENCODER, tokens, words("en")) == ["[start]", "a", "ä 1/2", "ä 2/2"]


def test_a_long_sentence_is_cut_to_what_the_model_can_overlook(looked):
    assert len(looked.tokens("x" * 160)) == SMALL.n_context


def test_a_plan_too_large_for_a_look_is_not_filled():
    huge = ModelConfig.from_dict(size_of("xl", 300).to_dict() | {"n_channels": 640, "n_layers": 16})
    assert n_parameters(huge) > looking.LARGEST
    assert looking.untrained(huge, ENCODER, 0) is None


# --- a sentence on its way


def on_stage(app):
    sent = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    (found,) = [one for one in sent if "passage" in one]
    return found


@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_sentence_stands_on_the_stage_with_what_the_model_would_write_next(
    open_page, house, depth
):
    app = open_as_me(open_page, lang="en", depth=depth, sentence="The cat")
    lanes = on_stage(app)["passage"]["lanes"]
    assert "".join(lane["text"] for lane in lanes[-3:]) == "cat"
    model = looking.trained(HOUSE, on_bench(HOUSE).trained[0]).model
    tokens = [ENCODER.end_id, *ENCODER.encode("The cat")]
    tree = WordReader(model, Boundaries(ENCODER)).read(tokens, closed=True, least=LEAST)
    probs, _ = word_probs(tree, SamplingSettings())
    shown = [each["probability"] for each in lanes[-1]["guesses"]]
    assert shown == pytest.approx(sorted(probs.values(), reverse=True)[: len(shown)])
    assert shown


def test_inside_a_word_the_guesses_go_on_with_it_and_after_it_none_does(looked):
    tokens = looked.tokens("The cat")
    goes_on = guessing.continues(Boundaries(ENCODER), tokens)
    assert goes_on == [False, True, True, False, False, True, True]  # T he, c at
    assert guessing._marked("dner", is_open=True) == "…dner"
    found = passage.passage_of(looked, tokens, words("en"))
    assert [lane.word for lane in found.lanes[-3:]] == ["c", "ca", "cat"]
    assert not any(each.text.startswith("…") for each in found.lanes[-1].guesses)


def test_what_a_token_attends_to_sums_to_one_with_the_tokens_that_are_not_shown(looked):
    tokens = looked.tokens("The cat sat on the mat.")
    found = passage.passage_of(looked, tokens, words("en"))
    assert found.n_before == len(tokens) - passage.N_LANES
    assert [lane.position for lane in found.lanes] == list(range(found.n_before, len(tokens)))
    for row in found.weights:
        assert len(row) == 1 + passage.N_LANES
        assert sum(row) == pytest.approx(1.0, abs=1e-3)


def test_another_plan_is_shown_untrained_and_says_so(open_page, house):
    app = open_as_me(open_page, lang="en", sentence="The cat")
    assert on_stage(app)["words"]["unlearned"] == ""
    app.get_by_key("size").set_value("xs").run()
    sent = on_stage(app)
    assert sent["words"]["unlearned"] == words("en")("components.unlearned")
    assert max(each["probability"] for each in sent["passage"]["lanes"][-1]["guesses"]) < 0.05


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_part_on_the_stage_carries_the_name_of_the_field(open_page, house, lang):
    sent = on_stage(open_as_me(open_page, lang=lang))
    named = {part["title"].lower() for part in sent["parts"]}
    wanted = {"embedding", "positional encoding", "self-attention", "feed-forward", "logits"}
    assert wanted | {"softmax"} <= named
    assert "transformer" in sent["words"]["blocks"].lower()


# --- experiments


def test_no_word_looks_ahead_so_another_last_word_changes_nothing_before_it(looked):
    found = experiments.last_word(looked, "The cat sat on the mat", words("en"))
    assert found.outcome == "same"


def test_the_counted_factor_decides_the_outcome():
    narrow = replace(SMALL, n_vocab=50_000)  # nearly all of it is the embedding
    assert experiments.twice_as_wide(narrow, words("en")).outcome == "two"
    assert experiments.twice_as_wide(size_of("l", 300), words("en")).outcome == "four"


def test_an_untrained_model_has_no_head_for_the_token_before(open_page, services, house):
    app = open_as_me(open_page, lang="en")
    key = f"previous_{house.id[:8]}"
    app.get_by_key(f"guess_{key}").set_value("some").run()
    app.get_by_key(f"reveal_{key}").click().run()
    assert not app.exception
    assert "0 of 6 heads" in shown(app)
    assert "gb-scores" in shown(app)


def test_the_settings_of_the_page_are_in_the_table():
    assert set(state.SETTINGS["size"].choices) == {dial.HOUSE, *SIZES}
