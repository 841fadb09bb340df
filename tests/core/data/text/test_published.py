"""A published model's tokenizer reads text as our own does: as data, and without losing a byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

from core.data.text.bpe import Encoder
from core.data.text.encoding import TextEncoder
from core.data.text.graphemes import token_spans
from core.data.text.published import LETTERS, PATTERNS, load_encoder
from core.errors import GlassboxError, UnreadableTokenizer
from tests.small_gguf import gguf_bytes

END, CALM = "<|end|>", "<calm>"
VOCABULARY = {letter: id for id, letter in enumerate(LETTERS)} | {"he": 256, "hel": 257}
MERGES = [("h", "e"), ("he", "l")]


def write_folder(folder, *, config=None, about=None, change=lambda whole: whole):
    tokenizer = Tokenizer(models.BPE(VOCABULARY, MERGES))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens([AddedToken(END, special=True), AddedToken(CALM, normalized=False)])
    tokenizer.enable_truncation(3)
    (folder / "tokenizer.json").write_text(json.dumps(change(json.loads(tokenizer.to_str()))))
    config = {"vocab_size": 264, "eos_token_id": 258} if config is None else config
    (folder / "config.json").write_text(json.dumps(config))
    if about is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps(about))
    return folder


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> TextEncoder:
    return load_encoder(write_folder(tmp_path_factory.mktemp("folder")))


def test_tokens_specials_and_ends(encoder):
    hel, el, o = encoder.encode("hello")
    assert (encoder.token_bytes(hel), encoder.decode([hel, el, o])) == (b"hel", "hello")
    assert len(encoder.encode("hello hello")) == 7  # the file asks for a cut after three
    assert (encoder.n_vocab, encoder.end_id, encoder.special(258)) == (264, 258, END)
    assert encoder.special(hel) is None


def test_a_special_tokens_name_in_a_text_is_letters_and_an_added_word_is_one_token(encoder):
    ids = encoder.encode(END + CALM)
    assert 258 not in ids and ids[-1] == 259
    assert encoder.decode(ids) == END + CALM
    assert encoder.decode([258]) == "" and encoder.special_ids == {END: 258}


def test_ids_that_only_the_model_has_are_unused(encoder):
    assert encoder.special(263) == "<|unused 263|>" and encoder.decode([263]) == ""
    with pytest.raises(ValueError, match="264"):
        encoder.token_bytes(264)


def test_spans_never_split_a_character(encoder):
    spans = token_spans(encoder, [258, *encoder.encode("hello ä👩‍👧"), 262])
    assert [span.text for span in spans] == [
        *(END, "hel", "l", "o", " ", "ä", "👩‍👧", "<|unused 262|>"),
    ]
    assert [span.special for span in spans] == [True, *[False] * 6, True]


@given(st.text(st.characters(codec=None)))
def test_any_text_comes_back(encoder, text):
    readable = text.encode("utf-8", "replace").decode()
    ids = encoder.encode(text)
    assert encoder.decode(ids) == readable
    assert "".join(span.text for span in token_spans(encoder, ids)) == readable


def test_our_own_encoder_can_be_used_in_its_place():
    ours: TextEncoder = Encoder([])
    assert (ours.special(0), ours.special(5), ours.special(-1)) == ("<|end|>", None, None)


def test_the_end_that_the_tokenizer_names_comes_before_the_models(tmp_path):
    about = {"eos_token": {"content": CALM}}
    config = {"vocab_size": 264, "eos_token_id": [258, 259]}
    assert load_encoder(write_folder(tmp_path, config=config)).end_id == 258
    assert load_encoder(write_folder(tmp_path, config=config, about=about)).end_id == 259
    (tmp_path / "tokenizer_config.json").unlink()
    (tmp_path / "generation_config.json").write_text('{"eos_token_id": [257, 258]}')
    assert load_encoder(write_folder(tmp_path, config={"vocab_size": 264})).end_id == 257


def test_a_token_before_every_text_is_known(tmp_path):
    template = processors.TemplateProcessing(single=f"{CALM} $A", special_tokens=[(CALM, 259)])
    tokenizer = Tokenizer(models.BPE(VOCABULARY, MERGES))
    tokenizer.post_processor = template
    written = json.loads(tokenizer.to_str())["post_processor"]
    folder = write_folder(tmp_path, change=lambda whole: whole | {"post_processor": written})
    encoder = load_encoder(folder)
    assert encoder.begin_id == 259 and 259 not in encoder.encode("hello")


def test_pieces_of_sentencepiece_origin_are_spelled_in_characters(tmp_path):
    pieces = ["<unk>", "</s>", "<0xC3>", "<0xA4>", "\u2581", "a", "\u2581a", "<0xZZ>"]
    model = models.BPE(
        {piece: id for id, piece in enumerate(pieces)},
        [("\u2581", "a")],
        unk_token="<unk>",
        byte_fallback=True,
    )
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens(["<unk>", "</s>"])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "config.json").write_text(json.dumps({"eos_token_id": 1}))
    encoder = load_encoder(tmp_path)
    assert encoder.encode("a ä") == [6, 4, 2, 3]
    assert encoder.decode([6, 4, 2, 3]) == " a ä"
    assert [encoder.token_bytes(id) for id in (2, 7)] == [b"\xc3", b"<0xZZ>"]


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ({"change": lambda whole: []}, "no readable tokenizer.json"),
        ({"change": lambda whole: {}}, "byte-pair"),
        ({"change": lambda whole: whole | {"model": {"type": "WordPiece"}}}, "byte-pair"),
        ({"change": lambda whole: whole | {"decoder": None}}, "not made of bytes"),
        ({"change": lambda whole: whole | {"decoder": {"decoders": 7}}}, "not made of bytes"),
        ({"change": lambda whole: whole | {"pre_tokenizer": {"type": "x"}}}, "library"),
        ({"change": lambda whole: whole | {"model": {"type": "BPE", "vocab": 3}}}, "library"),
        ({"config": {"vocab_size": 264}}, "ends"),
        ({"config": {"vocab_size": 264, "eos_token_id": 999}}, "999"),
        ({"config": {"vocab_size": 200, "eos_token_id": 1}}, "does not know"),
        ({"config": {"vocab_size": "many", "eos_token_id": 1}}, "many"),
    ],
)
def test_a_folder_without_a_usable_tokenizer_is_refused(tmp_path, folder, reason):
    with pytest.raises(UnreadableTokenizer, match=reason) as error:
        load_encoder(write_folder(tmp_path, **folder))
    assert error.value.values["reason"]


def test_a_sentencepiece_file_alone_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(UnreadableTokenizer, match="no readable"):
        load_encoder(tmp_path)
    (tmp_path / "tokenizer.model").write_bytes(b"...")
    with pytest.raises(UnreadableTokenizer, match="SentencePiece"):
        load_encoder(tmp_path)


GGUF = {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.tokens": [*VOCABULARY, END, CALM],
    "tokenizer.ggml.token_type": [*[1] * 258, 3, 4],
    "tokenizer.ggml.merges": [" ".join(merge) for merge in MERGES],
    "tokenizer.ggml.eos_token_id": 258,
    "tokenizer.ggml.bos_token_id": 259,
}

PIECES = {"tokenizer.ggml.model": "llama", "tokenizer.ggml.scores": [0] * 260}


def from_gguf(folder, changed=()):
    (folder / "a.gguf").write_bytes(gguf_bytes(GGUF | dict(changed)))
    return load_encoder(folder / "a.gguf")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_gguf_tokenizer_loses_no_byte(tmp_path, pattern):
    encoder = from_gguf(tmp_path, {"tokenizer.ggml.pre": pattern})
    text = f"hello  Wörld\t123\r\n\n{CALM} {END} 👩‍👧 isn't  "
    ids = encoder.encode(text)
    assert encoder.decode(ids) == text
    assert 257 in ids and 259 in ids and 258 not in ids
    is_llama3 = pattern.startswith("llama")
    assert encoder.begin_id == (259 if is_llama3 else None)


def test_digits_are_words_of_their_own_in_smollm_only(tmp_path):
    tokens = [*VOCABULARY, "12", END]
    two = {
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [1] * len(tokens),
        "tokenizer.ggml.merges": ["h e", "he l", "1 2"],
    }
    assert len(from_gguf(tmp_path, two).encode("12")) == 1
    assert len(from_gguf(tmp_path, two | {"tokenizer.ggml.pre": "smollm"}).encode("12")) == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tokenizer.ggml.model": "llama"}, "no scores"),
        (PIECES | {"tokenizer.ggml.scores": [0]}, "no scores"),
        (PIECES | {"tokenizer.ggml.scores": 7}, "no scores"),
        (PIECES, "not made of bytes"),
        (
            {
                "tokenizer.ggml.model": "llama",
                "tokenizer.ggml.tokens": [*(f"<0x{byte:02X}>" for byte in range(256)), "a" * 200],
                "tokenizer.ggml.token_type": [*[6] * 256, 1],
                "tokenizer.ggml.scores": [0] * 257,
            },
            "128 characters",
        ),
        ({"tokenizer.ggml.model": "bert"}, "bert"),
        ({"tokenizer.ggml.model": [1]}, "its kind"),
        ({"tokenizer.ggml.token_type": 7}, "0 types"),
        ({"tokenizer.ggml.token_type": ["a"] * 260}, "0 types"),
        ({"tokenizer.ggml.pre": "tekken"}, "tekken"),
        ({"tokenizer.ggml.pre": [1]}, "splits"),
        ({"tokenizer.ggml.tokens": [1, 2]}, "no tokens"),
        ({"tokenizer.ggml.tokens": ["a"]}, "1 tokens"),
        ({"tokenizer.ggml.merges": ["h"]}, "library"),
        ({"tokenizer.ggml.merges": ["h no-token"]}, "library"),
        ({"tokenizer.ggml.eos_token_id": 10**6}, "no token"),
        ({"tokenizer.ggml.eos_token_id": "x"}, "no token"),
    ],
)
def test_a_gguf_file_without_a_usable_tokenizer_is_refused(tmp_path, changed, reason):
    with pytest.raises(GlassboxError, match=reason):
        from_gguf(tmp_path, changed)
