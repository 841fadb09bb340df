"""An adapter as a file: what it makes of a model, and what is refused of a stranger's."""

import io
import json
import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import save

from core.alignment.pictures.tuning.adapter_files import (
    LARGEST_BYTES,
    adapter_file,
    read_adapter,
    tuned_file,
    with_adapter,
)
from core.alignment.pictures.tuning.examples import styled_examples
from core.alignment.pictures.tuning.program import PictureTuningProgram
from core.architecture.pictures import Denoiser, DenoiserConfig, denoiser_bytes
from core.architecture.weights import ENTRY, description_of, tensors_of
from core.data.pictures.collecting.archive import to_bytes
from core.errors import (
    AdapterRank,
    KnownWords,
    NoAdapter,
    NotNumbers,
    NotSafetensors,
    NoWords,
    OtherShape,
    PickledWeights,
    TooLarge,
    TruncatedWeights,
    UnusableAdapter,
)
from core.inference.pictures import DrawSettings, draw
from core.inference.pictures.model import PictureModel

SETTINGS = {"subject": "sepia", "rank": 2, "n_steps": 4, "n_batch": 2, "n_plain": 2,
            "look_every": 99, "evaluate_every": 99, "n_held_out": 1, "n_draw_steps": 1,
            "guidance": 1.25, "learning_rate": 0.02, "seed": 2}  # fmt: skip


@pytest.fixture(scope="module")
def base(weights, encoder):
    return PictureModel.from_bytes(weights, encoder.to_bytes())


@pytest.fixture(scope="module")
def tuned(weights, encoder):
    """The file that a finished run leaves."""
    examples = to_bytes(styled_examples("sepia", 32, 1, 6))
    inputs = {"model": weights, "encoder": encoder.to_bytes(), "examples": examples}
    program = PictureTuningProgram(inputs, SETTINGS)
    while not program.finished:
        program.advance()
    return program.result()


@pytest.fixture(scope="module")
def home(tuned):
    return adapter_file(tuned, "abc")


def forged(data, tensors=None, **changes):
    """The same file, with something of its description changed."""
    about = description_of(data)
    about["metadata"] |= changes
    return save(tensors_of(data) if tensors is None else tensors, {ENTRY: json.dumps(about)})


def drawn(model, caption):
    settings = DrawSettings(n_steps=4, guidance=1.25)
    return draw(model, [caption] * 4, seed=[1, 2, 3, 4], keep=False, n_steps=settings.n_steps,
                guidance=settings.guidance).pictures  # fmt: skip


def test_a_file_says_what_it_was_taught_on_what_and_for_how_long(home):
    found = read_adapter(home)
    assert (found.rank, found.words, found.subject) == (2, ("sepia",), "sepia")
    assert (found.guidance, found.learned_on, found.step) == (1.25, "abc", 4)


def test_put_on_again_it_draws_what_the_run_drew(base, tuned, home, encoder):
    run = PictureModel.from_bytes(tuned, encoder.to_bytes())
    again = PictureModel.from_bytes(tuned_file(base, read_adapter(home)), encoder.to_bytes())
    assert again.words_learned == run.words_learned == ("sepia",)
    assert again.guidance == run.guidance == 1.25 and again.objective == run.objective
    ours, theirs = again.denoiser.state_dict(), run.denoiser.state_dict()
    for name, weight in theirs.items():
        # A and B are rounded to half precision before they are multiplied: one last bit or two.
        torch.testing.assert_close(ours[name], weight, rtol=2**-9, atol=2**-11)
        if "qkv" not in name and ".attention." not in name and ".cross." not in name:
            assert torch.equal(ours[name], weight), name
    for caption in ("a red cat on the left, sepia", "a red cat on the left"):
        one, other = drawn(run, caption), drawn(again, caption)
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 2  # grey levels of 256
    assert (drawn(base, "a red cat on the left") != drawn(run, "a red cat on the left")).any()


def test_it_can_be_taken_home_again_as_it_came(base, home):
    assert adapter_file(tuned_file(base, read_adapter(home)), "abc") == home


def test_an_adapter_brings_only_the_words_it_learned_itself(tuned, encoder):
    examples = to_bytes(styled_examples("chalk", 32, 1, 4))
    inputs = {"model": tuned, "encoder": encoder.to_bytes(), "examples": examples}
    program = PictureTuningProgram(inputs, {**SETTINGS, "subject": "chalk", "n_steps": 1})
    while not program.finished:
        program.advance()
    found = read_adapter(program.adapter)
    assert found.words == ("chalk", "kreide") or found.words == ("kreide", "chalk")
    before = PictureModel.from_bytes(tuned, encoder.to_bytes())
    assert with_adapter(before, found).words_learned == ("sepia", *found.words)


def test_a_file_without_what_older_ones_lack_is_read(home):
    about = description_of(home)
    for name in ("subject", "guidance", "learned_on", "step"):
        del about["metadata"][name]
    found = read_adapter(save(tensors_of(home), {ENTRY: json.dumps(about)}))
    assert (found.subject, found.guidance, found.learned_on, found.step) == ("own", 1.5, "", 0)


