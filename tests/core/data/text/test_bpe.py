"""The encoder: merges a human can follow, then what must hold for any text."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.text.bpe import (
    FIRST_BYTE,
    FIRST_MERGE,
    MAX_VOCAB,
    SPECIALS,
    WORDS,
    Encoder,
    Merge,
    learn_merges,
    merge_pair,
    train_bpe,
)
from core.errors import SettingError

STORY = "Der Bäcker bäckt. Die Bäckerin lacht. The baker's dog barks, and the baker's cat sleeps. "


def byte(character: str) -> int:
    return FIRST_BYTE + ord(character)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return train_bpe([STORY * 20], 400)


def test_the_most_frequent_pair_is_merged_first():
    # "ab" occurs twice in "abab" and once in "abc": 3 * 2 + 2 * 1 = 8 times; after it, "ab ab".
    merges = list(learn_merges(Counter({"abab": 3, "abc": 2}), 10))
    ab = FIRST_MERGE
    assert merges == [
        Merge(ab, (byte("a"), byte("b")), 8),
        Merge(ab + 1, (ab, ab), 3),
        Merge(ab + 2, (ab, byte("c")), 2),
    ]


def test_of_equally_frequent_pairs_the_one_with_the_smaller_ids_is_merged_first():
    merges = learn_merges(Counter({"xy": 2, "xb": 2, "az": 2}), 3)
    assert [merge.pair for merge in merges] == [
        (byte("a"), byte("z")),
        (byte("x"), byte("b")),
        (byte("x"), byte("y")),
    ]


def test_a_pair_seen_once_is_not_merged():
    assert train_bpe(["abc"], 300).n_vocab == FIRST_MERGE


def test_overlapping_pairs_are_merged_from_the_left():
    assert merge_pair([7, 7, 7], (7, 7), 9) == [9, 7]


def test_words_are_split_where_a_reader_expects_it():
    words = ["It", "'s", " 12", " Äpfel", ",", " oder", "?!", "\n\n ", " ja"]
    assert WORDS.findall("".join(words)) == words


def test_an_endless_run_is_split_into_words_of_bounded_length():
    assert max(map(len, WORDS.findall("a" * 1000 + "1" * 1000 + " " * 1000))) <= 65


@pytest.mark.parametrize("n_vocab", [FIRST_MERGE - 1, MAX_VOCAB + 1])
def test_a_vocabulary_of_impossible_size_is_refused(n_vocab):
    with pytest.raises(SettingError):
        train_bpe(["a"], n_vocab)


def test_a_merge_of_unknown_tokens_is_refused():
    with pytest.raises(ValueError):
        Encoder([(FIRST_MERGE, FIRST_BYTE)])
    with pytest.raises(ValueError):
        Encoder([(0, FIRST_BYTE)])


def test_learning_reports_its_progress_up_to_the_end():
    shares: list[float] = []
    train_bpe([STORY * 5], 270, shares.append)
    assert shares == pytest.approx([(n + 1) / 11 for n in range(11)])


def test_names_of_specials_in_a_text_are_ordinary_letters(encoder):
    ids = encoder.encode("".join(SPECIALS))
    assert min(ids) >= FIRST_BYTE
    assert encoder.decode(ids) == "".join(SPECIALS)


def test_specials_represent_no_text(encoder):
    assert encoder.decode([encoder.end_id, *encoder.encode("Hund"), 1, 2]) == "Hund"


def test_an_id_outside_the_vocabulary_is_refused(encoder):
    for id in (-1, encoder.n_vocab):
        with pytest.raises(ValueError):
            encoder.token_bytes(id)


def test_a_lone_surrogate_does_not_break_encoding(encoder):
    assert encoder.decode(encoder.encode("a\ud83db")) == "a?b"


def test_each_token_alone_is_encoded_as_itself(encoder):
    for id in range(FIRST_MERGE, encoder.n_vocab):
        text = encoder.decode([id])
        if "\ufffd" not in text:
            assert encoder.encode(text) == [id]


def test_learned_text_needs_fewer_tokens_than_bytes(encoder):
    assert len(encoder.encode(STORY)) < len(STORY.encode()) / 2


def test_bytes_bring_back_the_same_encoder(encoder):
    again = Encoder.from_bytes(encoder.to_bytes())
    assert again.merges == encoder.merges
    assert again.to_bytes() == encoder.to_bytes()


def test_merges_of_another_pattern_are_refused(encoder):
    with pytest.raises(ValueError):
        Encoder.from_bytes(encoder.to_bytes().replace(b"1,64", b"1,65"))


@settings(deadline=None)
@given(st.text())
def test_any_text_survives_a_round_trip(text):
    encoder = Encoder([(byte("a"), byte("b")), (byte(" "), byte("a")), (byte("Ã"), byte("¤"))])
    assert encoder.decode(encoder.encode(text)) == text


@settings(deadline=None)
@given(st.text())
def test_no_character_is_lost_between_two_words(text):
    assert "".join(WORDS.findall(text)) == text


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab ä", max_size=12), max_size=8), st.integers(0, 12))
def test_incremental_counts_give_the_same_merges_as_recounting(texts, n_merges):
    words = Counter(word for text in texts for word in WORDS.findall(text))
    assert list(learn_merges(words, n_merges)) == list(count_afresh(words, n_merges))


def count_afresh(word_counts, n_merges):
    """Byte-pair encoding as described in the paper: count all pairs, merge the best, repeat."""
    words = {word: [FIRST_BYTE + b for b in word.encode()] for word in word_counts}
    for new_id in range(FIRST_MERGE, FIRST_MERGE + n_merges):
        counts = Counter()
        for word, ids in words.items():
            for i in range(len(ids) - 1):
                counts[ids[i], ids[i + 1]] += word_counts[word]
        if not counts or max(counts.values()) < 2:
            return
        pair = min(counts, key=lambda pair: (-counts[pair], pair))
        yield Merge(new_id, pair, counts[pair])
        words = {word: merge_pair(ids, pair, new_id) for word, ids in words.items()}
