"""Chat templates: what a conversation looks like to a model, special tokens included.

Ours has no place for a system prompt. What is called so with it is a text before the question.

Source: ChatML: github.com/openai/openai-python/blob/v0.28.1/chatml.md; Llama 3:
    llama.com/docs/model-cards-and-prompt-formats/meta-llama-3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.data.text.bpe import SPECIALS

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Turn:
    """Who says what."""

    role: Role
    text: str


@dataclass(frozen=True)
class Part:
    """A piece of what is read.

    Args:
        text: as it stands there; of a special token, its name.
        special: whether it is one token that no text can produce.
    """

    text: str
    special: bool = False


def ours(turns: Sequence[Turn]) -> list[Part]:
    """The template of the models here, up to where the answer begins."""
    end, user, assistant = (Part(name, True) for name in SPECIALS)
    parts: list[Part] = []
    system = " ".join(turn.text.strip() for turn in turns if turn.role == "system")
    for turn in turns:
        if turn.role == "user":
            text = turn.text.strip()
            if system:
                text, system = f"{system} {text}", ""
            parts += [end, user, Part(text), assistant]
        elif turn.role == "assistant":
            parts.append(Part(turn.text.strip()))
    return parts


def chatml(turns: Sequence[Turn]) -> list[Part]:
    """ChatML: each turn between two marks, the role as a word; of many models, such as Qwen."""
    parts: list[Part] = []
    for turn in turns:
        start, end = Part("<|im_start|>", True), Part("<|im_end|>", True)
        parts += [start, Part(f"{turn.role}\n{turn.text}"), end, Part("\n")]
    return [*parts, Part("<|im_start|>", True), Part("assistant\n")]


def llama3(turns: Sequence[Turn]) -> list[Part]:
    """Llama 3: the role between two marks, and one more mark where a turn ends."""
    parts = [Part("<|begin_of_text|>", True)]
    for turn in turns:
        parts += [*_header(turn.role), Part(f"\n\n{turn.text.strip()}"), Part("<|eot_id|>", True)]
    return [*parts, *_header("assistant"), Part("\n\n")]


def _header(role: str) -> list[Part]:
    return [Part("<|start_header_id|>", True), Part(role), Part("<|end_header_id|>", True)]


def as_text(parts: Sequence[Part]) -> str:
    """What is read as one text, special tokens by their names."""
    return "".join(part.text for part in parts)
