"""Our encoder as the tokenizer.json that the library tokenizers reads, giving the same tokens.

Which characters are letters and which are numbers depends on the version of Unicode that a library
knows. So the pattern that splits words names every one of them, instead of asking that library.
"""

import json
import sys
from collections import Counter
from functools import cache
from typing import Any, Final

import regex

from core.data.text.bpe import FIRST_BYTE, SPECIALS, WORDS, Encoder
from core.data.text.published import LETTERS
from core.errors import AmbiguousTokens

CLASSES: Final = (r"\p{L}", r"\p{N}", r"\s")
CHAT_TEMPLATE: Final = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}{{ '<|end|><|user|>' + message['content'] }}"
    "{% elif message['role'] == 'assistant' %}{{ '<|assistant|>' + message['content'] }}"
    "{% else %}{{ raise_exception('This model knows the roles user and assistant only.') }}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
"""The form of `core.alignment.text.chat`: the model ends an answer with <|end|>."""


def tokenizer_json(encoder: Encoder) -> dict[str, Any]:
    """The content of tokenizer.json.

    Special tokens are found in a text, as is usual there, unless the caller asks for
    `split_special_tokens`; see `tokenizer_config`.

    Raises:
        AmbiguousTokens: two tokens stand for the same bytes, which the file's format cannot hold.
    """
    check_tokens(encoder)
    spelled = [_spelled(encoder.token_bytes(id)) for id in range(FIRST_BYTE, encoder.n_vocab)]
    vocabulary = {token: FIRST_BYTE + i for i, token in enumerate(spelled)}
    vocabulary |= {name: id for id, name in enumerate(SPECIALS)}
    tokens = {id: token for token, id in vocabulary.items()}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": id, **_special(name)} for id, name in enumerate(SPECIALS)],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {
                    "type": "Split",
                    "pattern": {"Regex": words_spelled_out()},
                    "behavior": "Isolated",
                    "invert": False,
                },
                _byte_level(),
            ],
        },
        "post_processor": _begins_with_end(),
        "decoder": _byte_level(),
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": dict(sorted(vocabulary.items(), key=lambda each: each[1])),
            "merges": [[tokens[left], tokens[right]] for left, right in encoder.merges],
        },
    }


def check_tokens(encoder: Encoder) -> None:
    """Whether the file's format can hold the vocabulary.

    Runs of one character can be cut in several ways, so that two merges end in the same bytes; with
    ordinary texts that never happened.

    Raises:
        AmbiguousTokens: two tokens stand for the same bytes.
    """
    stands_for = Counter(encoder.token_bytes(id) for id in range(FIRST_BYTE, encoder.n_vocab))
    n_double = sum(n > 1 for n in stands_for.values())
    if n_double:
        raise AmbiguousTokens(f"{n_double} tokens have a double", n=n_double)


def tokenizer_config(n_context: int, is_chat: bool) -> dict[str, Any]:
    """The content of tokenizer_config.json.

    Args:
        n_context: tokens that the model sees at once.
        is_chat: whether it was taught to answer. A base model's tokenizer reads the names of
            special tokens as letters, as ours does. A chat template has to write them as text, so
            a chat model's tokenizer finds them in texts unless told `split_special_tokens=True`.
    """
    end = SPECIALS[0]
    said: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": end,
        "eos_token": end,
        "pad_token": end,
        "added_tokens_decoder": {str(id): _special(name) for id, name in enumerate(SPECIALS)},
        "additional_special_tokens": list(SPECIALS[1:]),
        "model_max_length": n_context,
        "clean_up_tokenization_spaces": False,
        "split_special_tokens": not is_chat,
    }
    if is_chat:
        said["chat_template"] = CHAT_TEMPLATE
    return said


@cache
def words_spelled_out() -> str:
    """`WORDS` with every letter, number and white space named, so that it depends on no library."""
    classes = {name: ranges_of(name) for name in CLASSES}
    pattern = str(WORDS.pattern)
    # Inside [^…] a class is a list of ranges; alone it needs brackets of its own.
    pattern = pattern.replace(
        r"[^\s\p{L}\p{N}]", "[^" + classes[r"\s"] + classes[r"\p{L}"] + classes[r"\p{N}"] + "]"
    )
    for name, ranges in classes.items():
        pattern = pattern.replace(name, f"[{ranges}]")
    return pattern.replace(r"\S", "[^" + classes[r"\s"] + "]")


def ranges_of(name: str) -> str:
    """The characters of a class as ranges, such as "a-z", for the inside of square brackets."""
    is_in = regex.compile(name)
    found: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or is_in.match(chr(code)) is None:  # surrogates are no text
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(
        _code(first) if first == last else f"{_code(first)}-{_code(last)}" for first, last in found
    )


def _code(code: int) -> str:
    return rf"\x{{{code:x}}}"


def _spelled(data: bytes) -> str:
    letters = _letter_of()
    return "".join(letters[byte] for byte in data)


@cache
def _letter_of() -> dict[int, str]:
    return {byte: letter for letter, byte in LETTERS.items()}


def _special(name: str) -> dict[str, Any]:
    return {
        "content": name,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _byte_level() -> dict[str, Any]:
    return {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": False,
        "use_regex": False,
    }


def _begins_with_end() -> dict[str, Any]:
    """In training every document follows an <|end|>, so a text begins with one."""
    end = SPECIALS[0]
    begin = {"SpecialToken": {"id": end, "type_id": 0}}

    def text(id: str, type_id: int) -> dict[str, Any]:
        return {"Sequence": {"id": id, "type_id": type_id}}

    return {
        "type": "TemplateProcessing",
        "single": [begin, text("A", 0)],
        "pair": [begin, text("A", 0), begin, text("B", 1)],
        "special_tokens": {end: {"id": end, "ids": [0], "tokens": [end]}},
    }


def as_json(content: object) -> bytes:
    """A file's bytes."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
