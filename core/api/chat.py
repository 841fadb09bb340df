"""A conversation as the text a base model can continue; tuned models have a form of their own.

Base models have read questions and answers in the small world's own form. So the last question is
put into that form, and the model goes on with what follows the word "Answer".
"""

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import normalize

from core.api.errors import ApiError
from core.api.requests import Message
from core.data.text.languages import language_of
from core.data.world import chat_prompt
from core.languages import Lang

END_OF_ANSWER: Final = "\n"  # the next line would be the next question

_GERMAN_OPENINGS: Final = re.compile(
    "(wo|woher|wohin|wer|wen|wem|wessen|was|wann|warum|wieso|weshalb|wie|welche[rs]?|hat|ist|mag)\\b"
)
_ENGLISH_OPENINGS: Final = re.compile(
    "(where|who|whom|whose|what|when|why|how|which|has|is|does|do|did|are|can|please|thanks)\\b"
)


def question_of(messages: Sequence[Message]) -> str:
    """The last thing the user said, its characters composed as in the training text (NFC).

    Raises:
        ApiError: the user said nothing.
    """
    for message in reversed(messages):
        if message.role == "user" and (
            question := " ".join(normalize("NFC", message.text).split())
        ):
            return question
    raise ApiError(400, "There is no message of the user with text.", "no_question", "messages")


def prompt_of(question: str, lang: Lang | None) -> str:
    """A question as the model has read questions."""
    return chat_prompt(question, lang or language_of_question(question))


def language_of_question(question: str, otherwise: Lang = "en") -> Lang:
    """German or English, also for questions too short for the usual test.

    Args:
        question: the question, or any other text.
        otherwise: the answer where the text does not tell, such as a number or a name.
    """
    found = language_of(question)
    if found in ("de", "en"):
        return "de" if found == "de" else "en"
    lowered = question.lower()
    if _GERMAN_OPENINGS.match(lowered) or any(letter in "äöüß" for letter in lowered):
        return "de"
    return "en" if _ENGLISH_OPENINGS.match(lowered) else otherwise
