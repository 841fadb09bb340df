"""Prompts: what a person writes around a question, as the tokens that a model reads.

Invariant: what is typed is data. The name of a special token in a prompt is read as letters; only
the template puts in the token itself.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from unicodedata import normalize

from core.alignment.text.chat import is_chat, question_tokens
from core.alignment.text.wording import wording
from core.data.text.bpe import SPECIALS, Encoder
from core.data.world import LABELS
from core.errors import NoPlace, NoTask, TooManyTasks
from core.lineage import Kind

MOST_TASKS: Final = 40
KINDS: Final = ("none", "instruction", "one", "several", "role", "steps", "language")
"""Of prompts that are compared; each differs from the question alone by one thing."""
_MARKS: Final = re.compile("|".join(map(re.escape, SPECIALS)))


def prompt_tokens(kind: Kind, encoder: Encoder, text: str) -> list[int]:
    """A prompt as a model of this kind reads it, line breaks included.

    Args:
        kind: a base model reads the beginning of a document, the others a question in its template.
        encoder: makes tokens of the text.
        text: the prompt.
    """
    text = normalize("NFC", text).strip()
    return question_tokens(encoder, text) if is_chat(kind) else without_template(encoder, text)


def without_template(encoder: Encoder, text: str) -> list[int]:
    """A text as the beginning of a document: only the mark that every document follows."""
    return [encoder.end_id, *encoder.encode(text)]


def filled(prompt: str, place: str, question: str, name: str = "") -> str:
    """A prompt with a question put in its place.

    Args:
        prompt: what stands around the question.
        place: what is replaced, wherever it stands.
        question: what replaces it.
        name: what the prompt is called, for the error.

    Raises:
        NoPlace: the question stands nowhere in the prompt.
    """
    if place not in prompt:
        raise NoPlace(f"{name!r} has no {place}", name=name, place=place)
    return prompt.replace(place, question)


def examples(pairs: Iterable[tuple[str, str]], labels: tuple[str, str]) -> str:
    """Answered questions, one below the other, as the documents of questions have them."""
    ask, reply = labels
    return "".join(f"{ask}: {question}\n{reply}: {answer}\n" for question, answer in pairs)


def beginnings(
    place: str, pairs: Sequence[tuple[str, str]], lang: str, told_in: str
) -> dict[str, str]:
    """A prompt of every kind in KINDS, as the comparison begins.

    Args:
        place: where the question goes.
        pairs: questions with their answers, to be shown as examples.
        lang: of the questions.
        told_in: the language of what is said around them.
    """
    words = wording(told_in, "prompts")
    labels, (other_ask, other_reply) = LABELS[lang], LABELS["en" if lang == "de" else "de"]
    end = f"{labels[0]}: {place}\n{labels[1]}:"
    return {
        "none": place,
        "instruction": words["instruction"].replace("{question}", place),
        "one": examples(pairs[:1], labels) + end,
        "several": examples(pairs, labels) + end,
        "role": words["role"].replace("{question}", place),
        "steps": words["steps"].replace("{question}", place),
        "language": f"{other_ask}: {place}\n{other_reply}:",
    }


def tasks_of(text: str) -> list[tuple[str, str]]:
    """Questions with the word that a right answer has, from lines of the form "question = word".

    The last "=" of a line divides it; empty lines count for nothing.

    Raises:
        NoTask: a line has no such form.
        TooManyTasks: there are more than MOST_TASKS.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        question, sign, word = (part.strip() for part in line.rpartition("="))
        if not (question and sign and word):
            raise NoTask(f"line {number} is {line!r}", n=number, line=line.strip()[:60])
        found.append((question, word))
    if len(found) > MOST_TASKS:
        raise TooManyTasks(f"{len(found)} tasks", n=len(found), most=MOST_TASKS)
    return found


def carelessly_encoded(encoder: Encoder, text: str) -> list[int]:
    """The mistake, made on purpose: names of special tokens in a text become the tokens themselves.

    Nothing in this app reads a text like this, except where the mistake is shown. It is what a
    server does that puts a template together as text and then encodes all of it.
    """
    found: list[int] = []
    at = 0
    for mark in _MARKS.finditer(text):
        found += [*encoder.encode(text[at : mark.start()]), SPECIALS.index(mark.group())]
        at = mark.end()
    return [*found, *encoder.encode(text[at:])]
