"""Small models learn lines of words: the objective, and what is asked of any such model.

Lines are of different length: what fills the shorter ones up is not learned.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Self

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.transformer import Transformer
from core.limits.reading import NOTHING, Asked, drawn_rows
from core.training.settings import TrainingSettings

END_TOKEN: Final = 0  # before the first word and after the last


def padded(lines: Sequence[Sequence[str]], places: Mapping[str, int], n_tokens: int) -> Tensor:
    """(n, n_tokens + 1) lines as tokens, an end mark before and after each, then NOTHING.

    Args:
        lines: the words of each.
        places: the token of every word.
        n_tokens: the longest that a model reads at once.

    Raises:
        ValueError: a line is longer than that.
    """
    rows = torch.full((len(lines), n_tokens + 1), NOTHING)
    for row, line in zip(rows, lines, strict=True):
        tokens = [END_TOKEN, *(places[word] for word in line), END_TOKEN]
        if len(tokens) > n_tokens + 1:
            raise ValueError(f"{line!r} is longer than {n_tokens} tokens")
        row[: len(tokens)] = torch.tensor(tokens)
    return rows


class Lines(Asked):
    """Predicting the next word of lines, in nats.

    Args:
        model: changed in place.
        lines: (n, T + 1) what it reads, as `padded` returns it, each as often as any other.
        later: (m, T + 1) what it reads instead from step `turn` on, for fine-tuning; None: nothing.
        turn: the first step of that.
    """

    def __init__(
        self, model: Transformer, lines: Tensor, later: Tensor | None = None, turn: int = 0
    ) -> None:
        super().__init__(model)
        self.lines = lines
        self.later = later
        self.turn = turn

    def loss(self, settings: TrainingSettings, step: int) -> Tensor:
        """() mean surprise per word of the lines that are drawn, in nats."""
        lines = self.lines if self.later is None or step < self.turn else self.later
        return _losses(self.model, lines[drawn_rows(len(lines), settings, step)]).mean()

    def n_read(self, settings: TrainingSettings) -> int:
        """Places per step, filled up ones included."""
        return settings.n_batch * (self.lines.shape[1] - 1)

    def afresh(self) -> Self:
        """The same lines for another model of this plan."""
        return type(self)(Transformer(self.model.config), self.lines, self.later, self.turn)


def _losses(model: Transformer, lines: Tensor) -> Tensor:
    """(n,) nats: the surprise at every word that is one."""
    read = lines[:, :-1].clamp_min(END_TOKEN)  # (B, T); what comes after the end is not judged
    logits = model(read)  # (B, T) -> (B, T, V)
    targets = lines[:, 1:]
    losses = cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
    return losses[targets.flatten() != NOTHING]


@torch.inference_mode()
def loss_on(model: Transformer, lines: Tensor) -> float:
    """Mean surprise per word of lines, in nats."""
    return float(_losses(model, lines).mean())


@torch.inference_mode()
def next_words(
    model: Transformer, beginnings: Sequence[Sequence[str]], places: Mapping[str, int]
) -> Tensor:
    """(n, V) probabilities of the word that follows each beginning."""
    found = []
    for words in beginnings:
        tokens = torch.tensor([[END_TOKEN, *(places[word] for word in words)]])
        found.append(model(tokens, only_last=True)[0, 0].softmax(-1))
    return torch.stack(found)


@torch.inference_mode()
def continued(
    model: Transformer,
    beginnings: Sequence[Sequence[int]],
    temperature: float,
    generator: torch.Generator,
) -> list[list[int]]:
    """What a model writes after beginnings of one length, until it ends or has no more room.

    Args:
        beginnings: tokens of each, without the end mark before it.
        temperature: 0 is greedy.
        generator: draws.

    Returns:
        the tokens of each, beginning included, without end marks.
    """
    texts = torch.tensor([[END_TOKEN, *each] for each in beginnings])
    for _ in range(model.config.n_context + 1 - texts.shape[1]):
        logits = model(texts, only_last=True)[:, 0]  # (n, V)
        if temperature == 0.0:
            drawn = logits.argmax(-1, keepdim=True)
        else:
            probs = (logits / temperature).softmax(-1)
            drawn = torch.multinomial(probs, 1, generator=generator)
        texts = torch.cat([texts, drawn], dim=1)
    return [_until_end(row[1:]) for row in texts.tolist()]


def _until_end(tokens: list[int]) -> list[int]:
    return tokens[: tokens.index(END_TOKEN)] if END_TOKEN in tokens else tokens