def torch_file(home):
    file = io.BytesIO()
    torch.save(tensors_of(home), file)
    return file.getvalue()


BAD_FILES = {
    "empty": (lambda home: b"", NotSafetensors),
    "text": (lambda home: b"lora_A = 1\n" * 100, NotSafetensors),
    "pickle": (lambda home: pickle.dumps({"a": 1}), PickledWeights),
    "torch": (torch_file, PickledWeights),
    "large": (lambda home: home + b"\0" * LARGEST_BYTES, TooLarge),
    "cut": (lambda home: home[:-100], TruncatedWeights),
    "cut in the header": (lambda home: home[:40], TruncatedWeights),
    "longer": (lambda home: home + b"\0", NoAdapter),
    "header": (lambda home: home[:8] + b"{" + b"[" * 40 + home[49:], NotSafetensors),
    "deep": (lambda home: (2_000_000).to_bytes(8, "little") + b'{"a":' + b"[" * 2_000_000,
             NotSafetensors),
    "others": (lambda home: save(tensors_of(home)), NoAdapter),
    "rank of a text": (lambda home: forged(home, rank="2"), NoAdapter),
    "alpha": (lambda home: forged(home, alpha_per_rank=16), NoAdapter),
    "guidance": (lambda home: forged(home, guidance=-1), NoAdapter),
    "no guidance": (lambda home: forged(home, guidance=float("nan")), NoAdapter),
    "words": (lambda home: forged(home, words_learned="sepia"), NoWords),
    "word": (lambda home: forged(home, words_learned=[7]), NoWords),
    "long word": (lambda home: forged(home, words_learned=["a" * 41]), NoWords),
    "half a sign": (lambda home: forged(home, words_learned=["\ud800"]), NoWords),
    "turned": (lambda home: forged(home, words_learned=["a\u202eb"]), NoWords),
    "many words": (lambda home: forged(home, words_learned=[f"w{n}" for n in range(25)]), NoWords),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_strangers_file_is_refused_for_what_it_is(home, name):
    make, error = BAD_FILES[name]
    with pytest.raises(error):
        read_adapter(make(home))


def test_every_number_must_be_one_and_fit_into_half_precision(base, home):
    tensors = {name: tensor.float() for name, tensor in tensors_of(home).items()}
    name = next(name for name in tensors if name.endswith(".b"))
    for value in (float("nan"), float("inf")):
        bad = {**tensors, name: torch.full_like(tensors[name], value)}
        with pytest.raises(NotNumbers):
            read_adapter(forged(home, bad))
    huge = read_adapter(forged(home, {**tensors, name: torch.full_like(tensors[name], 1e30)}))
    with pytest.raises(NotNumbers):
        with_adapter(base, huge)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"rank": 17}, AdapterRank),
        ({"rank": 10**12}, AdapterRank),
        ({"rank": 0}, AdapterRank),
        ({"rank": -2}, AdapterRank),
        ({"rank": 3}, OtherShape),
        ({"words_learned": ["ball"]}, KnownWords),
        ({"words_learned": ["a b"]}, NoWords),
        ({"words_learned": [""]}, NoWords),
        ({"words_learned": [" "]}, NoWords),
        ({"words_learned": ["Sepia"]}, NoWords),
        ({"words_learned": ["zo", "zo"]}, NoWords),
        ({"words_learned": ["sepia", "more"]}, OtherShape),
        ({"words_learned": []}, OtherShape),
    ],
)
def test_what_does_not_fit_the_model_is_refused(base, home, changes, error):
    with pytest.raises(error):
        with_adapter(base, read_adapter(forged(home, **changes)))


def test_known_words_are_named(base, home):
    with pytest.raises(KnownWords) as caught:
        with_adapter(base, read_adapter(forged(home, words_learned=["zottel", "ball"])))
    assert caught.value.values["words"] == "ball"


def test_an_adapter_of_another_model_or_with_more_inside_does_not_fit(base, home, encoder):
    config = DenoiserConfig(n_words=encoder.n_words, n_caption=20, n_channels=32, n_heads=2,
                            n_blocks=1, n_hidden=16)  # fmt: skip
    with pytest.raises(OtherShape):
        with_adapter(PictureModel(Denoiser(config), encoder), read_adapter(home))
    more = {**tensors_of(home), "patches_out.weight": torch.zeros(2, 2)}
    with pytest.raises(OtherShape):
        with_adapter(base, read_adapter(forged(home, more)))


def test_a_whole_model_is_no_adapter(base, tuned, denoiser):
    for data in (tuned, denoiser_bytes(denoiser)):
        with pytest.raises(NoAdapter):
            read_adapter(data)
    assert adapter_file(denoiser_bytes(denoiser)) is None


def test_any_cut_and_any_flipped_byte_is_an_error_of_ours_or_harmless(base, home):
    chance = np.random.default_rng(3)
    for place in chance.integers(0, len(home), 150):
        changed = bytearray(home)
        changed[place] ^= 1 << int(chance.integers(8))
        for data in (home[:place], bytes(changed)):
            try:
                tuned_file(base, read_adapter(data))
            except UnusableAdapter:
                continue
