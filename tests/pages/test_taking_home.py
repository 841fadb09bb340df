"""What a page offers to take home: a menu at every stage, a drawer where something was made."""

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, config_of
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.data.text.documents import Corpus, Document
from core.errors import NoEqualArchitecture, NotFound
from core.house import chain as house_chain
from core.jobs.preparing import Order, keep, make
from core.jobs.programs import PROGRAMS, TRAINING
from core.jobs.turns import load_program
from core.lineage import canonical_json
from core.modality import PICTURES
from core.store import HOUSE, RunRecord
from core.taking_home.file_names import LONGEST, file_name
from pages.kit import home_files, site, taking_home
from pages.kit.catalogue import words
from pages.kit.on_hand import on_hand
from pages.kit.parts import sentence_of
from pages.kit.taking_home import MADE

PAGE = "3_training.py"
SMALL = ModelConfig(
    n_vocab=300, n_context=32, n_layers=1, n_heads=2, n_kv_heads=2, n_channels=16, n_hidden=32
)


def menus(app):
    sent = [e.proto for e in app.get("bidi_component") if e.proto.component_name.endswith("home")]
    return [json.loads(proto.json) for proto in sent]


@pytest.fixture
def trained(services):
    """A run of a visitor's on texts of her own, in the store as the engine leaves it."""
    owner, store = "me", services.store
    line = "Кошка сидит на окне и смотрит на улицу. "
    arrived = Corpus([Document(f"{i} {line * (4 + i % 3)}") for i in range(60)]).to_bytes()
    order = Order(n_vocab=300, validation_share=0.2)
    kept = keep(store, owner, order, make(order, arrived), arrived)
    encoder = store.artifacts.read(owner, kept.encoder.id)
    plan = replace(SMALL, n_vocab=len(json.loads(encoder)["merges"]) + 259)
    design = store.artifacts.keep(
        owner, "design", canonical_json(plan.to_dict()), parents=[kept.encoder.id]
    )
    ids = {"design": design.id, "encoder": kept.encoder.id, "dataset": kept.dataset.id}
    inputs = {name: store.artifacts.read(owner, id) for name, id in ids.items()}
    settings = {"n_steps": 2, "n_batch": 2, "evaluate_every": 2, "n_validation_sequences": 2}
    program = load_program(TRAINING)(inputs, settings, None)
    while not program.finished:
        program.advance()
    made = store.artifacts.keep(
        owner, "checkpoint", program.result(), parents=[ids[n] for n in sorted(ids)],
        settings=settings, seed=0, numbers=program.numbers(),
    )  # fmt: skip
    store.benches.put(owner, "a", made.id)
    record = RunRecord(
        id="0" * 32, owner=owner, program=TRAINING, settings=settings, status="finished",
        step=2, seconds=1.0, result=made.id, numbers=program.numbers(),
    )  # fmt: skip
    return owner, services, services.store.runs.start(record, inputs)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_stage_has_one_menu_in_the_visitors_language(open_page, lang):
    app = open_page(PAGE, lang=lang)
    [sent] = menus(app)
    assert sent["csv"] == words(lang)("takehome.csv") and sent["lang"] == lang


def test_nothing_is_looked_up_before_the_drawer_is_opened(open_page, monkeypatch):
    monkeypatch.setattr(home_files, "check", lambda *_: pytest.fail("looked up too early"))
    app = open_page(PAGE, lang="en")
    assert not app.exception and not app.get("download_button")
    assert words("en")("takehome.what") in [each.label for each in app.expander]


def test_where_nothing_is_made_and_under_watch_there_is_no_drawer(open_page):
    label = words("en")("takehome.what")
    for app in (open_page("1_data.py", lang="en"), open_page(PAGE, lang="en", depth="watch")):
        assert label not in [each.label for each in app.expander]


def test_a_model_of_the_visitors_comes_as_a_folder_with_its_own_lineage(trained):
    owner, services, _ = trained
    [model] = on_hand(services.store, owner, "text", ("checkpoint",))[:1]
    home_files.check(services.store, owner, model)
    data = home_files.model_file(services.store, owner, model)
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    folder = home_files.name_of_model(model)
    assert {f"{folder}/model.safetensors", f"{folder}/tokenizer.json"} <= set(names)
    card = zipfile.ZipFile(io.BytesIO(data)).read(f"{folder}/README.md").decode()
    assert model.chain[-1].id in card and "none is claimed" in card


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_run_comes_with_its_texts_and_words_in_the_language(trained, lang):
    owner, services, run = trained
    t = words(lang)
    archive = zipfile.ZipFile(io.BytesIO(home_files.run_file(services.store, owner, run, t)))
    folder = home_files.name_of_run(run)
    inside = {name.removeprefix(f"{folder}/inputs/") for name in archive.namelist()}
    assert {"design", "encoder", "dataset", "texts.jsonl"} <= inside
    notebook = json.loads(archive.read(f"{folder}/notebook.ipynb"))
    assert f"# {t('takehome.nb_title')}\n" in notebook["cells"][0]["source"]
    source = "".join(line for cell in notebook["cells"] for line in cell["source"])
    assert run.result in source and run.inputs["dataset"] in source and "Order(" in source


