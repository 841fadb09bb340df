"""Prompts and the context window: what does not fit is refused, or cut where that was asked for.

Invariant: the number of tokens that is reported is the number of tokens the model reads.
"""

from core.alignment.text.chat import USER_ID
from core.api.errors import ApiError
from core.api.models import Model
from core.api.requests import Prompt, WritingRequest
from core.api.writing import prompt_tokens


def prompts_of(model: Model, asked: Prompt) -> list[list[int]]:
    """What a request calls its prompt, as token ids, one list a prompt.

    Raises:
        ApiError: an id is none of the model's.
    """
    found = []
    for prompt in _each(asked):
        tokens = prompt_tokens(model.encoder, prompt) if isinstance(prompt, str) else prompt
        if max(tokens) >= model.encoder.n_vocab:
            message = f"token id is {max(tokens)}, must lie in [0, {model.encoder.n_vocab})"
            raise ApiError(400, message, "invalid_value", "prompt")
        found.append(tokens)
    return found


def as_text(model: Model, asked: Prompt) -> str:
    """The prompt as a reader sees it."""
    return "\n".join(
        prompt if isinstance(prompt, str) else model.encoder.decode(prompt)
        for prompt in _each(asked)
    )


def in_context(model: Model, tokens: list[int], body: WritingRequest) -> list[int]:
    """A prompt that the model can read in full.

    Args:
        model: reads the prompt.
        tokens: the prompt, marks included.
        body: the request; its `truncation` says what happens to a prompt that is too long.

    Returns:
        The tokens. A prompt that was cut keeps the marks it opens with, and its end.

    Raises:
        ApiError: the prompt is too long, and the request does not allow it to be cut.
    """
    n_too_many = len(tokens) - model.n_context
    if n_too_many <= 0:
        return tokens
    if body.truncation != "auto":
        message = (
            f"The prompt has {len(tokens)} tokens, the context window of {model.name} holds "
            f'{model.n_context}. Shorten it, or send "truncation": "auto" to leave out its '
            "earliest tokens."
        )
        param = "messages" if hasattr(body, "messages") else "prompt"
        raise ApiError(400, message, "context_length_exceeded", param)
    n_marks = 2 if USER_ID in tokens[:2] else 1
    return tokens[:n_marks] + tokens[n_marks + n_too_many :]


def _each(asked: Prompt) -> list[str | list[int]]:
    """The prompts of a request, each a text or token ids."""
    if isinstance(asked, str):
        return [asked]
    ids = [each for each in asked if isinstance(each, int)]
    return [ids] if ids else [each for each in asked if not isinstance(each, int)]
