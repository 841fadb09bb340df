"""Comparing models, on examples that can be worked out by hand."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.alignment.comparing import (
    Contender,
    Cost,
    Duel,
    Rate,
    compare,
    duel,
    judged,
    plain_text_cost,
    probability_shift,
    rate,
)
from core.alignment.text.asking import Question
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.data.dataset import Dataset
from core.data.text.bpe import train_bpe

TEXT = "Mia wohnt im Rosenweg. Tom mag Brot. Wo wohnt Mia? "


class Short:
    """Rewards brevity: an answer of one word scores 1, of two words a half, longer ones 0."""

    def judge(self, question, answer, lang, town):
        return {1: 1.0, 2: 0.5}.get(len(answer.split()), 0.0)


class Polite:
    """Says "Gern" in German, "Gladly" in English."""

    def judge(self, question, answer, lang, town):
        return float({"de": "Gern", "en": "Gladly"}[lang] in answer)


def questions(*langs):
    return [Question(f"{number}?", lang, "told", None) for number, lang in enumerate(langs)]


@pytest.fixture(scope="module")
def encoder():
    return train_bpe([TEXT * 3], 280)


def tiny(encoder, seed):
    config = ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=24,
        n_layers=1,
        n_heads=2,
        n_kv_heads=2,
        n_channels=16,
        n_hidden=32,
    )
    return Transformer(config, seed=seed).eval()


def test_an_answer_keeps_a_rule_if_it_does_all_the_rule_wants():
    asked = questions("de", "en")
    scores = judged(Short(), asked, [["Rosenweg"], ["Rose Lane"]], None)
    assert scores == [[1.0], [0.5]]
    assert rate(scores) == Rate(1, 2)
    assert rate(scores).share == 0.5


def test_a_rule_judges_in_the_language_of_the_question():
    asked = questions("de", "en")
    assert judged(Polite(), asked, [["Gern."], ["Gern."]], None) == [[1.0], [0.0]]


def test_a_duel_counts_wins_ties_and_losses_answer_by_answer():
    ours, theirs = [[1.0, 0.5], [0.0, 0.5]], [[0.5, 0.5], [1.0, 0.0]]
    found = duel(ours, theirs)
    assert found == Duel(n_won=2, n_tied=1, n_lost=1)
    assert found.win_rate == pytest.approx(2 / 3)  # of the three decisive ones
    assert duel(theirs, ours) == Duel(1, 1, 2)


def test_models_asked_unequally_often_are_not_compared():
    with pytest.raises(ValueError):
        duel([[1.0]], [[1.0, 0.0]])


def test_the_interval_around_a_win_rate_is_wilsons():
    """8 out of 10 at z = 1.96: Wilson's interval is 49 % to 94 %."""
    low, high = Duel(8, 5, 2).interval
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert Duel(0, 7, 0).win_rate == 0.5
    assert Duel(0, 7, 0).interval == (0.0, 1.0)


def test_every_model_meets_every_earlier_one_once():
    given = {
        "base": [["Was denn nun"], ["So it is"]],
        "tuned": [["Hier drüben"], ["Here"]],
        "aligned": [["Gern"], ["Gladly"]],
    }
    found = compare(given, questions("de", "en"), {"short": Short(), "polite": Polite()}, None)
    assert list(found.duels) == [("tuned", "base"), ("aligned", "tuned"), ("aligned", "base")]
    assert all(one == Duel(2, 0, 0) for one in found.duels.values())
    assert found.rates["tuned"] == {"short": Rate(1, 2), "polite": Rate(0, 2)}
    assert found.rates["aligned"]["polite"] == Rate(2, 2)


def test_a_model_never_beats_itself(encoder):
    contender = Contender(tiny(encoder, 1), encoder, is_chat=True)
    asked = questions("de", "en")
    given = contender.answers(asked, seed=3, n_each=2, max_tokens=8)
    assert given == contender.answers(asked, seed=3, n_each=2, max_tokens=8)
    found = compare({"one": given, "two": given}, asked, {"short": Short()}, None)
    assert found.duels["two", "one"] == Duel(0, 4, 0)


def test_a_base_model_is_asked_in_the_layout_it_has_read(encoder):
    model = tiny(encoder, 1)
    asked = questions("de")
    as_chat = Contender(model, encoder, is_chat=True).answers(asked, seed=3, max_tokens=12)
    as_base = Contender(model, encoder, is_chat=False).answers(asked, seed=3, max_tokens=12)
    assert as_chat != as_base


def test_the_shift_of_a_text_is_the_difference_of_its_log_probabilities(encoder):
    before, after = tiny(encoder, 1), tiny(encoder, 2)
    tokens = [encoder.end_id, *encoder.encode("Mia mag Brot.")]
    shift = probability_shift(before, after, tokens)
    read = torch.tensor([tokens[:-1]])
    expected = [
        after(read)[0, i].log_softmax(-1)[token] - before(read)[0, i].log_softmax(-1)[token]
        for i, token in enumerate(tokens[1:])
    ]
    torch.testing.assert_close(shift, torch.stack(expected).detach())
    assert probability_shift(before, before, tokens).abs().max() == 0.0


class Fixed:
    """A model that always predicts the same, whatever it has read."""

    def __init__(self, *shares):
        self.scores = torch.tensor(shares).log()
        self.config = SimpleNamespace(n_context=8)

    def __call__(self, read):
        return self.scores.expand(*read.shape, -1)


def test_a_token_made_twice_as_likely_shifts_by_the_logarithm_of_two():
    before, after = Fixed(0.5, 0.25, 0.25), Fixed(0.25, 0.5, 0.25)
    shift = probability_shift(before, after, [0, 1, 0, 2])
    assert shift.tolist() == pytest.approx([math.log(2), -math.log(2), 0.0], abs=1e-6)


def test_the_cost_is_reported_in_bits_per_byte_of_the_held_out_text(encoder):
    ids = np.array([0, *encoder.encode(TEXT * 4), 0], dtype=np.uint16)
    n_bytes = len((TEXT * 4).encode())
    dataset = Dataset(ids, ids, n_bytes, n_bytes, 1, 1, encoder.n_vocab)
    model, blank = tiny(encoder, 1), tiny(encoder, 1)
    with torch.no_grad():
        blank.token_embedding.weight.zero_()
    cost = plain_text_cost(blank, model, dataset)
    assert plain_text_cost(model, model, dataset).change == 0.0
    # A model to which all tokens are equally likely is surprised by log2(V) bits at each one.
    expected = dataset.bits_per_byte(math.log(encoder.n_vocab), "validation")
    assert cost.before == pytest.approx(expected, rel=1e-5)
    assert cost == Cost(cost.before, plain_text_cost(model, model, dataset).before)
