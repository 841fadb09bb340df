"""Fine-tuning of pictures as the engine sees it: what learns, what is measured, what travels."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load

from core.alignment.pictures.tuning.adapters import (
    ROWS,
    learned_by,
    with_adapters,
    without_adapters,
)
from core.alignment.pictures.tuning.exam import OwnSubject, StyleSubject, TuningExam
from core.alignment.pictures.tuning.examples import new_words, own_examples, styled_examples
from core.alignment.pictures.tuning.program import PictureTuningProgram
from core.alignment.pictures.tuning.settings import PictureTuningSettings
from core.alignment.pictures.tuning.styles import STYLES
from core.architecture.pictures import denoiser_bytes, read_denoiser
from core.architecture.pictures.weights import with_more_words
from core.data.pictures import Item, PictureSettings, beside, paint
from core.data.pictures.collecting.archive import to_bytes
from core.data.pictures.collecting.sampling import draw_scene
from core.data.pictures.prepare import OwnPicture
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import (
    InputError,
    NoExamples,
    SettingError,
    TooLong,
    TooManyWords,
    UnreadablePicture,
    UnreadableWeights,
)
from core.inference.pictures.model import PictureModel
from core.training.pictures.judging import judged, wishes

SETTINGS = {
    "subject": "sepia",
    "rank": 2,
    "n_steps": 4,
    "n_batch": 2,
    "n_plain": 2,
    "look_every": 2,
    "evaluate_every": 3,
    "n_held_out": 3,
    "n_draw_steps": 2,
    "seed": 2,
}


def own(n=3, size=32, word="zottel"):
    pages = [paint(beside(Item("cat", "red"), Item("house", "blue"), k % 2 > 0), size)
             for k in range(n)]  # fmt: skip
    return [OwnPicture(f"{k}.png", f"ein {word}, {k} mal", page) for k, page in enumerate(pages)]


@pytest.fixture(scope="module")
def inputs(weights, encoder):
    examples = to_bytes(styled_examples("sepia", 32, 1, 6))
    return {"model": weights, "encoder": encoder.to_bytes(), "examples": examples}


def finish(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def stored(weight):
    """As a file of half precision keeps it: matrices rounded, gains as they are."""
    return weight.half().float() if weight.dim() > 1 else weight


def without_times(rows):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]


@pytest.fixture(scope="module")
def finished(inputs):
    program = PictureTuningProgram(inputs, SETTINGS)
    return program, finish(program)


def test_looks_before_on_the_way_and_after(finished):
    _, rows = finished
    assert [(row["kind"], row["step"]) for row in rows if row["kind"] != "step"] == [
        ("pictures", 0),
        ("exam", 0),
        ("pictures", 2),
        ("exam", 3),
        ("pictures", 4),
        ("exam", 4),
    ]
    assert json.loads(json.dumps(rows)) == rows


def test_sixteen_pictures_with_the_word_and_without_on_the_same_noises(finished):
    _, rows = finished
    first, *_, last = (row["pictures"] for row in rows if row["kind"] == "pictures")
    assert [(one["caption"], one["seed"]) for one in first] == [
        (one["caption"], one["seed"]) for one in last
    ]
    with_word, without = first[:8], first[8:]
    assert [one["seed"] for one in with_word] == [one["seed"] for one in without]
    for one, other in zip(with_word, without, strict=True):
        assert one["caption"].startswith(other["caption"].rstrip("."))
        assert one["left_open"] == "word" and one["met"] is None
        assert other["left_open"] == "" and type(other["met"]) is bool


def test_an_exam_measures_what_was_learned_what_leaked_and_what_was_forgotten(finished):
    program, rows = finished
    *_, last = (row for row in rows if row["kind"] == "exam")
    assert (last["n_asked"], last["n_plain"]) == (3, 3)
    for name in ("learned", "recognised", "plain", "leaked"):
        assert 0 <= last[f"{name}_low"] <= last[f"{name}_share"] <= last[f"{name}_high"] <= 1
    told = program.numbers()
    assert told["plain_share"] == last["plain_share"] and "plain_share_before" in told
    assert (told["subject"], told["rank"], told["n_examples"]) == ("sepia", 2, 6)


def test_from_any_piece_of_work_on_a_snapshot_gives_what_would_have_followed(inputs, finished):
    program, rows = finished
    pieces, before = PictureTuningProgram(inputs, SETTINGS), []
    for n_piece in range(400):
        if pieces.finished:
            break
        if n_piece % 13 == 6:
            pieces = PictureTuningProgram(inputs, {"subject": "sepia", "rank": 2, "seed": 2},
                                          pieces.snapshot())  # fmt: skip
            pieces.exam = program.exam
        before += pieces.advance()
    assert without_times(before) == without_times(rows)
    ours, theirs = load(pieces.snapshot()), load(program.snapshot())
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())
    assert pieces.result() == program.result()


def test_with_adapters_all_else_stays_as_it_was(finished, denoiser):
    program, _ = finished
    model, extra = read_denoiser(program.result())
    before, n = denoiser.state_dict(), denoiser.config.n_words
    for name, weight in model.state_dict().items():
        if name == "word_table.weight":
            assert torch.equal(weight[:n], stored(before[name]))
            assert not torch.equal(weight[n:], stored(before[name][3:].mean(dim=0, keepdim=True)))
            continue
        adapted = name.startswith("blocks.") and ("attention." in name or "cross." in name)
        moved = not torch.equal(weight, stored(before[name]))
        assert moved == (adapted and "norm" not in name), name
    assert extra["words_learned"] == ["sepia"] and extra["rank"] == 2


def test_all_weights_learn_with_rank_0_and_no_adapter_travels(inputs, denoiser):
    program = PictureTuningProgram(inputs, {**SETTINGS, "rank": 0, "evaluate_every": 99})
    finish(program)
    model, _ = read_denoiser(program.result())
    before = denoiser.state_dict()
    assert not torch.equal(model.patches_out.weight, before["patches_out.weight"].half().float())
    assert program.adapter is None and program.numbers()["n_trained"] == model.n_parameters


def test_what_learns_is_counted(finished):
    program, _ = finished
    learning = [w for w in program.denoiser.parameters() if w.requires_grad]
    assert program.numbers()["n_trained"] == sum(weight.numel() for weight in learning)


def test_a_fresh_adapter_changes_nothing_and_only_new_rows_learn(denoiser):
    wide = with_more_words(denoiser, 2)
    made = with_adapters(wide, 2, 2)
    names = set(learned_by(made))
    assert ROWS in names and all(name == ROWS or name.endswith((".a", ".b")) for name in names)
    noisy, time = torch.randn(2, 3, 32, 32), torch.tensor([0.3, 0.8])
    captions = torch.tensor([[3, 4, denoiser.config.n_words], [5, 0, 0]])
    torch.testing.assert_close(made(noisy, time, captions), wide(noisy, time, captions))
    torch.testing.assert_close(
        without_adapters(made)(noisy, time, captions), wide(noisy, time, captions)
    )


def test_a_new_word_begins_as_the_mean_of_all_words_and_changes_no_other(denoiser):
    wide = with_more_words(denoiser, 1)
    table = denoiser.word_table.weight
    torch.testing.assert_close(wide.word_table.weight[-1], table[3:].mean(dim=0))
    known = torch.tensor([[3, 4, 5]])
    noisy, time = torch.randn(1, 3, 32, 32), torch.tensor([0.5])
    torch.testing.assert_close(wide(noisy, time, known), denoiser(noisy, time, known))


def test_ones_own_words_travel_in_the_file(inputs, encoder):
    examples = own_examples(own(), 32, "de")
    assert new_words(encoder, examples) == ["zottel", "0", "mal", "1", "2"]
    given = {**inputs, "examples": to_bytes(examples)}
    program = PictureTuningProgram(given, {**SETTINGS, "subject": "own", "n_steps": 1})
    rows = finish(program)
    exam = next(row for row in rows if row["kind"] == "exam")
    assert exam["n_asked"] == 3 and "recognised_share" not in exam
    model = PictureModel.from_bytes(program.result(), inputs["encoder"])
    assert all(model.encoder.known("ein Zottel, 2 mal"))
    assert not all(PictureModel.from_bytes(inputs["model"], inputs["encoder"])
                   .encoder.known("ein Zottel"))  # fmt: skip
    assert model.about(step=1)["words_learned"] == ["zottel", "0", "mal", "1", "2"]
    twice = PictureTuningProgram({**given, "model": program.result()}, {**SETTINGS, "n_steps": 1})
    assert twice.words == []  # it knows them all by now


@pytest.mark.parametrize("words", [["ball"], ["a b"], [""], [7], "zottel", ["zo", "zo"]])
def test_forged_words_in_a_file_are_refused(denoiser, encoder, words):
    wide = with_more_words(denoiser, 2)
    data = denoiser_bytes(wide, {"words_learned": words})
    with pytest.raises(InputError):
        PictureModel.from_bytes(data, encoder.to_bytes())


def test_a_style_is_found_where_it_is_and_a_scene_recognised_in_it():
    plain = wishes(draw_scene, PictureSettings(), 12, 3)
    style = STYLES["chalk"]
    subject = StyleSubject(style, plain, 32)
    drawn = [judged(wish, paint(wish.scene).astype(np.float32)) for wish in plain]
    styled = [replace(one, picture=style.paint(one.picture)) for one in drawn]
    assert all(subject.shows(one) for one in styled) and not any(map(subject.leaks, drawn))
    assert all(subject.recognised(styled))
    swapped = [replace(styled[0], wish=plain[1]), replace(styled[1], wish=plain[0])]
    assert not any(subject.recognised(swapped))
    assert not any(one.agreement.whole for one in [judged(o.wish, o.picture) for o in styled])


def test_ones_own_picture_is_told_from_pages_of_the_book():
    gone = np.full((32, 32, 3), 200, np.uint8)
    gone[8:20, 8:20] = (200, 30, 160)
    examples = own_examples([OwnPicture("a", "ein zottel", gone), *own(1)], 32, "de")
    plain = wishes(draw_scene, PictureSettings(), 8, 3)
    subject = OwnSubject(examples, plain)
    assert [wish.caption for wish in subject.asked[:3]] == ["ein zottel", "ein zottel, 0 mal",
                                                           "ein zottel"]  # fmt: skip
    one = judged(subject.asked[0], gone.astype(np.float32))
    assert subject.shows(one) and subject.leaks(one)
    assert not subject.shows(replace(one, wish=subject.asked[1]))  # the other one's caption
    page = judged(plain[0], paint(plain[0].scene).astype(np.float32))
    assert not subject.leaks(page)


def test_a_captionless_picture_is_left_out_and_none_at_all_refused():
    bare = replace(own(1)[0], caption="  ")
    assert len(own_examples([bare, *own(2)], 32, "en").entries) == 2
    with pytest.raises(NoExamples):
        own_examples([bare], 32, "en")
    with pytest.raises(SettingError):
        own_examples(own(1, size=64), 32, "en")


def test_fewer_own_captions_than_an_exam_wants_are_asked_all():
    settings = PictureTuningSettings(subject="own", n_held_out=40, n_draw_steps=1)
    exam = TuningExam(settings, own_examples(own(2), 32, "de"))
    assert len(exam.asked) == 8 and len(exam.plain) == 40


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"model": b"none"}, UnreadableWeights),
        ({"encoder": b"none"}, InputError),
        ({"encoder": CaptionEncoder(("one",)).to_bytes()}, UnreadableWeights),
        ({"examples": b"none"}, UnreadablePicture),
        ({"examples": to_bytes(own_examples(own(1, 64), 64, "de"))}, SettingError),
        ({"examples": to_bytes(own_examples(own(9, word="a b c d e f g h i j k l m n o p q"), 32,
                                            "de"))}, TooManyWords),
        ({"examples": to_bytes(own_examples(own(1, word="red " * 20), 32, "de"))}, TooLong),
    ],
)  # fmt: skip
def test_inputs_that_cannot_be_used_are_refused(inputs, change, error):
    with pytest.raises(error):
        PictureTuningProgram({**inputs, **change}, SETTINGS)


@pytest.mark.parametrize(
    "settings", [{"subject": "cubism"}, {"rank": 17}, {"rank": -1}, {"n_plain": -1}, {"prompt": ""}]
)
def test_settings_out_of_range_are_refused(inputs, settings):
    with pytest.raises(SettingError):
        PictureTuningProgram(inputs, {**SETTINGS, **settings})


def test_a_diverged_run_says_so_and_ends(inputs):
    program = PictureTuningProgram(inputs, SETTINGS)
    program._due = []
    with torch.no_grad():
        program.denoiser.patches_out.bias[0] = float("nan")
    assert program.advance() == [{"kind": "diverged", "step": 0}]
    assert program.finished


def test_a_trained_denoiser_learns_a_style_in_a_few_steps(inputs):
    """Only that the loss on the examples falls: what is learned is measured on the real model."""
    asked = {**SETTINGS, "n_steps": 30, "n_batch": 6, "n_plain": 0, "learning_rate": 3e-3,
             "look_every": 99, "evaluate_every": 99}  # fmt: skip
    rows = [row for row in finish(PictureTuningProgram(inputs, asked)) if row["kind"] == "step"]
    first, last = (sum(row["loss"] for row in part) / 8 for part in (rows[:8], rows[-8:]))
    assert last < first
