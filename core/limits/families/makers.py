"""The three families that learn, behind one interface: how surprised, and what they write on.

Invariant: a text is read from its beginning, after an end token, by each of them alike; a draw is
one dart at the same line of probabilities, so what differs is the family.
"""

from collections.abc import Generator, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any, Final, Literal, Protocol

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.transformer import Transformer
from core.inference.batching import ContinuousBatch
from core.inference.sampling import SamplingSettings, draw
from core.limits.families.ngrams import NGrams
from core.limits.families.recurrent import Recurrent

Family = Literal["ngrams", "recurrent", "transformer"]
FAMILIES: Final[tuple[Family, ...]] = ("ngrams", "recurrent", "transformer")
N_SIDE_BY_SIDE: Final = 20  # texts continued together
UNREAD: Final = -1  # where a shorter text is filled up
N_AT_A_TIME: Final = 8  # tokens of each between two pauses

Continuing = Generator[None, None, list[list[int]]]


class Maker(Protocol):
    """A model that continues text."""

    @property
    def n_parameters(self) -> int:
        """Numbers that it keeps."""

    @property
    def n_bytes(self) -> int:
        """What they take in memory."""

    def loss_nats(self, texts: Sequence[Sequence[int]]) -> float:
        """Summed surprise at each token but the first of each of these texts, in nats."""

    def continuing(
        self, prompts: Sequence[Sequence[int]], n: int, seed: int, end: int
    ) -> Continuing:
        """Continue texts by at most n tokens at temperature 1, in pieces.

        Args:
            prompts: token ids, at least one each.
            n: tokens at most.
            seed: of the first text; the others count up from it.
            end: the token that ends a text; it is not returned.

        Returns:
            The new tokens of each.
        """


class Counting:
    """The table of n-grams as a maker.

    Args:
        table: reads and writes.
    """

    def __init__(self, table: NGrams) -> None:
        self.table = table
        self.n_parameters, self.n_bytes = table.n_parameters, table.n_bytes

    def loss_nats(self, texts: Sequence[Sequence[int]]) -> float:
        """The first token of each is the end of the text before."""
        return sum(self.table.loss_nats(text[1:]) for text in texts)

    def continuing(
        self, prompts: Sequence[Sequence[int]], n: int, seed: int, end: int
    ) -> Continuing:
        """One text after the other; only the last few tokens count."""
        written: list[list[int]] = []
        for place, prompt in enumerate(prompts):
            generator, text = Random(seed + place), list(prompt)
            while len(text) < len(prompt) + n:
                token = draw(torch.from_numpy(self.table.probs(text)), generator)
                if token == end:
                    break
                text.append(token)
            written.append(text[len(prompt) :])
            if place % N_AT_A_TIME == 0:
                yield
        return written


class Remembering:
    """The recurrent network as a maker.

    Args:
        model: reads and writes; it is not changed.
    """

    def __init__(self, model: Recurrent) -> None:
        self.model = model
        self.n_parameters, self.n_bytes = model.n_parameters, 4 * model.n_parameters

    def loss_nats(self, texts: Sequence[Sequence[int]]) -> float:
        """Each from an empty memory."""
        return _surprise(self.model, texts)

    def continuing(
        self, prompts: Sequence[Sequence[int]], n: int, seed: int, end: int
    ) -> Continuing:
        """One text after the other: each has a memory of its own."""
        written = []
        for place, prompt in enumerate(prompts):
            written.append(self._continued(prompt, n, Random(seed + place), end))
            if place % N_AT_A_TIME == 0:
                yield
        return written

    @torch.inference_mode()
    def _continued(self, prompt: Sequence[int], n: int, generator: Random, end: int) -> list[int]:
        logits, memory = self.model.read(torch.tensor([list(prompt)]), self.model.start(1))
        text: list[int] = []
        while len(text) < n:
            token = draw(logits[0, -1].softmax(-1), generator)
            if token == end:
                break
            text.append(token)
            logits, memory = self.model.read(torch.tensor([[token]]), memory)
        return text


class Attending:
    """The transformer as a maker.

    Args:
        model: reads and writes; it is not changed.
    """

    def __init__(self, model: Transformer) -> None:
        self.model = model
        self.n_parameters = sum(weight.numel() for weight in model.parameters())
        self.n_bytes = 4 * self.n_parameters

    def loss_nats(self, texts: Sequence[Sequence[int]]) -> float:
        """All tokens at once, each looking back."""
        return _surprise(self.model, texts)

    def continuing(
        self, prompts: Sequence[Sequence[int]], n: int, seed: int, end: int
    ) -> Continuing:
        """Several side by side."""
        written: list[list[int]] = []
        for first in range(0, len(prompts), N_SIDE_BY_SIDE):
            batch = ContinuousBatch(self.model, N_SIDE_BY_SIDE)
            texts: dict[int, list[int]] = {}
            for place, prompt in enumerate(prompts[first : first + N_SIDE_BY_SIDE], start=first):
                settings = SamplingSettings(temperature=1.0, seed=seed + place, max_tokens=n)
                texts[batch.join(list(prompt), settings, end)] = []
            for n_steps in count(1):
                for step in batch.step():
                    if step.drawn.token != end:
                        texts[step.ticket].append(step.drawn.token)
                if not batch.n_active:
                    break
                if n_steps % N_AT_A_TIME == 0:
                    yield
            written += texts.values()
            yield
        return written


@torch.inference_mode()
def _surprise(model: Recurrent | Transformer, texts: Sequence[Sequence[int]]) -> float:
    """Summed surprise at all tokens but each text's first; shorter texts are filled up behind their
    end, which no network looks at."""
    longest = max(len(text) for text in texts)
    rows = [[*text, *[UNREAD] * (longest - len(text))] for text in texts]
    ids = torch.tensor(rows)  # (B, T + 1)
    logits = model(ids[:, :-1].clamp(min=0))  # (B, T, V)
    targets = ids[:, 1:].flatten()
    return cross_entropy(logits.flatten(0, 1), targets, ignore_index=UNREAD, reduction="sum").item()


def maker_of(model: NGrams | Recurrent | Transformer) -> Maker:
    """A model of any family as a maker."""
    if isinstance(model, NGrams):
        return Counting(model)
    return Remembering(model) if isinstance(model, Recurrent) else Attending(model)


def weights_of(model: Recurrent | Transformer, family: Family) -> Mapping[str, Tensor]:
    """Its weights, named so that several models fit into one file."""
    return {f"{family}.{name}": weight.detach() for name, weight in model.named_parameters()}


def described(model: Recurrent | Transformer) -> dict[str, Any]:
    """Its plan as JSON holds it."""
    if isinstance(model, Recurrent):
        return {"n_vocab": model.config.n_vocab, "n_channels": model.config.n_channels}
    return model.config.to_dict()
