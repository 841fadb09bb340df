"""Preference tuning of pictures as the engine sees it: JSON rows, and interruptible anywhere."""

import base64
import json

import pytest
import torch
from safetensors.torch import load

from core.alignment.pictures.dpo_program import PictureDpoProgram
from core.alignment.pictures.exam import PLAIN, share_of
from core.alignment.pictures.preferring import PicturePair, PicturePreference, to_bytes
from core.architecture.pictures import read_denoiser
from core.data.pictures import Item, beside, paint
from core.data.pictures.collecting.files import picture_of
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import (
    InputError,
    NoPreferences,
    SettingError,
    UnreadablePreferences,
    UnreadableWeights,
)

SETTINGS = {
    "n_steps": 4,
    "n_batch": 2,
    "look_every": 2,
    "evaluate_every": 3,
    "n_held_out": 3,
    "n_plain": 2,
    "n_draw_steps": 2,
    "seed": 2,
}


def chosen(n=3, size=32):
    said = []
    for k in range(n):
        items = Item("apple", "red"), Item("house", ("blue", "white", "green")[k % 3])
        a, b = (paint(beside(*items, night), size) for night in (False, True))
        caption = "links ein roter Apfel, rechts ein blaues Haus"
        said.append(PicturePreference(PicturePair(caption, "de", "sky", a, b, k, k + 1), "b"))
    return to_bytes(said)


@pytest.fixture(scope="module")
def inputs(weights, encoder):
    return {"model": weights, "encoder": encoder.to_bytes(), "preferences": chosen()}


def finish(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def without_times(rows):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]


@pytest.fixture(scope="module")
def finished(inputs):
    program = PictureDpoProgram(inputs, SETTINGS)
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
    steps = [row for row in rows if row["kind"] == "step"]
    assert [row["step"] for row in steps] == [1, 2, 3, 4]
    assert steps[0]["loss_nats"] == pytest.approx(0.6931, abs=1e-3) and steps[0]["drift"] == 0.0
    assert steps[-1]["drift"] > 0.0
    assert json.loads(json.dumps(rows)) == rows


def test_the_same_captions_and_noises_before_and_now(finished):
    _, rows = finished
    looks = [row["pictures"] for row in rows if row["kind"] == "pictures"]
    asked = [[(one["caption"], one["seed"]) for one in look] for look in looks]
    assert asked[0] == asked[1] == asked[2] and len(set(asked[0])) == 16
    assert [one["left_open"] for one in looks[0]] == 12 * ["sky"] + 4 * [PLAIN]
    pictures = [picture_of(base64.b64decode(one["png"]), 32) for one in looks[0]]
    assert len({picture.tobytes() for picture in pictures}) == 16
    assert all(type(one["kept"]) is bool and type(one["met"]) is bool for one in looks[0])


def test_an_exam_has_shares_with_their_intervals_and_what_they_are_of(finished):
    program, rows = finished
    first, *_, last = (row for row in rows if row["kind"] == "exam")
    assert (last["n_judged"], last["n_plain"]) == (3, 2)
    for name in ("rate", "met", "plain"):
        share = last["rate" if name == "rate" else f"{name}_share"]
        assert 0.0 <= last[f"{name}_low"] <= share <= last[f"{name}_high"] <= 1.0
    told = program.numbers()
    assert told["rate"] == last["rate"] and told["rate_before"] == first["rate"]
    assert (told["rule"], told["way"], told["n_pairs"]) == ("night", "dpo", 3)
    assert share_of("met_share", [True, True, False, False])["met_share"] == 0.5


def test_from_any_piece_of_work_on_a_snapshot_gives_what_would_have_followed(inputs, finished):
    program, rows = finished
    whole, pieces, before = without_times(rows), PictureDpoProgram(inputs, SETTINGS), []
    for n_piece in range(400):
        if pieces.finished:
            break
        if n_piece % 11 == 6:
            pieces = PictureDpoProgram(inputs, {}, pieces.snapshot())
            pieces.exam = program.exam
        before += pieces.advance()
    assert without_times(before) == whole
    ours, theirs = load(pieces.snapshot()), load(program.snapshot())
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())
    assert pieces.result() == program.result()


def test_the_result_is_another_model_and_the_reference_stays(inputs, finished, denoiser):
    program, _ = finished
    model, extra = read_denoiser(program.result())
    assert (extra["objective"], extra["aligned_by"], extra["step"]) == ("velocity", "dpo", 4)
    before = denoiser.state_dict()
    kept = program.reference.denoiser.state_dict()
    assert all(torch.equal(value, before[name]) for name, value in kept.items())
    assert any(not torch.equal(v, before[n].half().float()) for n, v in model.state_dict().items())


def test_a_long_leash_drifts_further_than_a_short_one(inputs):
    def drift_of(kl_weight):
        looks = {"n_steps": 12, "look_every": 99, "evaluate_every": 99, "learning_rate": 1e-3}
        program = PictureDpoProgram(inputs, {**SETTINGS, **looks, "kl_weight": kl_weight})
        return [row["drift"] for row in finish(program) if row["kind"] == "step"][-1]

    assert drift_of(0.0) > 2 * drift_of(10.0)


def test_rate_and_leash_can_be_changed_and_nothing_else(inputs):
    program = PictureDpoProgram(inputs, SETTINGS)
    program.control({"learning_rate": 1e-5, "beta": 1.0, "kl_weight": 0.0})
    assert program.settings.beta == 1.0
    for change in ({"n_steps": 9}, {"beta": 0.0}, {"kl_weight": -1.0}):
        with pytest.raises(SettingError):
            program.control(change)


def test_a_diverged_run_says_so_and_ends(inputs):
    program = PictureDpoProgram(inputs, SETTINGS)
    program._due = []
    with torch.no_grad():
        program.model.denoiser.patches_out.bias[0] = float("nan")
    assert program.advance() == [{"kind": "diverged", "step": 0}]
    assert program.finished and program.numbers()["diverged_at_step"] == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"model": b"none"}, UnreadableWeights),
        ({"encoder": b"none"}, InputError),
        ({"encoder": CaptionEncoder(("one",)).to_bytes()}, UnreadableWeights),
        ({"preferences": b"none"}, UnreadablePreferences),
        ({"preferences": b""}, NoPreferences),
        ({"preferences": chosen(size=64)}, UnreadablePreferences),
    ],
)
def test_inputs_that_cannot_be_used_are_refused(inputs, change, error):
    with pytest.raises(error):
        PictureDpoProgram({**inputs, **change}, SETTINGS)


@pytest.mark.parametrize(
    "settings", [{"rule": "beautiful"}, {"beta": 0.0}, {"least_noise": 1.0}, {"prompt": "a cat"}]
)
def test_settings_out_of_range_are_refused(inputs, settings):
    with pytest.raises(SettingError):
        PictureDpoProgram(inputs, {**SETTINGS, **settings})
