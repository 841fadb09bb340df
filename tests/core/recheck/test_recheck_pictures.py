"""The denoiser's NumPy twin against torch, and by hand, as it must stand on its own."""

import copy
import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from core.architecture.pictures import Denoiser, DenoiserConfig, to_patches
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.inference.pictures import PictureModel, draw
from core.recheck import pictures as twin

CAPTION = [3, 4, 5, 6]
ENCODER = CaptionEncoder(("a", "apple", "by", "day", "red", *"0123456789"))


@pytest.fixture(scope="module", params=[1, 3], ids=["one block", "three blocks"])
def model(request) -> Denoiser:
    """Every weight has an effect; a new one answers 0."""
    config = DenoiserConfig(
        n_words=ENCODER.n_words, n_caption=7, size=12, patch=4, n_channels=16, n_heads=2,
        n_blocks=request.param, n_text_blocks=2, n_hidden=24,
    )  # fmt: skip
    generator = torch.Generator().manual_seed(7)
    made = Denoiser(config)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(0.0, 0.4, generator=generator)
    return made.eval()


@pytest.fixture
def noisy():
    return torch.randn(1, 3, 12, 12, generator=torch.Generator().manual_seed(2))


def arrays(model):
    return {name: weight.numpy() for name, weight in model.state_dict().items()}


def close(ours, theirs, tolerance):
    """Equal relative to the largest value."""
    theirs = theirs.detach().numpy()
    return np.abs(ours - theirs).max() <= tolerance * np.abs(theirs).max()


def test_a_norm_by_hand():
    np.testing.assert_allclose(twin.norm(np.array([[1.0, 3.0]]), 2.0), [[-2.0, 2.0]], atol=1e-4)


def test_a_picture_and_its_patches_by_hand():
    picture = np.arange(48.0).reshape(3, 4, 4)
    patches = twin.to_patches(picture, 2)
    # The second patch from the left begins at column 2: red 2, green 18, blue 34
    np.testing.assert_array_equal(patches[1][:6], [2, 18, 34, 3, 19, 35])
    np.testing.assert_array_equal(twin.from_patches(patches, 2), picture)
    theirs = to_patches(torch.from_numpy(picture)[None], 2)[0]
    np.testing.assert_array_equal(patches, theirs.numpy())


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 5e-5), (torch.float32, 1e-4)])
@pytest.mark.parametrize("time", [0.03, 1.0])
def test_the_twin_agrees_with_the_model_everywhere(model, noisy, dtype, tolerance, time):
    # Not closer in float64: the speeds of the clock are single precision whatever the model is
    model = copy.deepcopy(model).to(dtype)
    captions = torch.tensor([[*CAPTION, 0, 0, 0]])
    given = noisy.to(dtype), torch.tensor([time], dtype=dtype), captions
    looks, words = model.attend(*given), model.read_words(captions)
    again = twin.forward(
        arrays(model), model.config.to_dict(), given[0][0].numpy(), time, np.array(CAPTION)
    )
    n = len(CAPTION)
    assert close(again.words, words.vectors[0, :n], tolerance)
    assert close(again.answer, model(*given)[0], tolerance)
    for layer, heads in enumerate(again.heads):
        for head, ours in enumerate(heads):
            theirs = looks.cross.attention_weights[layer][0, head]
            assert close(ours.weights, theirs[:, :n], tolerance)
            assert close(ours.queries, looks.cross.queries[layer][0, head], tolerance)
            assert close(ours.values, looks.cross.values[layer][0, head, :n], tolerance)


def test_one_weight_with_all_it_is_made_from(model, noisy):
    cell = twin.word_cell(
        arrays(model), model.config.to_dict(), noisy[0].numpy(), 0.5, np.array(CAPTION),
        layer=0, head=1, patch=5, word=2,
    )  # fmt: skip
    np.testing.assert_allclose(cell.scores, cell.keys @ cell.query / math.sqrt(8))
    np.testing.assert_allclose(cell.weights, np.exp(cell.scores) / np.exp(cell.scores).sum())
    assert cell.weight == cell.weights[2]
    looks = model.attend(noisy, torch.tensor([0.5]), torch.tensor([[*CAPTION, 0, 0, 0]]))
    assert cell.weight == pytest.approx(float(looks.at_words[0, 0, 1, 5, 2]), rel=1e-4)


def test_one_step_of_the_sampler_with_guidance(model):
    drawer = PictureModel(model, ENCODER)
    film = draw(drawer, ["a red apple by day"], seed=4, n_steps=3, guidance=2.5)
    now, after = film.frames[1], film.frames[2]
    ids = np.array(ENCODER.encode("a red apple by day")), np.array(ENCODER.encode(""))
    cell = twin.step_cell(
        arrays(model), model.config.to_dict(), now.noisy[0].numpy(), (now.time, after.time), ids,
        2.5, (1, 6, 7),
    )  # fmt: skip
    assert cell.velocity == cell.untold + 2.5 * (cell.told - cell.untold)
    assert cell.told != cell.untold
    assert cell.before == float(now.noisy[0, 1, 6, 7])
    assert cell.after == pytest.approx(float(after.noisy[0, 1, 6, 7]), rel=1e-4, abs=1e-5)


def test_it_needs_numpy_alone():
    code = "import sys, core.recheck.pictures; print([n for n in sys.modules if 'torch' in n])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
