"""The tokenizer that a published model came with, behind the same interface as our own encoder.

It comes as a tokenizer.json or out of a GGUF file's metadata; the tokenizers library does the work.
Nothing in a file is executed. A folder's tokenizer that exists only as a SentencePiece file is
refused; a GGUF file holds what SentencePiece's says as plain lists, and those are read.

Source: huggingface.co/docs/tokenizers; for the patterns of GGUF files `llm_tokenizer_bpe` in
    llama.cpp's src/llama-vocab.cpp, and the tokenizer.json of the models that they name; for
    SentencePiece's pieces `llm_tokenizer_spm` there, and Kudo and Richardson 2018, "SentencePiece",
    arXiv:1808.06226.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE

from core.data.gguf_file import open_gguf
from core.data.small_json import read_json
from core.errors import UnreadableTokenizer

MOST_TOKENIZER_BYTES: Final = 64_000_000
MOST_CONFIG_BYTES: Final = 10_000_000  # tokenizer_config.json repeats all added tokens
MOST_TOKENS: Final = 1_000_000
LONGEST_PIECE: Final = 128  # characters of a token of SentencePiece's, whose own default is 16
SPACE: Final = "\u2581"  # how tokenizers that came from SentencePiece spell a space

# The types of tokens in GGUF files that stand for no text: unknown, control, unused.
NO_TEXT: Final = frozenset({2, 3, 5})
NORMAL: Final = 1
USER_DEFINED: Final = 4

_CONTRACTIONS: Final = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_REST: Final = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3: Final = rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}{_REST}"
QWEN2: Final = rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{_REST}"


class Published:
    """A published model's tokenizer; implements `core.data.text.encoding.TextEncoder`.

    Args:
        tokenizer: of the tokenizers library; it is changed to read special tokens as letters and to
            neither cut nor fill up texts.
        end_id: the token with which a text or an answer ends.
        n_vocab: tokens that the model scores; ids that the tokenizer does not use are unused.
        byte_level: whether tokens are spelled in one letter a byte, as in GPT-2; otherwise in
            characters, with bytes as <0x0A> and spaces as SPACE, as in Llama 2.
        begin_id: the token that the model expects before every text, None if there is none.

    Raises:
        UnreadableTokenizer: text could become a token that the model does not know.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        end_id: int,
        n_vocab: int,
        byte_level: bool,
        begin_id: int | None = None,
    ) -> None:
        tokenizer.encode_special_tokens = True
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self._byte_level = byte_level
        added = tokenizer.get_added_tokens_decoder()
        self._plain = {id: token.content for id, token in added.items() if not token.special}
        self._special = {id: token.content for id, token in added.items() if token.special}
        self.n_vocab = n_vocab
        self.end_id = end_id
        self.begin_id = begin_id
        known = tokenizer.get_vocab().values()
        if any(id >= n_vocab and id not in self._special for id in known):
            raise _unreadable("it has tokens that the model does not know")

    @property
    def special_ids(self) -> Mapping[str, int]:
        """Special tokens by name, such as those around the turns of a chat."""
        return {name: id for id, name in self._special.items()}

    def encode(self, text: str) -> list[int]:
        """The token ids of a text. Text is data: a special token's name in it is read as letters.

        A lone surrogate, which no Unicode encoding can represent, is read as "?".
        """
        whole = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._tokenizer.encode(whole, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """The text of token ids; invalid bytes become U+FFFD, specials become nothing.

        A tokenizer that came from SentencePiece puts a space before a text; it stays.
        """
        return b"".join(map(self.token_bytes, ids)).decode("utf-8", "replace")

    def token_bytes(self, id: int) -> bytes:
        """The bytes a token represents; none for a special or unused token."""
        if not 0 <= id < self.n_vocab:
            raise ValueError(f"token id is {id}, must lie in [0, {self.n_vocab})")
        if self.special(id) is not None:
            return b""
        if id in self._plain:
            return self._plain[id].encode("utf-8")
        spelled = self._tokenizer.id_to_token(id) or ""
        return _bytes_of_letters(spelled) if self._byte_level else _bytes_of_piece(spelled)

    def special(self, id: int) -> str | None:
        """The name of a special or unused token, None if the token represents text."""
        if id in self._special:
            return self._special[id]
        if 0 <= id < self.n_vocab and self._tokenizer.id_to_token(id) is None:
            return f"<|unused {id}|>"
        return None


def load_encoder(path: Path) -> Published:
    """The tokenizer of a published model.

    Args:
        path: the model's folder in Hugging Face form, or its GGUF file.

    Raises:
        UnreadableTokenizer: there is none, or none that can be read here.
        UnreadableWeights: the GGUF file is damaged or forged.
    """
    return _from_folder(path) if path.is_dir() else _from_gguf(path)


def _from_folder(folder: Path) -> Published:
    whole = read_json(folder / "tokenizer.json", MOST_TOKENIZER_BYTES)
    if not isinstance(whole, dict):
        if any(folder.glob("*.model")):
            raise _unreadable(
                "it exists only as a SentencePiece file, which is not read here; "
                "a tokenizer.json is needed"
            )
        raise _unreadable("there is no readable tokenizer.json")
    kinds = {part.get("type") for part in _decoders(whole)}
    if not isinstance(whole.get("model"), dict) or whole["model"].get("type") != "BPE":
        raise _unreadable("only byte-pair encodings are read")
    if not kinds & {"ByteLevel", "ByteFallback"}:
        raise _unreadable("its tokens are not made of bytes")
    tokenizer = _built(lambda: Tokenizer.from_str(json.dumps(whole)))
    config = read_json(folder / "config.json", MOST_CONFIG_BYTES)
    config = config if isinstance(config, dict) else {}
    n_vocab = config.get("vocab_size", tokenizer.get_vocab_size())
    if type(n_vocab) is not int or not 1 <= n_vocab <= MOST_TOKENS:
        raise _unreadable(f"vocab_size is {n_vocab!r}")
    begin = _built(lambda: tokenizer.encode("", add_special_tokens=True).ids)
    end_id = _end_of_folder(folder, config, tokenizer)
    if end_id is None:
        raise _unreadable("nothing says with which token a text ends")
    return Published(
        tokenizer,
        _in_vocabulary(end_id, n_vocab),
        n_vocab,
        byte_level="ByteLevel" in kinds,
        begin_id=_in_vocabulary(begin[0], n_vocab) if begin and begin[0] != end_id else None,
    )


def _decoders(whole: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    decoder = whole.get("decoder")
    if not isinstance(decoder, dict):
        return []
    parts = decoder.get("decoders", [decoder])
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _end_of_folder(folder: Path, config: Mapping[str, Any], tokenizer: Tokenizer) -> int | None:
    """The end that the tokenizer names, which for chat models is a turn's; else the model's."""
    about = read_json(folder / "tokenizer_config.json", MOST_CONFIG_BYTES)
    name: Any = about.get("eos_token") if isinstance(about, dict) else None
    name = name.get("content") if isinstance(name, dict) else name
    end: Any = tokenizer.token_to_id(name) if isinstance(name, str) else None
    if end is None:
        end = config.get("eos_token_id")
    if end is None:
        how = read_json(folder / "generation_config.json", MOST_CONFIG_BYTES)
        end = how.get("eos_token_id") if isinstance(how, dict) else None
    if isinstance(end, list) and end:
        end = end[0]
    return end if type(end) is int else None


def _from_gguf(path: Path) -> Published:
    file = open_gguf(path)
    about = file.metadata
    kind = about.get("tokenizer.ggml.model")
    if not isinstance(kind, str) or kind not in KINDS:
        known = ", ".join(KINDS)
        raise _unreadable(f"its kind is {kind!r:.80}; only byte-pair encodings ({known}) are read")
    tokens = _strings(about, "tokens")
    stored = about.get("tokenizer.ggml.token_type", np.full(len(tokens), NORMAL))
    types = stored.tolist() if isinstance(stored, np.ndarray) else []
    if not 1 <= len(tokens) <= MOST_TOKENS or len(types) != len(tokens):
        raise _unreadable(f"it has {len(tokens)} tokens and {len(types)} types of them")
    tokenizer, begins = KINDS[kind](about, tokens, types)
    added = [
        AddedToken(token, special=kind in NO_TEXT, normalized=False)
        for token, kind in zip(tokens, types, strict=True)
        if kind in NO_TEXT or kind == USER_DEFINED
    ]
    _built(lambda: tokenizer.add_tokens(added))
    n_vocab = file.shapes.get("token_embd.weight", (len(tokens),))[0]  # may be rounded up
    begin_id = about.get("tokenizer.ggml.bos_token_id")
    has_begin = about.get("tokenizer.ggml.add_bos_token", begins) is True
    return Published(
        tokenizer,
        _in_vocabulary(about.get("tokenizer.ggml.eos_token_id"), len(tokens)),
        n_vocab,
        byte_level=kind == "gpt2",
        begin_id=_in_vocabulary(begin_id, len(tokens)) if has_begin else None,
    )


def _byte_level(
    about: Mapping[str, Any], tokens: list[str], types: list[int]
) -> tuple[Tokenizer, bool]:
    """A byte-pair encoding as GPT-2's, and whether it begins texts if the file does not say."""
    pattern = about.get("tokenizer.ggml.pre")
    if not isinstance(pattern, str) or pattern not in PATTERNS:
        known = ", ".join(PATTERNS)
        raise _unreadable(f"it splits texts as {pattern!r:.80} does; known are {known}")
    merges: Any = [tuple(merge.split(" ", 1)) for merge in _strings(about, "merges")]
    is_llama3 = PATTERNS[pattern] is _llama3
    vocabulary = {token: id for id, token in enumerate(tokens)}
    tokenizer = _built(lambda: Tokenizer(BPE(vocabulary, merges, ignore_merges=is_llama3)))
    PATTERNS[pattern](tokenizer)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer, is_llama3


def _sentencepiece(
    about: Mapping[str, Any], tokens: list[str], types: list[int]
) -> tuple[Tokenizer, bool]:
    """Pieces of SentencePiece, and that they begin texts if the file does not say.

    Such a file has no merges but a score for every piece: of two neighbours that form a piece,
    those with the highest score become one first. Every way to cut a piece in two is such a merge.
    """
    scores = about.get("tokenizer.ggml.scores")
    if not isinstance(scores, np.ndarray) or len(scores) != len(tokens):
        raise _unreadable("it has no scores, or not as many as tokens")
    vocabulary = {token: id for id, token in enumerate(tokens)}
    if any(f"<0x{byte:02X}>" not in vocabulary for byte in range(256)):
        raise _unreadable("its tokens are not made of bytes")
    pieces = [(i, tokens[i]) for i, kind in enumerate(types) if kind == NORMAL]
    if any(len(piece) > LONGEST_PIECE for _, piece in pieces):
        raise _unreadable(f"it has a token of more than {LONGEST_PIECE} characters")
    best_first = sorted(pieces, key=lambda each: -float(scores[each[0]]))
    joinable = {piece for _, piece in pieces}
    merges = [
        (piece[:cut], piece[cut:])
        for _, piece in best_first
        for cut in range(1, len(piece))
        if piece[:cut] in joinable and piece[cut:] in joinable
    ]
    tokenizer = _built(lambda: Tokenizer(BPE(vocabulary, merges, byte_fallback=True)))
    spaces: list[Any] = [normalizers.Replace(" ", SPACE)]
    if about.get("tokenizer.ggml.add_space_prefix", True):
        spaces = [normalizers.Prepend(SPACE), *spaces]
    tokenizer.normalizer = normalizers.Sequence(spaces)
    return tokenizer, True


KINDS: Final[Mapping[str, Callable[..., tuple[Tokenizer, bool]]]] = {
    "gpt2": _byte_level,
    "llama": _sentencepiece,
}


def _gpt2(tokenizer: Tokenizer) -> None:
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)


def _smollm(tokenizer: Tokenizer) -> None:
    """GPT-2's pattern after every digit has become a word."""
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )


