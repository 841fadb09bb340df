"""The training page: what it offers in every state of a run, and what it says when it cannot."""

import json
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.architecture.sizes import size_of
from core.data.dataset import build_dataset
from core.data.splitting import split_by_document
from core.data.text.bpe import train_bpe
from core.data.text.documents import Document
from core.data.world import accepts
from core.house import chain as house_chain
from core.lineage import canonical_json
from core.services import Services
from core.store import HOUSE
from core.training.text.verdicts import judge
from pages.kit import runs, state
from pages.kit.catalogue import words
from pages.training import recorded, running, trials
from pages.training.running import rate_text

PAGE = "3_training.py"
TEXTS = [f"Am Montag ging Frau Lindner {n}-mal zum Markt und kaufte Brot." for n in range(60)]


def put_data(services: Services, owner: str = HOUSE, texts: list[str] = TEXTS, lane: Any = "a"):
    """A small corpus, encoder and dataset on somebody's bench."""
    documents = [Document(text, "de", "text", "test") for text in texts]
    encoder = train_bpe(texts, 300)
    dataset = build_dataset(split_by_document(documents, 0.2, 0), encoder)
    store = services.store
    corpus = store.artifacts.keep(
        owner, "corpus", "\n".join(texts).encode(), modality="text", settings={"world": None}
    )
    kept = store.artifacts.keep(owner, "encoder", encoder.to_bytes(), parents=[corpus.id])
    data = store.artifacts.keep(owner, "dataset", dataset.to_bytes(), parents=[corpus.id, kept.id])
    store.benches.put(owner, lane, data.id, "dataset")
    return encoder, dataset


