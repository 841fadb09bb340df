"""Tokenizers of published models against the `transformers` library's own classes for them."""

import itertools
import json

import gguf
import pytest
import transformers
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from transformers.convert_slow_tokenizer import TikTokenConverter
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX
from transformers.tokenization_utils_base import generate_merges

from core.data.text.published import LLAMA3, load_encoder
from tests.gguf_files import add_pieces, write_tokenizer

TEXT = """It's 3.14159 and 1234567 words, isn't it? Größe, naïve café — “quoted”.
\tdef f(x):\n\t\treturn x ** 2  # twice\n\n\nMia mag   Käse.  日本語のテキスト 👩‍👩‍👧 한국어 مرحبا
I'LL don'T  \r\n  e\u0301 trailing  """
END = "<|endoftext|>"


@pytest.fixture(scope="module")
def learned():
    """Vocabulary and merges of a byte-level tokenizer, learned from the text itself."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=1,
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT] * 2, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(merge) for merge in model["merges"]]


CLASSES = {"gpt-2": transformers.GPT2Tokenizer, "qwen2": transformers.Qwen2Tokenizer}


@pytest.mark.parametrize("pattern", CLASSES)
def test_a_gguf_tokenizer_reads_text_as_their_class_for_it(pattern, learned, tmp_path):
    vocabulary, merges = learned
    theirs = CLASSES[pattern](vocab=vocabulary, merges=merges)
    types = [gguf.TokenType.CONTROL, *[gguf.TokenType.NORMAL] * (len(vocabulary) - 1)]
    write_tokenizer(tmp_path / "a.gguf", vocabulary, merges, pattern, types)
    ours = load_encoder(tmp_path / "a.gguf")
    ids = ours.encode(TEXT)
    assert ids == theirs.encode(TEXT, add_special_tokens=False)
    assert ours.decode(ids) == theirs.decode(ids, clean_up_tokenization_spaces=False)
    assert ours.special(ours.end_id) == END


@pytest.mark.parametrize("pattern", CLASSES)
def test_a_tokenizer_json_reads_text_as_their_class_for_it(pattern, learned, tmp_path):
    vocabulary, merges = learned
    theirs = CLASSES[pattern](vocab=vocabulary, merges=merges)
    theirs.save_pretrained(tmp_path)
    ours = load_encoder(tmp_path)
    ids = ours.encode(TEXT)
    assert ids == theirs.encode(TEXT, add_special_tokens=False)
    assert ours.decode(ids) == theirs.decode(ids, clean_up_tokenization_spaces=False)
    assert ours.end_id == theirs.eos_token_id == 0


def test_the_pattern_of_llama_3_is_theirs():
    assert TikTokenConverter().pattern == LLAMA3


SPACE = "\u2581"


@pytest.fixture(scope="module")
def pieces():
    """Pieces and scores as SentencePiece's learner leaves them, and their types: earlier merges
    have higher scores, single characters the lowest, and every byte has a token of its own."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=300, min_frequency=1, show_progress=False)
    tokenizer.train_from_iterator([TEXT.replace("日", "").replace("ö", "")] * 2, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    merged = ["".join(merge) for merge in model["merges"]]
    # Runs of spaces, which can be cut in two in several ways.
    merged += [SPACE * n for n in (2, 3, 4, 8) if SPACE * n not in merged]
    letters = [token for token in model["vocab"] if token not in merged]
    in_bytes = [f"<0x{byte:02X}>" for byte in range(256)]
    tokens = ["<unk>", "<s>", "</s>", *in_bytes, *dict.fromkeys(merged), *letters]
    scores = [*[0.0] * 259, *(-float(i) for i in range(len(tokens) - 259))]
    types = [2, 3, 3, *[6] * 256, *[1] * (len(tokens) - 259)]
    return tokens, scores, [gguf.TokenType(kind) for kind in types]


def joined_by_score(text, tokens, scores):
    """What llama.cpp and SentencePiece do, in the plainest way: the best pair becomes one, the
    leftmost of equals; what is no piece then is spelled in bytes."""
    score = dict(zip(tokens[259:], scores[259:], strict=True))
    symbols = list(SPACE + text.replace(" ", SPACE))
    while True:
        pairs = [
            (score[a + b], -i)
            for i, (a, b) in enumerate(itertools.pairwise(symbols))
            if a + b in score
        ]
        if not pairs:
            break
        i = -max(pairs)[1]
        symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
    ids = {token: id for id, token in enumerate(tokens)}
    return [
        id
        for symbol in symbols
        for id in ([ids[symbol]] if symbol in score else [3 + byte for byte in symbol.encode()])
    ]


SPACED = TEXT + " " * 5 + "a" + " " * 7 + "b" + " " * 13


def test_pieces_of_a_gguf_file_are_joined_by_their_scores(pieces, tmp_path):
    tokens, scores, _ = pieces
    write_tokenizer(tmp_path / "a.gguf", *pieces, add=add_pieces)
    ours = load_encoder(tmp_path / "a.gguf")
    for text in (TEXT, SPACED, " begins with a space", "<s> <0x0A> </s>", "日", "x"):
        ids = ours.encode(text)
        assert ids == joined_by_score(text, tokens, scores)
        assert ours.decode(ids) == " " + text
    assert (ours.begin_id, ours.end_id, ours.special(2)) == (1, 2, "</s>")


def test_pieces_of_a_gguf_file_are_joined_as_their_class_for_it_does(pieces, tmp_path):
    tokens, scores, _ = pieces
    write_tokenizer(tmp_path / "a.gguf", *pieces, add=add_pieces)
    vocabulary = {token: id for id, token in enumerate(tokens)}
    merges = generate_merges(vocabulary, dict(zip(tokens, scores, strict=True)), tokens[:259])
    theirs = transformers.LlamaTokenizer(vocab=vocabulary, merges=merges)
    ids = load_encoder(tmp_path / "a.gguf").encode(TEXT)
    assert ids == theirs.encode(TEXT, add_special_tokens=False)


def test_pieces_without_a_space_before_a_text(pieces, tmp_path):
    def say_so(writer):
        writer.add_add_space_prefix(False)

    write_tokenizer(tmp_path / "a.gguf", *pieces, add=add_pieces, extra=say_so)
    ours = load_encoder(tmp_path / "a.gguf")
    assert ours.decode(ours.encode("Mia mag")) == "Mia mag"
