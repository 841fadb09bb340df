"""A picture run as the engine sees it: rows that are JSON, and interruptible at any point."""

import base64
import json

import pytest
import torch
from safetensors.torch import load

from core.architecture.pictures import read_denoiser
from core.data.pictures.collecting.files import picture_of
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import InputError, SettingError, TooLong, UnreadablePicture
from core.training.pictures.judging import PARTS
from core.training.pictures.program import PictureTrainingProgram

SETTINGS = {
    "n_steps": 5,
    "n_batch": 4,
    "look_every": 4,
    "evaluate_every": 3,
    "n_judged": 4,
    "n_draw_steps": 2,
    "seed": 2,
}
TIMES = ("seconds", "pictures_per_s")


def finish(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def without_times(rows):
    return [{key: value for key, value in row.items() if key not in TIMES} for row in rows]


@pytest.fixture(scope="module")
def finished(inputs):
    program = PictureTrainingProgram(inputs, SETTINGS)
    return program, finish(program)


def test_a_run_shows_its_pictures_soon_and_often_and_sits_its_exam(finished):
    _, rows = finished
    looks = [(row["kind"], row["step"]) for row in rows if row["kind"] != "step"]
    assert looks == [
        ("pictures", 2),
        ("evaluation", 3),
        ("pictures", 4),
        ("pictures", 5),
        ("evaluation", 5),
    ]
    steps = [row for row in rows if row["kind"] == "step"]
    assert [row["step"] for row in steps] == [1, 2, 3, 4, 5]
    assert all(row["n_steps"] == 5 and row["loss"] > 0.0 for row in steps)
    assert json.loads(json.dumps(rows)) == rows


def test_sixteen_pictures_always_the_same_wishes_each_with_its_verdict(finished):
    program, rows = finished
    looks = [row for row in rows if row["kind"] == "pictures"]
    wishes = [[(one["caption"], one["seed"]) for one in look["pictures"]] for look in looks]
    assert wishes[0] == wishes[1] == wishes[2] and len(set(wishes[0])) == 16
    pictures = [picture_of(base64.b64decode(one["png"]), 32) for one in looks[-1]["pictures"]]
    assert all(picture.shape == (32, 32, 3) for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == 16
    assert all(isinstance(one["whole"], bool) for one in looks[-1]["pictures"])
    held_out = [set(map(tuple, [item[:2] for item in one["scene"]["items"]]))
                & set(program.book.held_out) for one in looks[0]["pictures"]]  # fmt: skip
    assert [bool(found) for found in held_out] == 12 * [False] + 4 * [True]


def test_an_exam_has_shares_and_what_they_are_shares_of(finished):
    program, rows = finished
    exam = next(row for row in rows if row["kind"] == "evaluation")
    assert exam["n_judged"] == exam["n_unseen"] == 2
    shares = {name for name in exam if name.endswith("_share")} - {"unseen_share"}
    assert shares <= {f"{part}_share" for part in PARTS} and "whole_share" in shares
    assert 0.0 <= exam["unseen_share"] <= 1.0
    assert program.numbers()["whole_share"] == rows[-1]["whole_share"]


def test_from_any_piece_of_work_on_a_snapshot_gives_what_would_have_followed(inputs, finished):
    program, rows = finished
    whole, program_pieces = without_times(rows), PictureTrainingProgram(inputs, SETTINGS)
    before = []
    for n_piece in range(200):
        if program_pieces.finished:
            break
        if n_piece % 9 == 4:
            program_pieces = PictureTrainingProgram(inputs, {}, program_pieces.snapshot())
        before += program_pieces.advance()
    assert without_times(before) == whole
    ours, theirs = load(program_pieces.snapshot()), load(program.snapshot())
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())
    assert program_pieces.result() == program.result()


def test_the_result_is_the_average_and_says_what_it_answers(finished):
    program, _ = finished
    model, extra = read_denoiser(program.result())
    assert extra["objective"] == "velocity" and extra["step"] == 5
    average = program.trainer.objective.average.state_dict()
    for name, weight in model.state_dict().items():
        torch.testing.assert_close(weight, average[name], atol=2e-3, rtol=2e-3)
    assert not torch.equal(average["patches_in.weight"],
                           program.trainer.model.state_dict()["patches_in.weight"])  # fmt: skip


def test_rate_and_guidance_can_be_changed_and_nothing_else(inputs):
    program = PictureTrainingProgram(inputs, SETTINGS)
    program.control({"learning_rate": 0.01, "guidance": 1.0})
    assert program.settings.embedding_learning_rate == pytest.approx(0.001)
    assert program.advance()[0]["learning_rate"] <= 0.01
    for change in ({"n_steps": 9}, {"learning_rate": 0.0}, {"guidance": -1.0}):
        with pytest.raises(SettingError):
            program.control(change)


def test_a_second_thread_is_only_tried_where_it_may_help(inputs):
    program = PictureTrainingProgram(inputs, SETTINGS)
    assert not program.same_with_threads(2)
    while program.step < 3:
        program.advance()
    assert not program.same_with_threads(2)  # an exam is due
    while program._due:
        program.advance()
    assert program.same_with_threads(1)


def test_a_diverged_run_says_so_and_ends(inputs):
    program = PictureTrainingProgram(inputs, SETTINGS)
    with torch.no_grad():
        program.trainer.model.patches_out.bias[0] = float("nan")
    assert program.advance() == [{"kind": "diverged", "step": 0}]
    assert program.finished and program.numbers()["diverged_at_step"] == 0


def test_inputs_that_do_not_belong_together_are_refused(inputs, config):
    other = {**inputs, "encoder": CaptionEncoder(("one",)).to_bytes()}
    with pytest.raises(SettingError, match="n_words"):
        PictureTrainingProgram(other, SETTINGS)
    large = json.dumps({**config.to_dict(), "size": 64}).encode()
    with pytest.raises(SettingError, match="size"):
        PictureTrainingProgram({**inputs, "design": large}, SETTINGS)
    short = json.dumps({**config.to_dict(), "n_caption": 4}).encode()
    with pytest.raises(TooLong):
        PictureTrainingProgram({**inputs, "design": short}, SETTINGS)
    with pytest.raises(UnreadablePicture):
        PictureTrainingProgram({**inputs, "corpus": b"none"}, SETTINGS)
    with pytest.raises(InputError):
        PictureTrainingProgram({**inputs, "encoder": b"none"}, SETTINGS)
    with pytest.raises(SettingError):
        PictureTrainingProgram(inputs, {"prompt": "a cat"})
