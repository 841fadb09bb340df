"""Many answers drawn by the generation service, told one by one as they are finished."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from core.alignment.text.chat import is_chat
from core.alignment.text.scoring import answer_in
from core.inference.sampling import SamplingSettings
from core.limits.prompted import ANSWER_TOKENS
from core.services import services
from pages.inference.writing import N_AT_ONCE
from pages.kit import state
from pages.kit.models import Model

TEMPERATURE: Final = 1.0  # as learned


@dataclass(frozen=True)
class Drawn:
    """One answer.

    Args:
        text: what was written, as it is.
        answer: the answer in it.
        ended: whether the model ended it itself.
    """

    text: str
    answer: str
    ended: bool


Wanted = tuple[Sequence[int], int]
"""Tokens that are read, and the seed of the draw."""


def drawn(
    model: Model,
    wanted: Sequence[Wanted],
    max_tokens: int = ANSWER_TOKENS,
    *,
    ends: bool | None = None,
) -> Iterator[Drawn]:
    """Answers in the order asked for; who stops iterating stops those under way.

    Args:
        model: answers.
        wanted: what it reads, with a seed each.
        max_tokens: greatest length of an answer.
        ends: whether the model ends its answers itself; None: if it was taught to.

    Raises:
        Busy, WritingFailed: the service cannot write.
    """
    end_id = model.encoder.end_id
    ends = is_chat(model.kind) if ends is None else ends
    for first in range(0, len(wanted), N_AT_ONCE):
        with ExitStack() as stack:
            writings = []
            for tokens, seed in wanted[first : first + N_AT_ONCE]:
                settings = SamplingSettings(
                    temperature=TEMPERATURE, seed=seed, max_tokens=max_tokens
                )
                writing = services().write(state.owner(), model.id, tokens, settings, end_id=end_id)
                stack.callback(writing.cancel)
                writings.append(writing)
            for writing in writings:
                written = [each.token for each in writing]
                text = model.encoder.decode([token for token in written if token != end_id])
                yield Drawn(text, answer_in(text, ends), bool(written) and written[-1] == end_id)
