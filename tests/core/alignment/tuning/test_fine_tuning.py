"""Fine-tuning as a run: it learns, reports its progress, and an interruption changes nothing."""

import json

import pytest

from core.alignment.text.chat import ASSISTANT_ID, USER_ID, introduce_marks
from core.alignment.text.examples import Example, ExampleSettings, to_bytes, world_examples
from core.alignment.text.pairs import pairs_from_text, text_of_file
from core.alignment.tuning.fine_tuning import FineTuningProgram
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.dataset import build_dataset
from core.data.splitting import Split
from core.data.text.bpe import Encoder
from core.data.text.documents import Document
from core.data.world import WorldSettings, draw_town
from core.errors import (
    EmptyInput,
    NoAnswer,
    SettingError,
    TooFewPairs,
    TooLarge,
    TooLong,
    UnknownFileType,
)

BYTES = Encoder([])
OWN = [Example(f"{n}+1?", str(n + 1), "und", "own") for n in range(8)]


def inputs(examples=OWN, n_context=64):
    config = ModelConfig(
        n_vocab=BYTES.n_vocab, n_context=n_context, n_layers=1, n_heads=2, n_kv_heads=2,
        n_channels=32, n_hidden=64,
    )  # fmt: skip
    texts = [Document("Es regnet heute. " * 20, "de", "story", "test") for _ in range(4)]
    return {
        "model": checkpoint_bytes(Transformer(config, seed=1)),
        "encoder": BYTES.to_bytes(),
        "examples": to_bytes(examples),
        "dataset": build_dataset(Split(texts, texts[:2]), BYTES).to_bytes(),
    }


SHORT = {"n_steps": 12, "n_batch": 4, "evaluate_every": 6, "subject": "own", "learning_rate": 0.003}