def _llama3(tokenizer: Tokenizer) -> None:
    tokenizer.pre_tokenizer = _split_by(LLAMA3)


def _qwen2(tokenizer: Tokenizer) -> None:
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = _split_by(QWEN2)


def _split_by(pattern: str) -> Any:
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


PATTERNS: Final[Mapping[str, Callable[[Tokenizer], None]]] = {
    "gpt-2": _gpt2,
    "gpt2": _gpt2,
    "llama-bpe": _llama3,
    "llama3": _llama3,
    "llama-v3": _llama3,
    "smollm": _smollm,
    "qwen2": _qwen2,
}


def _strings(about: Mapping[str, Any], name: str) -> list[str]:
    found = about.get(f"tokenizer.ggml.{name}")
    if not isinstance(found, list):  # lists of numbers are arrays
        raise _unreadable(f"it has no {name}")
    return found


def _in_vocabulary(id: object, n_vocab: int) -> int:
    if type(id) is not int or not 0 <= id < n_vocab:
        raise _unreadable(f"its first or last token would be {id!r}, which is no token")
    return id


def _built(build: Callable[[], Any]) -> Any:
    """What the library makes of a file; whatever it dislikes is our error."""
    try:
        return build()
    except Exception as error:
        raise _unreadable(f"the tokenizers library cannot use it: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of its Rust code; no Exception
            raise
        raise _unreadable("the tokenizers library cannot use it") from error


def _letters() -> dict[str, int]:
    """How GPT-2 spells bytes: those that can be printed as themselves, the others from U+0100 on.

    Source: `bytes_to_unicode` in github.com/openai/gpt-2, src/encoder.py.
    """
    printed = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printed]
    spelled = {chr(byte): byte for byte in printed}
    return spelled | {chr(0x100 + i): byte for i, byte in enumerate(others)}


LETTERS: Final = _letters()


def _bytes_of_letters(spelled: str) -> bytes:
    try:
        return bytes(LETTERS[letter] for letter in spelled)
    except KeyError:  # a token that the library would not spell this way stands for itself
        return spelled.encode("utf-8")


def _bytes_of_piece(spelled: str) -> bytes:
    if len(spelled) == 6 and spelled.startswith("<0x") and spelled.endswith(">"):
        try:
            return bytes.fromhex(spelled[3:5])
        except ValueError:
            pass
    return spelled.replace(SPACE, " ").encode("utf-8")


def _unreadable(reason: str) -> UnreadableTokenizer:
    return UnreadableTokenizer(f"the tokenizer cannot be used: {reason}", reason=reason)
