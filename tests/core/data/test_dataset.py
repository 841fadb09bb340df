"""The dataset and its batches."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.dataset import Dataset, batch, build_dataset
from core.data.splitting import Split
from core.data.text.bpe import FIRST_BYTE, Encoder
from core.data.text.documents import Document
from core.errors import TooShort

BYTES = Encoder([])  # every byte is a token


def small() -> Dataset:
    train = tuple(Document("ä" + "abcdefghij"[:n]) for n in range(10))
    return build_dataset(Split(train, (Document("xyz"),)), BYTES)


def test_documents_stand_between_end_tokens():
    dataset = build_dataset(Split((Document("ab"), Document("c")), ()), BYTES)
    a, b, c = (FIRST_BYTE + ord(letter) for letter in "abc")
    assert dataset.train.tolist() == [0, a, b, 0, c, 0]
    assert dataset.validation.tolist() == []


def test_bytes_of_text_are_counted_without_end_tokens():
    dataset = build_dataset(Split((Document("äh"), Document("c")), (Document("€"),)), BYTES)
    assert (dataset.n_train_bytes, dataset.n_validation_bytes) == (4, 3)
    assert (dataset.n_train_documents, dataset.n_validation_documents) == (2, 1)


def test_one_bit_for_every_predicted_token_becomes_bits_per_byte():
    dataset = build_dataset(Split((Document("abcd"),), (Document("ab"),)), BYTES)
    one_bit = float(np.log(2))  # in nats
    # "<|end|> a b c d <|end|>": five tokens are predicted, four bytes of text.
    assert dataset.bits_per_byte(one_bit, "train") == pytest.approx(5 / 4)
    assert dataset.bits_per_byte(one_bit, "validation") == pytest.approx(3 / 2)


def test_bytes_bring_back_the_same_dataset():
    dataset = small()
    data = dataset.to_bytes()
    again = Dataset.from_bytes(data)
    np.testing.assert_array_equal(again.train, dataset.train)
    np.testing.assert_array_equal(again.validation, dataset.validation)
    assert again.train.dtype == np.uint16
    assert again.n_train_bytes == dataset.n_train_bytes
    assert again.to_bytes() == data


def test_targets_are_what_follows_the_inputs_in_the_text():
    dataset = small()
    inputs, targets = batch(dataset, step=3, seed=5, n_batch=4, n_context=6)
    assert inputs.shape == targets.shape == (4, 6)
    assert inputs.dtype == targets.dtype == torch.int64
    windows = {tuple(dataset.train[i : i + 7].tolist()) for i in range(len(dataset.train) - 6)}
    for row, target in zip(inputs.tolist(), targets.tolist(), strict=True):
        assert row[1:] == target[:-1]
        assert (*row, target[-1]) in windows


def test_the_batch_of_a_step_is_the_same_in_every_version():
    inputs, _ = batch(small(), step=0, seed=0, n_batch=5, n_context=1)
    again, _ = batch(Dataset.from_bytes(small().to_bytes()), 0, 0, n_batch=5, n_context=1)
    assert inputs[:, 0].tolist() == again[:, 0].tolist() == [104, 198, 103, 100, 0]


def test_another_step_or_another_seed_gives_another_batch():
    def first(step: int, seed: int) -> list[int]:
        return batch(small(), step, seed, n_batch=32, n_context=2)[0].flatten().tolist()

    assert first(0, 0) != first(1, 0)
    assert first(0, 0) != first(0, 1)


def test_neighbouring_steps_do_not_see_the_same_places_again():
    text = "".join(chr(0x4E00 + n) for n in range(20_000))  # every position is unique
    dataset = build_dataset(Split((Document(text),), ()), BYTES)
    first, second = (
        {tuple(row) for row in batch(dataset, step, 0, n_batch=64, n_context=9)[0].tolist()}
        for step in (0, 1)
    )
    assert len(first & second) < 4


def test_every_place_of_the_text_is_visited():
    dataset = build_dataset(Split((Document("abcdefgh"),), ()), BYTES)  # 10 tokens
    seen = {
        tuple(row)
        for step in range(20)
        for row in batch(dataset, step, 0, n_batch=8, n_context=3)[0].tolist()
    }
    assert len(seen) == 7  # windows of 3 + 1 tokens


def test_a_side_shorter_than_one_window_is_too_short():
    with pytest.raises(TooShort) as caught:
        batch(small(), 0, 0, n_batch=2, n_context=5, part="validation")
    assert caught.value.values == {"n": 5, "needed": 6, "unit": "tokens"}


@settings(deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 2**63))
def test_a_batch_depends_on_step_and_seed_alone(step, seed):
    dataset = small()
    once = batch(dataset, step, seed, n_batch=3, n_context=4)
    batch(dataset, step + 1, seed, n_batch=3, n_context=4)
    again = batch(dataset, step, seed, n_batch=3, n_context=4)
    assert torch.equal(once[0], again[0]) and torch.equal(once[1], again[1])
