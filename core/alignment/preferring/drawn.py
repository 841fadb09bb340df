"""Pairs of answers that a model draws ahead, for people to choose between.

Invariant: both answers of a pair were really drawn, with the seeds that it names, and differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Final

import torch

from core.alignment.text.asking import Question, draw_questions
from core.alignment.text.chat import answers
from core.alignment.text.rules import RULES
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import Town, WorldSettings, draw_town

N_DRAWS: Final = 4  # answers per question; the two that differ most make a pair
N_AT_ONCE: Final = 8  # questions asked side by side
ANSWER_TOKENS: Final = 48
MOST_ROUNDS: Final = 30  # before giving up: the model's answers are too much alike
SEED_STEP: Final = 100_000  # between the seeds of two calls; far more than one draws


@dataclass(frozen=True)
class DrawnPair:
    """Two different answers of one model to one question, and the seeds they were drawn with."""

    question: str
    lang: str
    a: str
    b: str
    seed_a: int
    seed_b: int


def drawn_pairs(
    model: Transformer,
    encoder: Encoder,
    town: Town,
    langs: Sequence[str],
    n: int,
    seed: int,
    on_progress: Callable[[float], None] = lambda _: None,
) -> list[DrawnPair]:
    """Pairs to choose between, those first in which some rule of the town sees a difference.

    Args:
        model: answers; it was taught to.
        encoder: between its tokens and text.
        town: whose people and places are asked about.
        langs: languages of the questions, in turn.
        n: pairs wanted.
        seed: of questions, draws and sides.
        on_progress: called with the share that is done.

    Returns:
        at most n pairs, no question twice as long as there are enough; fewer only if the answers
        are too much alike.
    """
    telling, others = list[DrawnPair](), list[DrawnPair]()
    wanted = draw_questions(town, langs, "train", MOST_ROUNDS * N_AT_ONCE, seed)
    for number in range(MOST_ROUNDS):
        asked = wanted[number * N_AT_ONCE : (number + 1) * N_AT_ONCE]
        first = seed * SEED_STEP + number * N_AT_ONCE * N_DRAWS
        given = answers(
            model,
            encoder,
            [each.text for each in asked],
            n_each=N_DRAWS,
            seed=first,
            max_tokens=ANSWER_TOKENS,
        )
        for place, (question, texts) in enumerate(zip(asked, given, strict=True)):
            pair = _pair(question, [text.strip() for text in texts], first + place * N_DRAWS, town)
            if pair is not None:
                (telling if _tells_apart(pair, town) else others).append(pair)
        on_progress(min(1.0, len(telling) / n))
        if len(telling) >= n:
            break
    return [*telling, *others][:n]


def drawn_bytes(
    model: bytes,
    encoder: bytes,
    world: WorldSettings,
    langs: Sequence[str],
    n: int,
    seed: int,
    on_progress: Callable[[float], None] = lambda _: None,
) -> list[DrawnPair]:
    """`drawn_pairs` from the bytes of a checkpoint and its encoder, for a process of its own."""
    torch.set_num_threads(1)
    read, _ = read_checkpoint(model)
    town = draw_town(world)
    return drawn_pairs(read, Encoder.from_bytes(encoder), town, langs, n, seed, on_progress)


def by_difference(texts: Sequence[str]) -> list[tuple[int, int]]:
    """The indices of any two different texts, those first that share the fewest of their words.

    A choice between them says more than one between two near-duplicates: of the example model's
    pairs, the rule "truthful" then decides every second one instead of every third.

    Returns:
        pairs of indices; pairs that share equally much stay in order, equal texts are no pair.
    """
    words = [set(text.casefold().split()) for text in texts]

    def shared(pair: tuple[int, int]) -> float:
        one, other = words[pair[0]], words[pair[1]]
        return len(one & other) / max(1, len(one | other))

    differing = [(i, j) for i, j in combinations(range(len(texts)), 2) if texts[i] != texts[j]]
    return sorted(differing, key=shared)


def _pair(question: Question, texts: Sequence[str], first: int, town: Town) -> DrawnPair | None:
    """Of the answers the two that differ most and give a reason to choose; None if all are alike.

    Which of them is called a is dealt by the seed.
    """
    drawn = [
        DrawnPair(question.text, question.lang, texts[i], texts[j], first + i, first + j)
        for i, j in by_difference(texts)
        if texts[i] and texts[j]
    ]
    if not drawn:
        return None
    one = next((pair for pair in drawn if _tells_apart(pair, town)), drawn[0])
    if Random(f"side {first}").random() < 0.5:
        return one
    return DrawnPair(one.question, one.lang, one.b, one.a, one.seed_b, one.seed_a)


def _tells_apart(pair: DrawnPair, town: Town) -> bool:
    """Whether some rule prefers one of them."""
    return any(
        rule.prefers(pair.question, pair.a, pair.b, pair.lang, town) for rule in RULES.values()
    )
