"""What a model still sees of a long prompt, and what has been cut off at its beginning."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.inference.generate import window_start


@dataclass(frozen=True)
class Window:
    """A prompt in a context window.

    Args:
        cut: tokens at the beginning that are not seen.
        seen: those that are.
        n_context: tokens that can be seen together.
    """

    cut: tuple[int, ...]
    seen: tuple[int, ...]
    n_context: int


def window_of(tokens: Sequence[int], n_context: int) -> Window:
    """Divide a prompt into what is cut off and what is seen when the next token is drawn.

    Args:
        tokens: the whole prompt.
        n_context: tokens that the model can look at together.
    """
    start = window_start(len(tokens), n_context)
    return Window(tuple(tokens[:start]), tuple(tokens[start:]), n_context)