def carried_out(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def kinds(rows, kind):
    return [row for row in rows if row["kind"] == kind]


def test_a_run_learns_its_examples_and_reports_what_it_did():
    program = FineTuningProgram(inputs(), {**SHORT, "n_steps": 80, "evaluate_every": 40})
    rows = carried_out(program)
    steps = kinds(rows, "step")
    assert [row["step"] for row in steps] == list(range(1, 81))
    assert steps[-1]["loss_nats"] < 0.5 * steps[0]["loss_nats"]
    assert [row["step"] for row in kinds(rows, "evaluation")] == [0, 40, 80]
    assert [row["step"] for row in kinds(rows, "forgetting")] == [0, 40, 80]
    assert all("bits_per_byte" in row for row in kinds(rows, "forgetting"))
    numbers = program.numbers()
    assert numbers["n_trained"] == numbers["n_parameters"]
    assert numbers["plain_bits_per_byte_before"] != numbers["plain_bits_per_byte_after"]
    json.dumps([rows, numbers], allow_nan=False)


def test_answers_to_the_same_questions_are_shown_before_and_after():
    rows = carried_out(FineTuningProgram(inputs(), SHORT))
    shown = {step: [] for step in (0, 6, 12)}
    for row in kinds(rows, "sample"):
        shown[row["step"]].append((row["place"], row["question"]))
    assert shown[0] == shown[6] == shown[12] != []


@pytest.mark.parametrize("rank", [0, 2])
def test_a_resumed_run_ends_bit_for_bit_where_it_would_have(rank):
    settings = {**SHORT, "rank": rank}
    program, data = FineTuningProgram(inputs(), settings), inputs()
    while program.step < 7:
        program.advance()
    again = FineTuningProgram(data, settings, program.snapshot())
    carried_out(program)
    carried_out(again)
    assert again.result() == program.result()


def test_with_a_rank_only_adapters_learn_and_the_result_is_a_plain_checkpoint():
    program = FineTuningProgram(inputs(), {**SHORT, "rank": 2})
    carried_out(program)
    before, _ = read_checkpoint(inputs()["model"])
    introduce_marks(before, BYTES)
    after, about = read_checkpoint(program.result())
    assert about["rank"] == 2
    changed = {
        name
        for name, weight in after.named_parameters()
        if not weight.equal(dict(before.named_parameters())[name])
    }
    assert changed and all(name.startswith("blocks.") for name in changed)
    assert program.numbers()["n_trained"] < program.numbers()["n_parameters"] / 5


def test_the_world_tests_what_it_taught():
    world = {"seed": 1, "left_out_share": 0.08}
    town = draw_town(WorldSettings(**world))
    examples = world_examples(ExampleSettings(n_examples=40), town)
    settings = {
        **SHORT, "n_steps": 2, "evaluate_every": 2, "subject": "town", "world": world,
        "n_asked": 20, "n_sentences": 4,
    }  # fmt: skip
    program = FineTuningProgram(inputs(examples, 256), settings)
    looks = kinds(carried_out(program), "evaluation")
    for name in ("true", "unsure", "polite", "grammatical", "ended"):
        assert all(0.0 <= row[f"{name}_share"] <= 1.0 for row in looks), name
    assert looks[0]["n_ended"] == 20
    assert "plain_grammatical_share_before" in program.numbers()


def test_a_style_is_tested_by_its_form():
    world = {"seed": 1}
    town = draw_town(WorldSettings(**world))
    examples = world_examples(ExampleSettings(subject="terse", n_examples=40), town)
    settings = {**SHORT, "n_steps": 1, "subject": "terse", "world": world, "n_asked": 4}
    looks = kinds(carried_out(FineTuningProgram(inputs(examples), settings)), "evaluation")
    assert all("in_style_share" in row and "polite_share" not in row for row in looks)


def test_pairs_longer_than_the_context_are_left_out_and_counted():
    long = Example("?", "x" * 100, "en", "own")
    program = FineTuningProgram(inputs([*OWN, long]), SHORT)
    assert program.numbers()["n_too_long"] == 1
    with pytest.raises(TooLong):
        FineTuningProgram(inputs([long, long]), SHORT)


def test_a_rate_can_be_changed_on_the_way_and_nothing_else():
    program = FineTuningProgram(inputs(), SHORT)
    program.control({"learning_rate": 0.01})
    assert program.settings.rate == 0.01
    for change in ({"rank": 2}, {"learning_rate": float("nan")}, {"learning_rate": -1.0}):
        with pytest.raises(SettingError):
            program.control(change)


@pytest.mark.parametrize("wrong", [{"rank": -1}, {"subject": "all"}, {"steps": 3}, {"rank": 40}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(SettingError):
        FineTuningProgram(inputs(), {**SHORT, **wrong})


@pytest.mark.parametrize(
    "text",
    [
        "Wo?\tHier.\nWann?\tJetzt.",
        "question,answer\nWo?,Hier.\nWann?,Jetzt.",
        "Antwort;Frage\nHier.;Wo?\nJetzt.;Wann?",
        '{"prompt": "Wo?", "completion": "Hier."}\n{"question": "Wann?", "answer": "Jetzt."}',
        '{"messages": [{"role": "user", "content": "Wo?"},'
        ' {"role": "assistant", "content": "Hier."}]}\n{"frage": "Wann?", "antwort": "Jetzt."}',
    ],
)
def test_pairs_are_read_from_lines_tables_and_json(text):
    found = pairs_from_text(text)
    assert [(e.question, e.answer) for e in found.examples] == [
        ("Wo?", "Hier."),
        ("Wann?", "Jetzt."),
    ]


def test_a_line_without_an_answer_is_left_out_and_named():
    found = pairs_from_text("Wo?\tHier.\nWer?\t\nWann?\tJetzt.")
    assert len(found.examples) == 2
    assert found.skipped == (2,)


def test_markup_in_a_pair_stays_letters():
    found = pairs_from_text("<script>1</script>\t<b>x</b>\nWann?\tJetzt.")
    assert found.examples[0].question == "<script>1</script>"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("  \n ", EmptyInput),
        ("Wo?\nWann?\nWer?", NoAnswer),
        ("Wo?\tHier.", TooFewPairs),
        ("Wo?\tHier.\nWo?\tHier.", TooFewPairs),
        ("{" * 5000 + "\n{}", NoAnswer),
        ("x" * (2 * 2**20 + 1), TooLarge),
    ],
)
def test_text_that_cannot_be_learned_from_is_refused_with_a_reason(text, error):
    with pytest.raises(error):
        pairs_from_text(text)


def test_only_files_that_can_hold_pairs_are_read():
    assert len(pairs_from_text(text_of_file("a.tsv", b"Wo?\tHier.\nWann?\tJetzt.")).examples) == 2
    with pytest.raises(UnknownFileType):
        text_of_file("a.exe", b"Wo?\tHier.")


def test_a_model_that_reads_plain_text_beside_the_examples_forgets_less():
    def cost(n_plain):
        program = FineTuningProgram(inputs(), {**SHORT, "n_steps": 30, "n_plain": n_plain})
        carried_out(program)
        numbers = program.numbers()
        return numbers["plain_bits_per_byte_after"] - numbers["plain_bits_per_byte_before"]

    assert cost(4) < cost(0)


def test_without_a_dataset_there_is_no_plain_text_to_read():
    given = {name: data for name, data in inputs().items() if name != "dataset"}
    alone, asked = (FineTuningProgram(given, {**SHORT, "n_plain": n_plain}) for n_plain in (0, 4))
    for program in (alone, asked):
        carried_out(program)
    assert alone.result() == asked.result()


def test_the_marks_are_introduced_to_a_base_model_and_to_no_model_that_knows_them():
    def marks(model):
        weights = FineTuningProgram({**inputs(), "model": model}, SHORT).model.token_embedding
        return weights.weight[[USER_ID, ASSISTANT_ID]].clone()

    base, _ = read_checkpoint(inputs()["model"])
    tuned = checkpoint_bytes(base, {"subject": "town"})
    as_born = base.token_embedding.weight[[USER_ID, ASSISTANT_ID]].clone()
    assert marks(tuned).equal(as_born)
    introduce_marks(base, BYTES)
    assert marks(inputs()["model"]).equal(base.token_embedding.weight[[USER_ID, ASSISTANT_ID]])
