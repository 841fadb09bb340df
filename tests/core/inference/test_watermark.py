"""Green tokens become likelier, and nothing else changes."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch

from core.architecture.config import ModelConfig
from core.data.text.bpe import SPECIALS
from core.errors import SettingError
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings, temper
from core.inference.watermark import Watermark, favour_green, green_list, is_green

MARK = Watermark(key="a secret", share=0.25, strength=2.0)


def test_a_green_token_becomes_likelier_by_exactly_the_strength():
    """Two tokens at even odds, one green, strength ln 3: three to one afterwards."""
    mark = Watermark(key="k", strength=float(np.log(3)))
    before = next(
        (i,) for i in range(99) if green_list((i,), 5, mark)[3:].tolist() == [True, False]
    )
    logits = torch.tensor([-torch.inf, -torch.inf, -torch.inf, 1.5, 1.5])
    probs = temper(favour_green(logits, before, mark), 1.0)
    torch.testing.assert_close(probs, torch.tensor([0, 0, 0, 0.75, 0.25]))


def test_the_colours_never_change():
    """Pinned: a text marked today must be found by every later version, on every machine."""
    tokens = np.arange(3, 35, dtype=np.uint64)
    found = "".join("gr"[not green] for green in is_green((17,), tokens, MARK))
    assert found == "rrgrrgggrrrrrgrrrgrrgrggrrrrgrrr"


def test_the_share_of_green_tokens_is_the_one_asked_for():
    for share in (0.1, 0.25, 0.5):
        mark = Watermark(key="x", share=share)
        green = [is_green((i,), np.arange(2000, dtype=np.uint64), mark).mean() for i in range(50)]
        assert np.mean(green) == pytest.approx(share, abs=0.005)  # 100,000 coins: five sigma


def test_colours_depend_on_key_and_on_all_tokens_before_alone():
    one, other = Watermark(key="1", n_context=2), Watermark(key="2", n_context=2)
    assert (green_list((4, 5), 999, one) == green_list((4, 5), 999, one)).all()
    for different in (
        green_list((4, 5), 999, other),
        green_list((5, 4), 999, one),
        green_list((4, 6), 999, one),
    ):
        same = (different == green_list((4, 5), 999, one))[len(SPECIALS) :].mean()
        assert 0.4 < same < 0.6  # two halves drawn independently agree on half


def test_the_marks_for_end_and_speakers_stay_as_they_are():
    logits = torch.zeros(200)
    assert (favour_green(logits, (9,), MARK)[: len(SPECIALS)] == 0).all()


@pytest.mark.parametrize(
    "mark", [Watermark(key="k", strength=0.0), Watermark(key="k", n_context=3)]
)
def test_no_strength_or_no_context_changes_nothing(mark):
    logits = torch.randn(50)
    assert favour_green(logits, (1, 2), mark) is logits


@pytest.mark.parametrize(
    "wrong", [{"key": ""}, {"share": 0.0}, {"share": 1.0}, {"strength": -1.0}, {"n_context": 0}]
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(SettingError):
        Watermark(**{"key": "k", **wrong})


def test_a_marked_text_has_more_green_tokens_than_its_twin(config, model_of):
    model = model_of(ModelConfig(**{**config.to_dict(), "n_vocab": 300}))
    mark = Watermark(key="k", strength=4.0)
    shares = []
    for watermark in (None, mark):
        settings = SamplingSettings(seed=1, max_tokens=60, watermark=watermark)
        tokens = [5, *(one.token for one in generate(model, [5], settings))]
        pairs = [(a, b) for a, b in pairwise(tokens) if b >= len(SPECIALS)]
        n_green = sum(bool(green_list((a,), 300, mark)[b]) for a, b in pairs)
        shares.append(Fraction(n_green, len(pairs)))
    assert shares[1] > shares[0] + Fraction(1, 5)
