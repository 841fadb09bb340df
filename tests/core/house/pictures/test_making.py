"""The command makes the denoiser, and what it reports is true."""

import json

import pytest

from core.architecture.pictures import n_parameters, read_denoiser
from core.architecture.pictures.config import DenoiserConfig
from core.data.pictures.wording.captions import captions
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.house.pictures.making import inputs_of, make_pictures, train_and_keep
from core.house.pictures.measuring import kinds, measured
from core.house.pictures.recipe import LIVE, N_CAPTION, PICTURES, quick_pictures
from core.inference.pictures import PictureModel
from core.lineage import content_id
from core.training.pictures.judging import is_unseen
from core.training.pictures.program import PictureTrainingProgram

QUICK = quick_pictures(PICTURES)


def test_every_file_is_there_and_is_what_the_record_says(folder, record):
    for one in [record["encoder"], *record["checkpoints"]]:
        assert content_id(folder.read(one["file"])) == one["id"]
        assert one["n_bytes"] == len(folder.read(one["file"]))
    assert json.loads(folder.read("pictures.json")) == json.loads(json.dumps(record))
    assert not list(folder.path.glob("*.unfinished"))
    assert [one["step"] for one in record["checkpoints"]] == [2, 4]


def test_the_corpus_can_be_drawn_again_and_the_record_holds_its_id(record):
    inputs = inputs_of(QUICK)
    assert content_id(inputs["corpus"]) == record["corpus"]["id"]
    assert content_id(inputs["design"]) == record["design"]["id"]


def test_the_record_tells_the_model_that_is_shipped(folder, record):
    model, extra = read_denoiser(folder.read(record["checkpoints"][-1]["file"]))
    assert model.config == DenoiserConfig.from_dict(record["config"])
    assert record["n_parameters"] == n_parameters(model.config) == model.n_parameters
    assert extra["step"] == 4 and extra["precision"] == "float16"


def test_figures_belong_to_the_bytes_that_are_shipped(folder, record):
    last = record["checkpoints"][-1]
    encoder = folder.read(record["encoder"]["file"])
    model = PictureModel.from_bytes(folder.read(last["file"]), encoder)
    assert measured(model, QUICK.book, QUICK.drawing, QUICK.n_measured) == last["numbers"]


def test_a_share_comes_with_its_count_and_its_interval(record):
    for found in record["checkpoints"][-1]["numbers"].values():
        for share in (found["whole"], *found["languages"].values()):
            assert 0.0 <= share["low"] <= share["share"] <= share["high"] <= 1.0
        both = sum(share["n"] for share in found["languages"].values())
        assert both == found["whole"]["n"] == QUICK.n_measured


def test_interrupted_work_goes_on_and_ends_in_the_same_bytes(folder, record, tmp_path):
    inputs, work = inputs_of(QUICK), tmp_path / "work"
    program = PictureTrainingProgram(inputs, QUICK.training.to_dict())
    while program.step < 3:
        program.advance()
    work.mkdir()
    (work / "pictures.unfinished").write_bytes(program.snapshot())
    (work / "kept-00002").write_bytes(folder.read("pictures-00002.safetensors"))
    lines = []
    kept, _ = train_and_keep(QUICK, inputs, work, lines.append)
    assert content_id(kept[4]) == record["checkpoints"][-1]["id"]
    assert content_id(kept[2]) == record["checkpoints"][0]["id"]
    again, _ = train_and_keep(QUICK, inputs, work, lines.append)  # nothing is left to do
    assert again == kept


def test_making_it_twice_gives_the_same_model(record, tmp_path_factory):
    from core.house.files import Folder

    other = Folder(tmp_path_factory.mktemp("again"))
    again = make_pictures(other, is_quick=True, say=lambda line: None)
    assert [one["id"] for one in again["checkpoints"]] == [
        one["id"] for one in record["checkpoints"]
    ]


def test_what_is_asked_for_is_of_its_kind():
    found = kinds(PICTURES.book, 40)
    assert {name: len(asked) for name, asked in found.items()} == dict.fromkeys(found, 40)
    for kind in ("book", "seen", "counts"):
        assert not any(is_unseen(wish, PICTURES.book) for wish in found[kind])
    owners = {kind: sum(any(item.owner for item in wish.scene.items) for wish in asked)
              for kind, asked in found.items()}  # fmt: skip
    assert owners["owned"] == 40 and 0 < owners["book"] < 20
    assert owners["seen"] == owners["unseen"] == owners["counts"] == 0
    assert all(is_unseen(wish, PICTURES.book) for wish in found["unseen"])
    assert {wish.scene.number for wish in found["counts"]} == {2, 3}
    captions_seen = {wish.caption for asked in found.values() for wish in asked}
    assert len(captions_seen) > 100


def test_the_card_names_command_numbers_and_limits(folder, record):
    card = folder.read("MODEL_CARD_PICTURES.md").decode("utf-8")
    assert record["made"]["command"] in card and f"{record['n_parameters']:,}" in card
    assert "never drawn: red star" in card and "no dog" in card


@pytest.mark.parametrize("recipe", [PICTURES, LIVE])
def test_the_recipes_can_read_every_caption_of_their_book(recipe):
    encoder = CaptionEncoder.of_the_book(recipe.book.town_seed)
    assert recipe.design(encoder).n_words == encoder.n_words
    for lang in ("de", "en"):
        assert all(encoder.known(word)[0] for word in captions(lang).words())
    assert N_CAPTION >= 18


def test_it_says_what_it_is_doing(lines):
    assert any("drawing" in line for line in lines) and any("seen:" in line for line in lines)