def shown(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def buttons(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key.startswith("train_")}


def owner_of(app: AppTest) -> str:
    return app.session_state["_owner"]


def components(app: AppTest) -> dict[str, Any]:
    """What the page sends to its components, by name."""
    found = {}
    for element in app.get("bidi_component"):
        found[element.proto.component_name.removeprefix("glassbox_")] = json.loads(
            element.proto.json or "{}"
        )
    return found


@pytest.fixture
def nothing_shipped(monkeypatch, tmp_path):
    """A clone without the house's models: their folder is empty.

    No function is replaced: a page imported meanwhile would keep the replacement for good.
    """
    monkeypatch.setattr(house_chain, "SHIPPED", tmp_path / "nothing_shipped")


@pytest.mark.usefixtures("nothing_shipped")
def test_without_any_text_it_says_so_and_leads_to_the_data(open_page):
    app = open_page(PAGE, lang="en")
    assert words("en")("training.no_data") in shown(app)
    assert buttons(app) == set()


@pytest.mark.usefixtures("nothing_shipped")
@pytest.mark.parametrize("lang", ["de", "en"])
def test_with_data_it_invites_to_start_and_to_guess(open_page, services, lang):
    put_data(services)
    app = open_page(PAGE, lang=lang)
    assert not app.exception
    assert words(lang)("training.invitation") in shown(app)
    assert buttons(app) == {"train_start"}
    assert {radio.key for radio in app.radio} == {"guess_ten_times", "guess_few_texts"}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_first_visit_shows_how_the_house_model_learned(open_page, lang):
    app = open_page(PAGE, lang=lang)
    assert not app.exception
    sent = components(app)
    [curve] = sent["figure"]["fig"]["data"]
    kept = house_chain.checkpoints_over_time()
    assert list(curve["customdata"]) == [one.step for one in kept]
    assert list(curve["x"])[1:] == [one.step for one in kept][1:]
    assert curve["y"][-1] == kept[-1].numbers["validation_bits_per_byte"]
    axis = sent["figure"]["fig"]["layout"]["xaxis"]
    assert axis["type"] == "log" and axis["ticktext"][0] == "0"
    assert sent["figure"]["fig"]["layout"]["yaxis"]["range"][0] == 0
    assert len(sent["training_slider"]["checkpoints"]) == len(kept)
    assert "python -m core house" in shown(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_recorded_sample_is_shown_with_its_own_verdict_and_numbers_say_of_what(open_page, lang):
    sent = components(open_page(PAGE, lang=lang))["training_slider"]
    first, last = sent["checkpoints"][1], sent["checkpoints"][-1]
    assert first["wrong"]  # after 50 steps it is not language yet, and is marked so
    whole = sent["prompt"] + first["text"]
    settings = recorded._world()
    for begin, end in first["wrong"]:
        assert not any(accepts(whole[begin:end], each) for each in ("de", "en"))
    verdict = judge(sent["prompt"], last["text"], settings)
    right, grammatical, true = last["numbers"]
    t = words(lang)
    assert right["value"] == t("training.right_of", right=verdict.n_right, n=verdict.n)
    n = {"de": "5\u202f000", "en": "5,000"}[lang]
    assert grammatical["label"] == t("training.grammatical_of", n=n)
    assert "1" in true["label"] and "672" in true["label"]


def test_only_who_digs_meets_bits_nats_and_how_weights_were_averaged(open_page):
    for depth, told in (("try", False), ("dig", True)):
        app = open_page(PAGE, lang="en", depth=depth)
        axis = json.dumps(components(app)["figure"]["fig"]["layout"]["annotations"])
        assert ("bits per byte" in axis) == told
        assert ("averaged" in shown(app)) == told


@pytest.mark.parametrize("lang", ["de", "en"])
def test_one_step_of_training_carries_the_names_of_the_field(open_page, services, lang):
    put_data(services)
    terms = ("forward_pass", "loss", "backpropagation", "gradient", "iteration", "learning_rate")
    app = open_page(PAGE, lang=lang)
    assert all(f'data-term="{term}"' in shown(app) for term in terms)
    app.button(key="train_start").click().run()
    assert all(f'data-term="{term}"' in shown(app) for term in terms)


def test_watching_has_no_controls_and_no_experiments(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en", depth="watch")
    assert buttons(app) == set() and not app.radio


def test_a_started_run_waits_can_be_paused_goes_on_and_ends_without_a_model(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en", n_steps="400", learning_rate="0.05", seed="11")
    app.button(key="train_start").click().run()
    [run] = services.store.runs.of_owner(owner_of(app))
    assert (run.status, run.lane) == ("queued", "a")
    assert run.settings["learning_rate"] == 0.05
    assert run.settings["embedding_learning_rate"] == pytest.approx(0.05 * runs.EMBEDDING_SHARE)
    assert (run.settings["n_steps"], run.settings["seed"]) == (400, 11)
    assert run.settings["prompt"] == app.text_input(key="sentence").value
    assert buttons(app) == {"train_pause", "train_stop"}
    assert components(app)["run_numbers"]["notice"] == words("en")("training.warming_up")

    app.button(key="train_pause").click().run()
    assert services.store.runs.get(run.id).status == "paused"
    app.button(key="train_pause").click().run()
    assert services.store.runs.get(run.id).status == "queued"
    app.button(key="train_stop").click().run()
    assert services.store.runs.get(run.id).status == "stopped"
    assert words("en")("training.stopped_early") in shown(app)
    assert buttons(app) == {"train_start"}


def test_a_start_beside_a_run_of_another_tab_asks_first(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en")
    owner = owner_of(app)
    on = runs.Ground("a", *artifacts(services, owner))
    services.engine.experiment(owner, [runs_plan(services, owner, on)])
    app.button(key="train_start").click().run()
    assert words("en")("training.confirm") in shown(app)
    assert len(services.store.runs.of_owner(owner)) == 1
    app.button(key="train_keep").click().run()
    assert words("en")("training.confirm") not in shown(app)
    assert len(services.store.runs.of_owner(owner)) == 1


def artifacts(services: Services, owner: str):
    slots = services.store.benches.view(owner, "text")["a"]
    return slots["encoder"].artifact, slots["dataset"].artifact


def runs_plan(services: Services, owner: str, on: runs.Ground):
    return runs.plan(owner, on, runs.Wanted(n_steps=100), "elsewhere")


def test_a_confirmed_start_ends_the_run_before_it(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en")
    owner = owner_of(app)
    plan = runs_plan(services, owner, runs.Ground("a", *artifacts(services, owner)))
    [before] = services.engine.experiment(owner, [plan])
    app.button(key="train_start").click().run()
    app.button(key="train_replace").click().run()
    newest, oldest = services.store.runs.of_owner(owner)
    assert (oldest.id, oldest.status) == (before, "stopped")
    assert newest.status == "queued"


def test_too_little_text_for_the_context_is_said_before_anything_starts(open_page, services):
    put_data(services, texts=["Ein Esel sagt Ja.", "Ein Hund bellt."])
    app = open_page(PAGE, lang="de")
    app.button(key="train_start").click().run()
    assert not app.exception
    assert 'class="gb-error"' in shown(app)
    assert services.store.runs.of_owner(owner_of(app)) == []


def test_a_pair_of_rates_forks_the_bench_and_shares_the_seed(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en", pair="learning_rate", learning_rate_b="0.5")
    app.button(key="train_start").click().run()
    b, a = services.store.runs.of_owner(owner_of(app))
    assert (a.lane, b.lane) == ("a", "b")
    differing = {name for name in a.settings if a.settings[name] != b.settings[name]}
    assert differing == {"learning_rate", "embedding_learning_rate"}
    assert a.inputs == b.inputs
    difference = services.store.benches.of(owner_of(app), "text").difference
    assert (difference.step, difference.a, difference.b) == ("training", 0.02, 0.5)
    assert len(components(app)["run_numbers"]["runs"]) == 2


def test_a_pair_of_sizes_differs_in_the_design_alone(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en", pair="size", size_b="xs")
    app.button(key="train_start").click().run()
    b, a = services.store.runs.of_owner(owner_of(app))
    assert a.settings == b.settings
    assert {name for name in a.inputs if a.inputs[name] != b.inputs[name]} == {"design"}
    assert services.store.benches.of(owner_of(app), "text").difference.step == "architecture"


def test_a_pair_that_parted_in_the_data_is_trained_as_it_is(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en")
    owner = owner_of(app)
    put_data(services, owner)
    services.store.benches.fork(owner, "text", "data", "duplicates", True, False)
    put_data(services, owner, TEXTS + TEXTS[:20], "b")
    app.run()
    assert words("en")("training.duplicates_in") in shown(app)
    app.button(key="train_start").click().run()
    b, a = services.store.runs.of_owner(owner)
    assert a.inputs["dataset"] != b.inputs["dataset"]
    assert a.settings == b.settings


def finished_run(services: Services, owner: str, app: AppTest) -> str:
    """A run as the engine leaves it behind, with three looks at the model."""
    app.button(key="train_start").click().run()
    [run] = services.store.runs.of_owner(owner)
    sentence = run.settings["sentence"]
    rows: list[dict[str, Any]] = []
    for step, loss in ((100, 4.0), (200, 3.0), (300, 2.0)):
        place = {"step": step, "seconds": step / 10}
        rows += [
            {"kind": "step", "loss_nats": loss, "bits_per_byte": loss / 2, "tokens_per_s": 1e4,
             "learning_rate": 0.02, **place},
            {"kind": "sample", "prompt": sentence, "text": f" <b>{step}</b>", **place},
            {"kind": "sentence", "tokens": [sentence], "losses_nats": [loss], **place},
            {"kind": "evaluation", "validation_loss_nats": loss + 0.5,
             "validation_bits_per_byte": loss / 2 + 0.25, **place},
        ]  # fmt: skip
    services.store.runs.append(run.id, rows)
    services.engine.stop(owner, run.id)
    services.store.runs.update(run.id, status="finished", step=300, seconds=30.0)
    return run.id


def test_what_a_run_said_is_there_again_after_a_reload(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en")
    finished_run(services, owner_of(app), app)
    app.run()
    sent = components(app)
    practised, unseen = sent["figure"]["fig"]["data"]
    assert list(unseen["y"]) == [2.25, 1.75, 1.25]
    assert len(practised["x"]) == 3
    assert [sample["text"] for sample in sent["samples_feed"]["samples"]][-1] == " <b>300</b>"
    assert sent["run_numbers"]["runs"][0]["known"]["step"] == 300
    assert "<b>300" not in shown(app)


def test_the_curve_can_be_read_in_nats(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en", depth="dig", curve="nats")
    finished_run(services, owner_of(app), app)
    app.run()
    assert list(components(app)["figure"]["fig"]["data"][1]["y"]) == [4.5, 3.5, 2.5]


def test_a_failed_run_says_why(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en")
    app.button(key="train_start").click().run()
    [run] = services.store.runs.of_owner(owner_of(app))
    services.engine.stop(owner_of(app), run.id)
    error = {"key": "run_lost", "values": {"n_losses": 4}, "message": "4 workers died"}
    services.store.runs.update(run.id, status="failed", error=error)
    app.run()
    assert words("en")("error.run_lost", n_losses="4") in shown(app)


def test_the_rate_of_a_run_changes_under_way(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en")
    app.button(key="train_start").click().run()
    app.select_slider(key="learning_rate").set_value(0.1).run()
    [run] = services.store.runs.of_owner(owner_of(app))
    live = services.engine._dispatch.runs[run.id]
    assert live.changes == [{"learning_rate": 0.1}]


def test_digging_shows_every_knob(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en", depth="dig", optimizer="adamw", n_batch="8")
    app.button(key="train_start").click().run()
    [run] = services.store.runs.of_owner(owner_of(app))
    assert (run.settings["optimizer"], run.settings["n_batch"]) == ("adamw", 8)


def test_a_trial_beside_a_run_is_refused_with_a_reason(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en")
    app.button(key="train_start").click().run()
    app.radio(key="guess_ten_times").set_value("same").run()
    app.button(key="reveal_ten_times").click().run()
    assert 'class="gb-error"' in shown(app)
    assert len(services.store.runs.of_owner(owner_of(app))) == 1


def test_a_second_press_where_the_start_button_was_hits_no_button(open_page, services):
    put_data(services)
    app = open_page(PAGE, lang="en")
    app.button(key="train_start").click().run()
    row = [(each.type, getattr(each.proto, "body", "")) for each in walk(app.main)]
    first_button = next(
        n for n, each in enumerate(walk(app.main)) if getattr(each, "key", "") == "train_pause"
    )
    kind, body = row[first_button - 1]
    assert kind == "html" and words("en")("training.now_waiting") in body


def test_a_second_press_of_start_before_the_page_is_drawn_again_is_no_second_start(
    open_page, services
):
    put_data(services)
    app = open_page(PAGE, lang="en")
    owner = owner_of(app)
    plan = runs_plan(services, owner, runs.Ground("a", *artifacts(services, owner)))
    services.engine.experiment(owner, [plan])
    app.session_state[running.BEGUN] = time.monotonic() + 60  # the first press was just now
    app.button(key="train_start").click().run()
    assert words("en")("training.confirm") not in shown(app)
    assert len(services.store.runs.of_owner(owner)) == 1


def walk(block):
    """Every element, in the order of the page."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from walk(child)
        else:
            yield child


@pytest.mark.parametrize(("rate", "high"), [(0.02, 0.2), (0.5, 5.0), (2.0, 10.0)])
def test_the_trial_is_called_by_the_rate_it_really_runs_at(open_page, services, rate, high):
    assert trials.ten_fold(rate) == pytest.approx(high)
    put_data(services)
    app = open_page(PAGE, lang="en", learning_rate=str(rate))
    question = words("en")(
        "training.ten_times", low=rate_text(rate, words("en")), high=rate_text(high, words("en"))
    )
    assert question in [radio.label for radio in app.radio] or question in shown(app)


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [(3.0, 2.8, "faster"), (3.0, 3.05, "same"), (3.0, 3.2, "breaks"), (3.0, 2.95, "same")],
)
def test_a_rate_is_judged_by_the_loss_it_leads_to(low: float, high: float, outcome: str):
    assert trials.outcome_of_rates(low, high) == outcome
    assert trials.outcome_of_rates(low, high, diverged=True) == "breaks"


def test_memorising_is_a_loss_that_rises_again():
    assert trials.outcome_of_few([7.0, 5.0, 6.0]) == "rises"
    assert trials.outcome_of_few([7.0, 5.0, 4.0]) == "falls"
    assert trials.outcome_of_few([7.0, 5.0, 4.99, 5.01]) == "stays"


def test_the_few_texts_are_the_first_ones_and_nothing_else_is_read(services):
    encoder, dataset = put_data(services)
    texts, few = trials.first_texts(dataset, encoder)
    assert len(texts) == trials.N_TEXTS
    assert encoder.decode(few.train) == "".join(texts)
    assert few.n_train_documents == len(texts)
    assert (few.validation == dataset.validation).all()


def test_the_page_begins_with_the_settings_that_core_begins_with():
    for name in ("n_steps", "n_batch", "optimizer", "learning_rate"):
        assert state.SETTINGS[name].start == getattr(runs.DEFAULTS, name)


def test_points_are_thinned_evenly_with_both_ends():
    rows = [{"step": n} for n in range(1000)]
    kept = [row["step"] for row in runs.thinned(rows, 100)]
    assert kept[0] == 0 and kept[-1] == 999
    assert len(kept) <= 101


def test_a_design_is_the_same_artefact_as_step_two_makes(services):
    encoder, _ = put_data(services)
    on = runs.Ground("a", *artifacts(services, "me"))
    config = size_of("xs", encoder.n_vocab)
    design = runs.keep_design("me", on, config)
    assert services.store.artifacts.read("me", design.id) == canonical_json(config.to_dict())
    assert design.parents == (on.encoder.id,)
