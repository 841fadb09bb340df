"""Preferences without a person: a model draws pairs of answers, and a rule chooses."""

from collections.abc import Callable, Sequence

import torch

from core.alignment.preferring.preferences import Preference, judged_by_rule
from core.alignment.text.asking import draw_questions
from core.alignment.text.chat import answers
from core.alignment.text.rules import RULES
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import Town, WorldSettings, draw_town

N_AT_ONCE = 16  # pairs drawn side by side
MOST_ROUNDS = 40  # before giving up: the model's answers are too much alike


def judged_pairs(
    model: Transformer,
    encoder: Encoder,
    rule: str,
    town: Town,
    langs: Sequence[str],
    n: int,
    seed: int,
    on_progress: Callable[[float], None] = lambda _: None,
) -> list[Preference]:
    """Pairs that a model draws itself, judged by a rule.

    Args:
        model: answers.
        encoder: between its tokens and text.
        rule: name of the rule that judges.
        town: whose facts decide, and are asked for.
        langs: languages of the questions, in turn.
        n: pairs with a better answer wanted.
        seed: of questions and draws; a smaller `n` gives the first of the same pairs.
        on_progress: called with the share that is done.

    Returns:
        At most n preferences, all with a better answer; none on a held-out question. Pairs in
        which the rule sees no difference are passed over.
    """
    found: list[Preference] = []
    for number in range(MOST_ROUNDS):
        first = seed * 1000 + number
        questions = draw_questions(town, langs, "train", N_AT_ONCE, first)
        texts = [question.text for question in questions]
        given = answers(model, encoder, texts, n_each=2, seed=first * 1000)
        for question, (a, b) in zip(questions, given, strict=True):
            one = judged_by_rule(RULES[rule], rule, question.text, a, b, question.lang, town, first)
            if one is not None and one.choice != "both_bad":
                found.append(one)
        on_progress(min(1.0, len(found) / n))
        if len(found) >= n:
            break
    return found[:n]


def judged_bytes(
    model: bytes,
    encoder: bytes,
    rule: str,
    world: WorldSettings,
    langs: Sequence[str],
    n: int,
    seed: int,
    on_progress: Callable[[float], None] = lambda _: None,
) -> list[Preference]:
    """`judged_pairs` from the bytes of a checkpoint and its encoder, for a process of its own."""
    torch.set_num_threads(1)
    read, _ = read_checkpoint(model)
    town = draw_town(world)
    return judged_pairs(read, Encoder.from_bytes(encoder), rule, town, langs, n, seed, on_progress)
