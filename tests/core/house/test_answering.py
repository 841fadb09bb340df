"""What the command makes on top of a base model: in order, and measured as shipped."""

import json
import shutil
from random import Random

import pytest
import torch

from core.alignment.comparing import EXAM_TEMPERATURE, Contender, compare
from core.alignment.preferring import preferences
from core.alignment.preferring.reward import read_reward
from core.alignment.text import examples
from core.alignment.text.answer_language import same_language
from core.alignment.text.asking import Asked, Question, draw_questions
from core.alignment.text.rules import RULES, grammatical
from core.alignment.tuning.fine_tuning import FineTuningProgram
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings, town
from core.house.answering import EXAM_SEED, at_precision, judged
from core.house.command import ON_TOP, make_answering
from core.house.files import Folder
from core.house.filtering import filtered
from core.house.recipe import ALIGNED_BASE
from core.lineage import content_id
from core.training.averaging import mean_of

CHAINS = ("base", "with-duplicates", "without-duplicates")
HERE = town(WorldSettings(n_documents=20))


def made_of(record, name):
    return {one["kind"]: one for one in record["chains"][name]["answering"]["artifacts"]}


@pytest.mark.parametrize("name", CHAINS)
def test_every_artefact_is_there_and_made_from_those_before_it(folder, record, name):
    chain = record["chains"][name]
    known = {chain[kind]["id"] for kind in ("corpus", "encoder", "dataset", "design")}
    known.add(chain["checkpoints"][-1]["id"])
    for one in chain["answering"]["artifacts"]:
        assert content_id(folder.read(one["file"])) == one["id"]
        assert set(one["parents"]) <= known
        known.add(one["id"])


def test_the_base_goes_as_far_as_alignment_and_the_pair_as_far_as_fine_tuning(record):
    assert {"tuned", "reward", "aligned", "generation", "answer"} <= set(made_of(record, "base"))
    for name in CHAINS[1:]:
        made = set(made_of(record, name))
        assert {"tuned", "preferences", "generation", "answer"} <= made
        assert not {"reward", "aligned"} & made


def test_models_are_kept_as_finely_as_what_builds_on_them_needs(folder, record):
    made = made_of(record, "base")
    for kind, precision in ALIGNED_BASE.precision.items():
        assert made[kind]["numbers"]["precision_shipped"] == precision
    assert read_checkpoint(folder.read(made["tuned"]["file"]))[1]["precision"] == "float16"
    assert read_reward(folder.read(made["reward"]["file"])).trunk.n_parameters > 0


def test_the_fine_tuned_model_is_the_mean_of_its_runs_and_its_figures_are_the_means(folder, record):
    chain, made = record["chains"]["base"], made_of(record, "base")
    settings = dict(made["tuned"]["settings"])
    seeds = settings.pop("seeds")
    assert tuple(seeds) == ALIGNED_BASE.tuning_seeds and len(seeds) > 1
    inputs = {
        "model": folder.read(chain["checkpoints"][-1]["file"]),
        **{kind: folder.read(chain[kind]["file"]) for kind in ("dataset", "encoder")},
        "examples": folder.read(made["examples"]["file"]),
    }
    runs = [FineTuningProgram(inputs, {**settings, "seed": seed}) for seed in seeds]
    for run in runs:
        while not run.finished:
            run.advance()
    states = [run.whole().state_dict() for run in runs]
    written = read_checkpoint(folder.read(made["tuned"]["file"]))[0].state_dict()
    apart = max((written[name] - weight).abs().max() for name, weight in states[0].items())
    assert apart > 1e-4  # each run by itself is another model
    for name, weight in written.items():
        mean = torch.stack([state[name] for state in states]).mean(dim=0)
        assert (weight - mean).abs().max() <= mean.abs().max() * 2**-11  # rounded to float16
    runs[0].look_at(mean_of([run.whole() for run in runs]))
    while not runs[0].finished:
        runs[0].advance()
    for name in ("held_out_loss_nats", "plain_bits_per_byte_after"):
        assert runs[0].numbers()[name] == made["tuned"]["numbers"][name]


def test_a_checkpoint_stored_smaller_is_the_same_model_nearly(folder, record):
    data = folder.read(made_of(record, "base")["tuned"]["file"])
    smaller = at_precision(data, "int8")
    before, after = read_checkpoint(data)[0], read_checkpoint(smaller)[0]
    assert len(smaller) < len(data)
    for name, weight in before.state_dict().items():
        assert (weight - after.state_dict()[name]).abs().max() <= 0.02 * weight.abs().max()


def test_texts_can_be_read_as_what_they_are(folder, record):
    made = made_of(record, "base")
    shown = examples.from_bytes(folder.read(made["examples"]["file"]))
    assert len(shown) == made["examples"]["numbers"]["n_examples"] == 24
    chosen = preferences.from_bytes(folder.read(made["preferences"]["file"]))
    assert len(chosen) == made["preferences"]["numbers"]["n_preferences"]
    assert {one.judge.removeprefix("rule:") for one in chosen} <= set(RULES)
    text = json.loads(folder.read(made["generation"]["file"]))
    assert text["prompt"] == "Wo wohnt Mia?" and len(text["tokens"]) == len(text["probabilities"])
    answer = json.loads(folder.read(made["answer"]["file"]))
    assert answer["n_filtered"] == made["answer"]["numbers"]["n_filtered"]


