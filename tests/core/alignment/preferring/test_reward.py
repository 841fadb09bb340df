"""A reward model scores by what it was shown, and survives serialisation unchanged."""

import math

import pytest
import torch

from core.alignment.preferring.reward import (
    RewardModel,
    both_bad_loss,
    bradley_terry_loss,
    read_reward,
    reward_bytes,
    word_influence,
)
from core.alignment.text.answered import answered
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.text.bpe import Encoder, train_bpe
from core.errors import UnreadableWeights

POLITE, PLAIN = "Gern. Im Rosenweg.", "Im Rosenweg."


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return train_bpe(["Wo wohnt Mia? Gern. Im Rosenweg. Im Parkweg. Danke."] * 4, 300)


@pytest.fixture
def model(encoder):
    config = ModelConfig(
        n_vocab=encoder.n_vocab,
        n_context=48,
        n_layers=1,
        n_heads=2,
        n_kv_heads=2,
        n_channels=32,
        n_hidden=64,
    )
    trunk = Transformer(config, seed=1)  # in a new one the last token does not see any other yet
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for parameter in trunk.parameters():
            parameter.normal_(0.1, 0.3, generator=generator)
    return RewardModel(trunk)


def taught(model, encoder):
    """A model after thirty steps on one preference."""
    batch = answered(encoder, [("Wo wohnt Mia?", POLITE), ("Wo wohnt Mia?", PLAIN)], 48)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(30):
        optimizer.zero_grad()
        bradley_terry_loss(*model(batch).chunk(2)).backward()
        optimizer.step()
    return model.eval()


def test_the_loss_of_a_pair_worked_by_hand():
    loss = bradley_terry_loss(torch.tensor([1.0]), torch.tensor([-1.0]))
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-2.0)))
    assert both_bad_loss(torch.tensor([0.0, 0.0])).item() == pytest.approx(math.log(2))
    assert both_bad_loss(torch.tensor([-3.0])) < both_bad_loss(torch.tensor([3.0]))


def test_before_the_first_preference_all_scores_are_equal(model, encoder):
    assert model.scores(encoder, [("Wo?", POLITE), ("Wo?", PLAIN)]) == [0.0, 0.0]


def test_preferred_answers_score_higher_afterwards(model, encoder):
    polite, plain = taught(model, encoder).scores(
        encoder, [("Wo wohnt Mia?", POLITE), ("Wo wohnt Mia?", PLAIN)]
    )
    assert polite > plain + 1


def test_a_score_does_not_depend_on_the_batch(model, encoder):
    taught(model, encoder)
    long = ("Wo wohnt Mia?", POLITE * 3)
    alone = model.scores(encoder, [("Wo?", PLAIN)])
    assert model.scores(encoder, [("Wo?", PLAIN), long])[:1] == pytest.approx(alone, abs=1e-5)


def test_the_word_that_was_preferred_moves_the_score_most(model, encoder):
    found = word_influence(taught(model, encoder), encoder, "Wo wohnt Mia?", POLITE)
    assert [one.text for one in found] == ["Gern. ", "Im ", "Rosenweg."]
    assert "".join(POLITE[one.start : one.end] for one in found) == POLITE
    assert max(found, key=lambda one: one.change).text == "Gern. "


def test_it_comes_back_from_bytes_unchanged(model, encoder):
    pairs = [("Wo?", POLITE), ("Wo?", PLAIN)]
    data = reward_bytes(taught(model, encoder))
    assert read_reward(data).scores(encoder, pairs) == model.scores(encoder, pairs)
    assert reward_bytes(read_reward(data)) == data


def test_a_model_that_only_writes_is_not_a_reward_model(model):
    for metadata in ({}, {"reward_head": [0.0]}, {"reward_head": ["x"] * 32}):
        with pytest.raises(UnreadableWeights):
            read_reward(checkpoint_bytes(model.trunk, metadata))


def test_what_is_too_long_keeps_its_question_and_loses_the_answers_end(encoder):
    question, answer = "Wo wohnt Mia?", "Im Rosenweg. " * 40
    batch = answered(encoder, [(question, answer)], 48)
    assert batch.tokens.shape == (1, 48)
    n_asked = int((~batch.mask).sum())
    assert encoder.decode(batch.tokens[0, 2 : n_asked - 1].tolist()) == question
    endless = answered(encoder, [("Wo wohnt Mia? " * 40, PLAIN)], 48)
    assert endless.tokens.shape[1] <= 48
    assert endless.mask.any()
