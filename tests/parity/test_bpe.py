"""Our byte-pair encoding against Hugging Face `tokenizers`: the same merges, the same ids."""

import json
import unicodedata
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split, WhitespaceSplit
from tokenizers.trainers import BpeTrainer

from core.data.text.bpe import FIRST_BYTE, SPECIALS, WORDS, Encoder, train_bpe

GERMAN = """Es war einmal eine Müllerin, die hatte drei Söhne, ihre Mühle, einen Esel, einen Kater.
Die Söhne mußten mahlen, der Esel Getreide holen und Mehl forttragen und die Katze die Mäuse
wegfangen. „Was soll ich tun?“, fragte der Jüngste; »ich möchte – ja! – größere Stiefel.« """
ENGLISH = """Alice was beginning to get very tired of sitting by her sister on the bank, and of
having nothing to do: once or twice she'd peeped into the book, but it hadn't any pictures. """
CODE = """def merge(ids, pair):
    for i in range(len(ids)-1):
        if ids[i]==0x1F: return {'a': [1, 22, 333]}

"""
EMOJI = "🎉🎉 👩‍👩‍👧 🇩🇪🇫🇷 👍🏽! naïve café e\u0301 漢字かな Привет مرحبا  \t\n x²½ "
TEXTS = [GERMAN * 3, ENGLISH * 3, CODE * 3, EMOJI * 3]


def gpt2_alphabet() -> list[str]:
    """The printable stand-ins that byte-level tokenizers use for the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def theirs_with_our_merges(encoder: Encoder) -> Tokenizer:
    alphabet = gpt2_alphabet()
    names = list(SPECIALS) + [
        "".join(alphabet[byte] for byte in encoder.token_bytes(id))
        for id in range(FIRST_BYTE, encoder.n_vocab)
    ]
    vocabulary = {name: id for id, name in enumerate(names)}
    merges = [(names[left], names[right]) for left, right in encoder.merges]
    tokenizer = Tokenizer(BPE(vocabulary, merges))
    cut = Split(Regex(WORDS.pattern), behavior="isolated")
    tokenizer.pre_tokenizer = Sequence([cut, ByteLevel(add_prefix_space=False, use_regex=False)])
    return tokenizer


ENCODER = train_bpe(TEXTS, 600)
THEIRS = theirs_with_our_merges(ENCODER)

# Their regex engine and ours may know different versions of Unicode: characters assigned before
# Python 3.11 are letters, digits or symbols to both.
KNOWN = st.characters(exclude_categories=["Cs", "Cn", "Co"]).filter(
    lambda character: unicodedata.category(character) != "Cn"
)
FRAGMENTS = st.one_of(
    st.sampled_from([*GERMAN.split(" "), *ENGLISH.split(" "), *CODE.split(" "), *EMOJI.split(" ")]),
    st.sampled_from([" ", "  ", "\n", "\t", "'s", "'ll", "<|end|>", "a" * 200, " " * 200]),
    st.text(KNOWN, max_size=5),
)


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=20).map("".join))
def test_with_the_same_merges_every_text_has_the_same_ids(text):
    ours_ids = ENCODER.encode(text)
    theirs_ids = THEIRS.encode(text, add_special_tokens=False).ids
    assert ours_ids == theirs_ids


@pytest.mark.parametrize("text", TEXTS, ids=["German", "English", "code", "emoji"])
def test_whole_texts_have_the_same_ids(text):
    assert ENCODER.encode(text) == THEIRS.encode(text, add_special_tokens=False).ids


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=10).map("".join))
def test_words_are_gpt2s_words_unless_a_run_is_very_long(text):
    alphabet = gpt2_alphabet()
    theirs_words = [
        word for word, _ in ByteLevel(add_prefix_space=False, use_regex=True).pre_tokenize_str(text)
    ]
    ours_words = [
        "".join(alphabet[byte] for byte in word.encode("utf-8")) for word in WORDS.findall(text)
    ]
    if all(len(word) <= 64 for word in theirs_words):
        assert ours_words == theirs_words
    else:
        assert "".join(ours_words) == "".join(theirs_words)


def theirs_trained(texts: list[str], n_vocab: int) -> list[tuple[int, int]]:
    """Merges that `tokenizers` learns, as pairs of our ids.

    They break ties as we do, by the smaller ids, but number the bytes differently. So each byte
    is written as a letter of an alphabet in byte order; then all ids agree.
    """
    letter = [chr(0x4E00 + byte) for byte in range(256)]
    words = Counter(word for text in texts for word in WORDS.findall(text))
    lines = [
        " ".join(["".join(letter[byte] for byte in word.encode("utf-8"))] * count)
        for word, count in words.items()
    ]
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = WhitespaceSplit()
    trainer = BpeTrainer(
        vocab_size=n_vocab,
        min_frequency=2,
        special_tokens=[AddedToken(name) for name in SPECIALS],
        initial_alphabet=letter,
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    vocabulary = tokenizer.get_vocab()
    by_id = sorted(vocabulary, key=lambda name: vocabulary[name])
    assert by_id[FIRST_BYTE : FIRST_BYTE + 256] == letter
    merges = tokenizer_merges(tokenizer)
    return [(vocabulary[left], vocabulary[right]) for left, right in merges]


def tokenizer_merges(tokenizer: Tokenizer) -> list[tuple[str, str]]:
    return [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


@pytest.mark.parametrize(
    "texts",
    [[GERMAN], [ENGLISH], [CODE * 2], [EMOJI * 2], TEXTS],
    ids=["German", "English", "code", "emoji", "all"],
)
def test_learning_finds_the_same_merges_in_the_same_order(texts):
    ours = train_bpe(texts, 700)
    assert list(ours.merges) == theirs_trained(texts, 700)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abc ", max_size=30), max_size=6))
def test_learning_agrees_where_almost_everything_is_a_tie(texts):
    ours = train_bpe(texts, 280)
    assert list(ours.merges) == theirs_trained(texts, 280)
