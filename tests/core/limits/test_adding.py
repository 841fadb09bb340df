"""Models that learn sums: what counts, what is written, and going on from a snapshot."""

import torch

from core.architecture.transformer import Transformer
from core.limits.reading import NOTHING, Reading
from core.limits.rule.adding import (
    AddingProgram,
    AddingSettings,
    Found,
    Written,
    judged,
    learned,
    results,
    tokens_and_targets,
    trained_models,
    written,
)
from core.limits.rule.sums import ALPHABET, END, KINDS, TOKEN_OF, Question, written_out

SMALL = AddingSettings(
    n_sums=60, n_digits=2, n_asked=6, n_steps_each=6, n_batch=8, n_channels=16, n_heads=2
)


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def test_only_what_follows_a_question_is_predicted():
    texts = [("1+2=", "3"), ("10+20=", "30")]
    objective = Reading(Transformer(SMALL.design()), *tokens_and_targets(texts))
    assert written_out(objective.rows[0, 1:].tolist()) == "1+2=3"
    counted = [row[row != NOTHING].tolist() for row in objective.targets]
    assert ["".join(ALPHABET[token] for token in row) for row in counted] == ["3\n", "30\n"]
    # Each target stands where the model has read exactly what comes before it.
    for read, target in zip(objective.rows, objective.targets, strict=True):
        places = (target != NOTHING).nonzero().flatten()
        assert torch.equal(read[places + 1], target[places])


def test_the_number_after_the_steps_decides():
    questions = [Question("1+2=", (1, 2))] * 4
    given = [Written(text, (1.0,), True) for text in ("3:3", "9:3", "3", "3:4")]
    found = judged(questions, given)
    assert (found.n, found.n_right, found.share) == (4, 3, 0.75)
    assert found.n_written == 4 + 4 + 2 + 4  # end marks included


def test_together_or_alone_a_question_gets_the_same_answer_as_the_plain_model_gives():
    model = Transformer(SMALL.design(), seed=3)
    with torch.no_grad():
        for number, weight in enumerate(model.parameters()):
            noise = torch.randn(weight.shape, generator=torch.Generator().manual_seed(number))
            weight.add_(0.2 * noise)
    questions = ["1+2=", "33+44=", "5+6="]
    together = written(model, questions)
    for question, one in zip(questions, together, strict=True):
        assert written(model, [question])[0].text == one.text
        tokens = [TOKEN_OF[character] for character in END + question]
        for character, sure in zip(one.text, one.probabilities, strict=False):
            with torch.no_grad():
                probs = model(torch.tensor([tokens]))[0, -1].softmax(-1)  # (V,)
            assert TOKEN_OF[character] == int(probs.argmax())
            torch.testing.assert_close(float(probs.max()), sure, atol=1e-4, rtol=1e-3)
            tokens.append(TOKEN_OF[character])
        assert len(one.probabilities) == len(one.text) + one.ended


def test_a_run_looks_at_new_sums_and_asks_every_kind_of_each_model():
    rows = rows_of(AddingProgram({}, SMALL.to_dict()))
    asked = [row for row in rows if row["kind"] == "asked"]
    assert [row["lane"] for row in asked] == ["steps", "answer"] and all(r["done"] for r in asked)
    found = results(asked)
    assert set(found) == {"steps", "answer"}
    assert all(found["steps"][kind].n == SMALL.n_asked for kind in KINDS)
    looked = learned([row for row in rows if row["kind"] == "looked"])
    assert list(looked["steps"]) == list(looked["answer"]) == [1, 2, 3, 4, 5, 6]
    assert looked["steps"][6].n == SMALL.n_asked


def test_seeds_are_counted_together():
    row = {"kind": "looked", "lane": "steps", "within": 60, "n": 10, "n_written": 40}
    found = learned([row | {"n_right": 3}, row | {"n_right": 8}])
    assert found["steps"][60] == Found(20, 11, 80)


def test_few_sums_are_learned_with_steps():
    easy = SMALL.changed(lanes=("steps",), n_steps_each=250, n_batch=32, n_channels=32, n_asked=20)
    asked = [row for row in rows_of(AddingProgram({}, easy.to_dict())) if row["kind"] == "asked"]
    found = results(asked)["steps"]
    assert found["seen"].share >= 0.8
    assert found["longer"].share <= 0.2


def test_a_run_goes_on_bit_for_bit_from_a_snapshot_within_the_second_model():
    whole, broken = AddingProgram({}, SMALL.to_dict()), AddingProgram({}, SMALL.to_dict())
    while broken.step < 9:
        broken.advance()
    going = AddingProgram({}, {}, broken.snapshot())
    assert going.turn == 1 and going.lane == "answer" and set(going.kept) == {0}
    rest, every = rows_of(going), rows_of(whole)
    losses = [row["loss_nats"] for row in every if row["kind"] == "step"]
    assert [row["loss_nats"] for row in rest if row["kind"] == "step"] == losses[9:]
    assert going.result() == whole.result()


def test_all_models_of_a_run_are_in_its_result():
    program = AddingProgram({}, SMALL.to_dict())
    asked = [row for row in rows_of(program) if row["kind"] == "asked"]
    models = dict(trained_models(program.result(), SMALL))
    assert list(models) == ["steps", "answer"]
    for row in asked:
        question, text, _ = row["examples"]["new"][0]
        assert written(models[row["lane"]], [question])[0].text == text
