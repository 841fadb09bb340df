"""Evaluating a model: the same questions every time, and a judge that can be checked by hand."""

import math
from itertools import islice, repeat

import pytest
import torch

from core.data import world
from core.data.dataset import Dataset, build_dataset
from core.data.splitting import Split
from core.training.settings import TrainingSettings
from core.training.text.evaluation import (
    DrawnText,
    Examiner,
    WorldJudge,
    documents_of,
    draw_texts,
    mean_loss,
    mean_loss_in_pieces,
    validation_sequences,
)

WORLD = world.WorldSettings(n_documents=40, german_share=0.5)


@pytest.fixture(scope="module")
def told():
    return world.tell(WORLD)


def texts_in(lang, told):
    return [document.text for document in told if document.lang == lang]


def test_validation_sequences_are_spread_over_the_whole_stream_and_always_the_same(dataset):
    sequences = validation_sequences(dataset, 3, 12)
    assert sequences.shape == (3, 13)
    stream = dataset.validation.tolist()
    assert sequences[0].tolist() == stream[:13]
    assert sequences[-1].tolist() == stream[-13:]
    assert torch.equal(sequences, validation_sequences(dataset, 3, 12))


def test_a_stream_too_short_for_what_was_asked_gives_what_there_is(dataset, encoder):
    assert len(validation_sequences(dataset, 1000, 12)) == len(dataset.validation) // 13
    assert validation_sequences(dataset, 5, 10_000).shape == (1, len(dataset.validation))
    nothing = build_dataset(Split(train=(), validation=()), encoder)
    assert len(validation_sequences(nothing, 5, 12)) == 0


def test_a_model_that_knows_nothing_loses_log_v(dataset, fresh_model):
    model = fresh_model()
    with torch.no_grad():
        model.token_embedding.weight.zero_()  # all scores equal
    loss = mean_loss(model, validation_sequences(dataset, 4, 12))
    assert loss == pytest.approx(math.log(dataset.n_vocab), abs=1e-5)


@pytest.mark.parametrize("n_sequences", [1, 8, 13])
def test_a_loss_taken_in_pieces_is_the_loss_of_all(dataset, fresh_model, n_sequences):
    model, sequences = fresh_model(), validation_sequences(dataset, n_sequences, 12)
    looking, n_pauses = mean_loss_in_pieces(model, sequences), 0
    while True:
        try:
            next(looking)
            n_pauses += 1
        except StopIteration as end:
            found = end.value
            break
    assert n_pauses == (len(sequences) - 1) // 8
    assert found == pytest.approx(mean_loss(model, sequences), rel=1e-6)


def test_the_training_texts_come_back_from_their_tokens(told, encoder):
    rebuilt = build_dataset(Split(train=tuple(told), validation=()), encoder)
    assert list(documents_of(rebuilt, encoder)) == [document.text for document in told]


def test_drawn_texts_depend_on_the_seed_alone(fresh_model, encoder):
    model = fresh_model()
    first, again, other = (
        list(islice(draw_texts(model, encoder, seed, n_tokens=9), 40)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_sentences_of_the_world_are_grammatical_true_and_copied(told):
    german = texts_in("de", told)
    judge = WorldJudge(WORLD, german)
    found = judge.judge((DrawnText(text, ended=True) for text in german), 50)
    assert found.n_sentences == 50
    assert found.grammatical_share == found.true_share == found.verbatim_share == 1.0
    assert found.n_checkable > 0


def test_a_world_of_two_languages_is_judged_in_both(told):
    judge = WorldJudge(WORLD, [])
    drawn = [DrawnText(document.text, ended=True) for document in told]
    found = judge.judge(drawn, 100)
    assert found.grammatical_share == 1.0
    assert found.verbatim_share == 0.0


def test_two_words_swapped_are_no_sentence(told):
    judge = WorldJudge(WORLD, [])
    swapped = []
    for text in texts_in("en", told):
        for sentence in world.sentences(text):
            words = sentence.split(" ")
            words[1], words[2] = words[2], words[1]
            swapped.append(DrawnText(" ".join(words), ended=True))
    found = judge.judge(swapped, 4 * len(swapped))
    assert found.n_sentences == len(swapped)
    assert found.grammatical_share < 0.05


def test_a_sentence_that_was_cut_off_is_not_judged_but_one_left_unfinished_is(told):
    whole = texts_in("en", told)[0]
    first = world.sentences(whole)[0]
    broken = first + " The cat and"
    judge = WorldJudge(WORLD, [])
    assert judge.judge([DrawnText(broken, ended=False)], 9).grammatical_share == 1.0
    assert judge.judge([DrawnText(broken, ended=True)], 9).grammatical_share == 0.5


def test_a_writer_that_never_ends_a_sentence_is_given_up_on():
    found = WorldJudge(WORLD, []).judge(repeat(DrawnText("and and", ended=False)), 20)
    assert found.n_sentences == 0
    assert found.grammatical_share == found.true_share == 0.0


def test_losses_of_the_travelling_sentence_have_one_value_for_each_token(
    dataset, encoder, fresh_model
):
    settings = TrainingSettings(sentence="Anna ist müde. 🦊")
    found = Examiner(encoder, dataset, settings).sentence_losses(fresh_model())
    assert "".join(found["tokens"]) == "Anna ist müde. 🦊"
    assert len(found["tokens"]) == len(found["losses_nats"])
    # Initial weights expect nothing in particular: log V per token, four tokens for the fox.
    n_tokens = len(encoder.encode(settings.sentence))
    assert sum(found["losses_nats"]) == pytest.approx(n_tokens * math.log(dataset.n_vocab), rel=0.1)


def test_without_a_world_nothing_is_claimed_about_grammar(dataset, encoder, fresh_model):
    found = Examiner(encoder, dataset, TrainingSettings()).evaluate(fresh_model())
    assert set(found) == {"validation_loss_nats", "validation_bits_per_byte"}


def test_without_held_out_text_no_loss_is_claimed(dataset, encoder, fresh_model):
    no_validation = Dataset(
        train=dataset.train,
        validation=dataset.validation[:0],
        n_train_bytes=dataset.n_train_bytes,
        n_validation_bytes=0,
        n_train_documents=40,
        n_validation_documents=0,
        n_vocab=dataset.n_vocab,
    )
    assert Examiner(encoder, no_validation, TrainingSettings()).evaluate(fresh_model()) == {}