def test_the_run_of_somebody_else_is_not_handed_out(trained):
    _, services, run = trained
    with pytest.raises(NotFound):
        home_files.run_file(services.store, "somebody", run, words("en"))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_examples_notebook_names_what_was_measured(lang):
    notebook = home_files.example_file(words(lang)).decode("utf-8")
    assert "validation_loss_nats" in notebook and "recipes.BASE" in notebook


def test_every_program_is_offered_at_a_place_that_exists():
    offered = {
        each for places in MADE.values() for made in places.values() for each in made.programs
    }
    assert offered == PROGRAMS.keys()
    assert {name for places in MADE.values() for name in places} <= site.BY_NAME.keys()


def test_a_design_without_an_equal_is_refused_before_the_click(services):
    store = services.store
    encoder = make(Order(n_vocab=259, validation_share=0.2), own()).encoder
    kept = store.artifacts.keep(HOUSE, "encoder", encoder, modality="text")
    plan = replace(SMALL, n_vocab=259, positions="alibi")
    made = store.artifacts.keep(
        HOUSE, "checkpoint", checkpoint_bytes(Transformer(plan)), parents=[kept.id]
    )
    store.benches.put(HOUSE, "a", made.id)
    [model] = on_hand(store, "me", "text", ("checkpoint",))
    with pytest.raises(NoEqualArchitecture):
        home_files.check(store, "me", model)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    ("changes", "because", "instead"),
    [
        ({"positions": "alibi"}, ["positions", "alibi"], ["positions", "rotary"]),
        ({"positions": "learned"}, ["norm", "rms_norm", "learned"], ["positions", "rotary"]),
        ({"bias": True}, ["bias", "qk_norm"], ["qk_norm"]),
    ],
)
def test_a_refusal_names_the_choice_and_another_one_in_the_visitors_words(
    trained, monkeypatch, lang, changes, because, instead
):
    owner, services, run = trained
    store, t = services.store, words(lang)
    old = store.artifacts.get(owner, run.result)
    plan = replace(config_of(store.artifacts.read(owner, old.id)), **changes)
    data = checkpoint_bytes(Transformer(plan))
    made = store.artifacts.keep(owner, "checkpoint", data, parents=old.parents)
    store.benches.put(owner, "a", made.id)
    said = []
    monkeypatch.setattr(taking_home, "note", said.append)
    monkeypatch.setattr(
        taking_home, "show_error", lambda error, t: said.append(sentence_of(error, t))
    )
    [model] = on_hand(store, owner, "text", ("checkpoint",))[:1]
    taking_home._model(services, owner, model, t)
    _, refused, by, ways, run_goes = map(str, said)
    assert refused == str(t("error.no_equal_architecture"))
    for keys, line in ((because, by), (instead, ways)):
        assert all(str(t(f"architecture.{key}")) in line for key in keys)
    assert run_goes == str(t("takehome.refused_run"))
    internal = re.compile(r"_|=|True|False|\b(alibi|rms|rotary|learned|layer|bias)\b(?! \()")
    assert not internal.search(f"{refused} {by} {ways}".replace(str(t("architecture.bias")), ""))


def test_the_example_that_draws_goes_home_with_its_words(services):
    house_chain.install(services.store)
    [model] = on_hand(services.store, "me", PICTURES, ("checkpoint",))[:1]
    archive = zipfile.ZipFile(io.BytesIO(home_files.model_file(services.store, "me", model)))
    folder = home_files.name_of_model(model)
    found = CaptionEncoder.from_bytes(archive.read(f"{folder}/encoder.json"))
    assert found == CaptionEncoder.of_the_book()


def own() -> bytes:
    return Corpus([Document(f"{i} Brot und Butter, " * 9) for i in range(60)]).to_bytes()


def test_names_of_files_are_valid_everywhere():
    assert file_name("CON", ending="zip") == "file-CON.zip"
    assert file_name('a/b\\c:d*?"<>|', "ü") == "a-b-c-d-ü"
    assert len(file_name("x" * 900)) == LONGEST
    assert file_name("..", " ") == "file" and not file_name("a. ").endswith((".", " "))