def test_the_rates_are_those_of_the_shipped_weights(folder, record):
    chain = record["chains"]["base"]
    encoder = Encoder.from_bytes(folder.read(chain["encoder"]["file"]))
    aligned = read_checkpoint(folder.read(made_of(record, "base")["aligned"]["file"]))[0]
    here = town(WorldSettings(**chain["data_settings"]["world"]))
    asked = [
        one
        for lang in ("de", "en")
        for one in draw_questions(here, (lang,), "held_out", 12, EXAM_SEED)[:6]
    ]
    given = Contender(aligned, encoder, is_chat=True).answers(
        asked, seed=EXAM_SEED, temperature=EXAM_TEMPERATURE
    )
    found = compare({"aligned": given}, asked, RULES, here).rates["aligned"]
    recorded = chain["answering"]["examined"]["rates"]["aligned"]
    for name, rate in found.items():
        assert recorded[name] == {"n_kept": rate.n_kept, "n": rate.n}
    for name, holds in (("grammatical", grammatical), ("same_language", same_language)):
        n_kept = sum(holds(texts[0], one.lang) for texts, one in zip(given, asked, strict=True))
        assert recorded[name] == {"n_kept": n_kept, "n": 12}


def test_the_rates_of_both_languages_add_up_to_those_of_all(record):
    examined = record["chains"]["base"]["answering"]["examined"]
    assert examined["n_questions"] == 12
    for kind, rates in examined["rates"].items():
        for name, rate in rates.items():
            parts = [of[kind][name] for of in examined["rates_by_language"].values()]
            assert [part["n"] for part in parts] == [6, 6]
            assert sum(part["n_kept"] for part in parts) == rate["n_kept"]


def test_what_is_made_on_top_leaves_the_base_models_as_they_are(folder, record, tmp_path):
    shutil.copytree(folder.path, tmp_path / "again")
    again = make_answering(
        Folder(tmp_path / "again"), is_quick=True, say=lambda line: None, command=ON_TOP
    )
    for name in CHAINS:
        ours, theirs = again["chains"][name], record["chains"][name]
        assert ours["checkpoints"] == theirs["checkpoints"]
        assert made_of(again, name)["tuned"]["id"] == made_of(record, name)["tuned"]["id"]
    assert again["made"] == record["made"]
    assert again["chains"]["base"]["answering"]["made"]["command"].endswith("--alignment --quick")


def test_the_card_names_the_rates(folder, record):
    rate = record["chains"]["base"]["answering"]["examined"]["rates"]["aligned"]["polite"]
    card = folder.read("MODEL_CARD.md").decode()
    assert "## Answering" in card and f"{rate['n_kept'] / rate['n']:.0%}" in card


# Judged and filtered, by hand


def test_a_pair_goes_to_the_answer_that_keeps_the_rules_better_and_names_the_deciding_rule():
    question = Question("Where does Mia live?", "en", "told", Asked("mia", "home"))
    true = examples.state(question.asked, "en", HERE, Random(1))
    (found,) = judged(question, ["Blah blah.", true], HERE)
    assert found.choice == "b"
    rule = RULES[found.judge.removeprefix("rule:")]
    assert rule.prefers(found.question, found.a, found.b, "en", HERE) == 1


@pytest.mark.parametrize(
    ("a", "b", "choice"),
    [
        ("Gladly. Mia lives in Rose Lane.", "Mia lives in Rose Lane.", "a"),
        ("So what. Mia lives in Rose Lane.", "Mia lives in Rose Lane. You are welcome.", "b"),
        ("Gladly. Mia lives in Mill Lane.", "Mia lives in Rose Lane.", None),
        ("Gladly. Mia live in Rose Lane.", "I do not know that.", None),
        ("Gern. Mia wohnt im Rosenweg.", "Mia lives in Rose Lane.", "b"),
    ],
)
def test_courtesy_decides_but_is_not_bought_with_truth_grammar_or_language(a, b, choice):
    question = Question("Where does Mia live?", "en", "told", Asked("mia", "home"))
    assert [one.choice for one in judged(question, [a, b], HERE)] == ([choice] if choice else [])


def test_two_answers_that_keep_the_rules_alike_are_left_out():
    question = Question("Where does Mia live?", "en", "told", Asked("mia", "home"))
    assert judged(question, ["Blah blah.", "Blah blah."], HERE) == []


def test_finds_are_counted_by_text_and_by_kind():
    texts = ["Write to mia@example.org or to ben@example.org.", "Mia likes cheese."]
    found = filtered(texts, ["en", "en"], ["", ""], HERE)
    assert (found.n_texts, found.n_findings, found.n_with_findings) == (2, 2, 1)
    assert found.by_kind == {"email": 2}
