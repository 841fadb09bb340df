"""Step 1 as a single call, and how well its encoder fits each language."""

import pytest

from core.data.text.bpe import Encoder
from core.data.text.cleaning import CleaningSettings
from core.data.text.documents import Document
from core.data.text.fertility import Fertility, fertility
from core.data.text.prepare import MIN_TRAIN_TOKENS, PHASES, evenly, prepare
from core.errors import TooShort

DOCUMENTS = [
    Document(f"Am {n}. Tag ging Frau Müller zum Markt und kaufte {n + 2} Äpfel.", "de")
    for n in range(60)
] + [Document(f"On day {n} Mr Baker sold {n + 3} loaves of bread.", "en") for n in range(60)]


def test_documents_become_corpus_encoder_and_dataset():
    prepared = prepare(DOCUMENTS * 2, n_vocab=300, validation_share=0.2, seed=1)
    assert prepared.corpus.documents == tuple(DOCUMENTS)
    assert prepared.report.counts.removed["duplicate"] == 120
    assert prepared.encoder.n_vocab == prepared.dataset.n_vocab == 300
    texts = prepared.encoder.decode(prepared.dataset.train.tolist()) + prepared.encoder.decode(
        prepared.dataset.validation.tolist()
    )
    assert len(texts) == sum(len(document.text) for document in DOCUMENTS)
    numbers = prepared.numbers
    assert numbers["n_kept"] == 120
    assert numbers["n_train_documents"] + numbers["n_validation_documents"] == 120
    assert numbers["tokens_per_word_de"] > 1


def test_the_same_input_gives_the_same_bytes():
    first, second = (prepare(DOCUMENTS, n_vocab=280, seed=3) for _ in range(2))
    assert first.encoder.to_bytes() == second.encoder.to_bytes()
    assert first.dataset.to_bytes() == second.dataset.to_bytes()
    assert first.corpus.to_bytes() == second.corpus.to_bytes()


def test_cleaning_settings_reach_the_dataset():
    off = prepare(DOCUMENTS * 2, CleaningSettings(duplicates=False), n_vocab=280)
    on = prepare(DOCUMENTS * 2, n_vocab=280)
    assert off.dataset.n_train_documents == 2 * on.dataset.n_train_documents


def test_each_phase_reports_its_progress_to_the_end():
    told = []
    prepare(
        DOCUMENTS * 20, n_vocab=280, on_progress=lambda phase, share: told.append((phase, share))
    )
    assert list(dict(told)) == list(PHASES)
    assert set(dict(told).values()) == {1.0}
    assert len(told) <= 300


@pytest.mark.parametrize(
    "documents", [[], DOCUMENTS[:5], [Document("Ein langer Text ohne zweiten. " * 500)]]
)
def test_too_little_text_to_train_or_evaluate_is_refused(documents):
    with pytest.raises(TooShort) as caught:
        prepare(documents, n_vocab=280)
    assert caught.value.values["n"] < caught.value.values["needed"] <= MIN_TRAIN_TOKENS


def test_a_large_corpus_is_sampled_evenly():
    assert evenly(["ab"] * 10, 20) == ["ab"] * 10
    assert evenly([str(n) for n in range(10)], 4) == ["0", "3", "6", "9"]


def test_fertility_counts_words_tokens_and_bytes_of_each_language():
    documents = [Document("süß, ja", "de"), Document("yes 42", "en"), Document("nein", "de")]
    measured = fertility(Encoder([]), documents)  # every byte is a token
    assert measured == {"de": Fertility(3, 13, 13), "en": Fertility(2, 6, 6)}
    assert measured["en"].tokens_per_word == 3.0
    assert measured["de"].bytes_per_token == 1.0
    assert Fertility(0, 0, 0).tokens_per_word == Fertility(0, 0, 0).bytes_per_token == 0.0
