"""Emergence: the same models of six sizes, judged by two rulers.

A model of each size learns the same code: every letter of a word is replaced by another one, which
depends on the letter and on one or two before it. What is asked are words that were drawn apart
from those of training. One ruler counts whole answers, the other one letters; both read the same
answers.

Source: Wei et al. 2022, "Emergent Abilities of Large Language Models", arXiv:2206.07682; Schaeffer,
Miranda & Koyejo 2023, "Are Emergent Abilities of Large Language Models a Mirage?",
arXiv:2304.15004. They compare published models; here the models are small and trained on the spot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, pad

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.intervals import share_interval
from core.limits.reading import Asked, generator_at
from core.limits.trials import Keeping, TrialSettings, kept_models, small_plan
from core.training.course import Looking
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

LETTERS: Final = "enirstadhulcgmobwfkzpvjyxq"
"""From frequent to rare, about as in German."""
ASKS: Final = len(LETTERS)  # the token between word and answer; a letter's token is its rank
N_LETTERS: Final = 8  # of a word, and of its answer
RARER: Final = {1: 1.0, 2: 1.5}
"""By the letters before that a code looks at: the letter of rank r is drawn in proportion to r to
minus this. Pairs are few and are all learned in time; of triples most are rare, as in a language,
and no size here comes to an end with them."""
LADDER: Final = (8, 12, 20, 36, 64, 112)
"""Channels of the six sizes; parameters grow with their square."""
NEXT: Final = 160  # channels of the size whose loss is predicted before it is trained
N_HEADS: Final = 2
CODE_SEED: Final = 8_191  # one code for all models: only the models differ
ASKED_SEED: Final = 131_071  # the words that are asked are the same for all
MODEL: Final = "model"  # before the name of each weight in the result


@dataclass(frozen=True)
class SizesSettings(TrialSettings):
    """Models of several sizes, one after the other.

    Args (and the unit of each):
        channels: of each size, from small to large; divisible by four.
        n_seeds: models of every size; each draws its own weights and words.
        n_steps_each: updates of one model.
        n_batch: words per update.
        learning_rate: peak rate of the hidden matrices.
        n_before: letters before that decide with a letter what stands for it, 1 or 2.
        n_asked: words that each model is asked at its end.
        seed: of the first model of each size; the others count up from it.
    """

    channels: tuple[int, ...] = LADDER
    n_seeds: int = 1
    n_steps_each: int = 200
    n_batch: int = 64
    learning_rate: float = 0.02
    n_before: int = 1
    n_asked: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for channels in self.channels:
            if type(channels) is not int or not 4 <= channels <= 512 or channels % (2 * N_HEADS):
                raise SettingError("channels", channels, "must be a multiple of 4 up to 512")
        self.must_lie(1, 100_000, "n_asked")
        self.must_lie(1, 2, "n_before")

    @property
    def models(self) -> list[tuple[int, int]]:
        """Channels and seed of every model, in order: one of each size, then the next seed."""
        return self.by_seed(self.channels)

    @property
    def n_tokens_each(self) -> int:
        """Tokens that one model reads in training, the data of a scaling law (D)."""
        return self.n_steps_each * self.n_batch * 2 * N_LETTERS


def design(n_channels: int) -> ModelConfig:
    """The plan of a model of one size: one block, as wide as asked for."""
    return small_plan(ASKS + 1, 2 * N_LETTERS, n_channels, 1, N_HEADS)


def size_of(n_channels: int) -> int:
    """Parameters of a model of one size (N)."""
    model = Transformer(design(n_channels), seed=None, device="meta")
    return sum(weight.numel() for weight in model.parameters())


@dataclass(frozen=True)
class Code:
    """A secret code: which letter stands for a letter, given those before it.

    Args:
        table: (ASKS + 1, ASKS + 1, ASKS) by the two letters before and the letter itself; every
            row is a permutation of the alphabet. The last places stand for a letter that is not
            there, or not looked at.
        n_before: letters before that it looks at, 1 or 2.
    """

    table: Tensor
    n_before: int

    @classmethod
    def drawn(cls, n_before: int, seed: int = CODE_SEED) -> Self:
        """A code; equal seeds, equal codes."""
        generator = torch.Generator().manual_seed(seed)
        rows = [torch.randperm(ASKS, generator=generator) for _ in range((ASKS + 1) ** 2)]
        return cls(torch.stack(rows).view(ASKS + 1, ASKS + 1, ASKS), n_before)

    def answers(self, words: Tensor) -> Tensor:
        """(n, T) the answer to each word: letter by letter, from the table."""
        padded = pad(words, (2, 0), value=ASKS)  # (n, T + 2)
        before, far = padded[:, 1:-1], padded[:, :-2]  # (n, T) each
        if self.n_before == 1:
            far = torch.full_like(far, ASKS)
        return self.table[far, before, words]

    def lines(self, words: Tensor) -> Tensor:
        """(n, 2T + 1) word, mark, answer: what a model reads."""
        mark = torch.full_like(words[:, :1], ASKS)
        return torch.cat([words, mark, self.answers(words)], 1)

    def words(self, n: int, generator: torch.Generator) -> Tensor:
        """(n, N_LETTERS) words whose letters are drawn by their frequency, as tokens."""
        chances = torch.arange(1.0, ASKS + 1) ** -RARER[self.n_before]  # (ASKS,)
        drawn = torch.multinomial(chances, n * N_LETTERS, replacement=True, generator=generator)
        return drawn.view(n, N_LETTERS)

    def asked(self, n: int) -> Tensor:
        """(n, N_LETTERS) the words that every model is asked, drawn apart from all training."""
        return self.words(n, torch.Generator().manual_seed(ASKED_SEED))


def spelled(tokens: Sequence[int]) -> str:
    """Letters of some tokens."""
    return "".join(LETTERS[token] if token < ASKS else "=" for token in tokens)


class Coding(Asked):
    """Predicting the letters of the answer, in nats; the word itself is only read.

    Args:
        model: changed in place.
        code: what it learns.
    """

    def __init__(self, model: Transformer, code: Code) -> None:
        super().__init__(model)
        self.code = code

    def loss(self, settings: TrainingSettings, step: int) -> Tensor:
        """() mean surprise per letter of words drawn for this step: none comes twice."""
        words = self.code.words(settings.n_batch, generator_at(settings, step))
        lines = self.code.lines(words)  # (B, 2T + 1)
        logits = self.model(lines[:, :-1])[:, N_LETTERS:]  # (B, T, V)
        return cross_entropy(logits.flatten(0, 1), lines[:, N_LETTERS + 1 :].flatten())

    def n_read(self, settings: TrainingSettings) -> int:
        """Tokens per step."""
        return settings.n_batch * 2 * N_LETTERS

    def afresh(self) -> Self:
        """The same code for another model of this plan."""
        return type(self)(Transformer(self.model.config), self.code)


@dataclass(frozen=True)
class Judged:
    """The same answers of a model, by every ruler.

    Args:
        n: words that were asked.
        whole: (N_LETTERS,) words whose first 1, 2, … letters are all right.
        letters: (N_LETTERS,) right letters at each place.
        loss_nats: mean surprise at a letter of the true answer.
    """

    n: int
    whole: tuple[int, ...]
    letters: tuple[int, ...]
    loss_nats: float

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """As it stands in a row."""
        whole, letters = tuple(row["whole"]), tuple(row["letters"])
        return cls(row["n"], whole, letters, row["loss_nats"])

    def exact(self, k: int) -> float:
        """The coarse ruler: share of answers whose first k letters are all right."""
        return self.whole[k - 1] / self.n if self.n else 0.0

    def exact_interval(self, k: int) -> tuple[float, float]:
        """Its 95 % interval, by Wilson over the words."""
        return share_interval(self.whole[k - 1], self.n)

    def per_letter(self, k: int) -> float:
        """The fine ruler: share of right letters among the first k of each answer."""
        return sum(self.letters[:k]) / (k * self.n) if self.n else 0.0

    def per_letter_interval(self, k: int) -> tuple[float, float]:
        """Its 95 % interval, by Wilson over the letters."""
        return share_interval(sum(self.letters[:k]), k * self.n)

    def as_if_independent(self, k: int) -> float:
        """p to the power of k: whole answers right, if mistakes had nothing to do with each other.

        Calculated from the fine ruler, not measured.
        """
        return self.per_letter(k) ** k


@torch.inference_mode()
def judged(model: Transformer, code: Code, n: int) -> Judged:
    """Ask for words; the likeliest letter is the answer at each place.

    The letters before it are the true ones. For whole answers that makes no difference: an answer
    is right if and only if each of its letters is, given right ones before it.
    """
    lines = code.lines(code.asked(n))
    logits = model(lines[:, :-1])[:, N_LETTERS:]  # (n, T, V)
    truths = lines[:, N_LETTERS + 1 :]  # (n, T)
    right = logits.argmax(-1) == truths  # (n, T)
    return Judged(
        n=n,
        whole=tuple(right.cumprod(1).sum(0).tolist()),
        letters=tuple(right.sum(0).tolist()),
        loss_nats=float(cross_entropy(logits.flatten(0, 1), truths.flatten())),
    )


def pooled(some: Sequence[Judged]) -> Judged:
    """Several models of one size together, as of other seeds."""
    n = sum(one.n for one in some)
    return Judged(
        n=n,
        whole=tuple(map(sum, zip(*(one.whole for one in some), strict=True))),
        letters=tuple(map(sum, zip(*(one.letters for one in some), strict=True))),
        loss_nats=sum(one.n * one.loss_nats for one in some) / n,
    )


@torch.inference_mode()
def written(model: Transformer, word: str) -> str:
    """What a model answers to a word of 1 to N_LETTERS letters, its own letters before each next.

    It has only read words of full length: a shorter one is filled up with its own letters again,
    and what answers to those is left out.
    """
    filled = (word * N_LETTERS)[:N_LETTERS]
    tokens = [*map(LETTERS.index, filled), ASKS]
    for _ in word:
        logits = model(torch.tensor([tokens]), only_last=True)[0, 0]  # (V,)
        tokens.append(int(logits.argmax()))
    return spelled(tokens[N_LETTERS + 1 :])


def encoded(code: Code, word: str) -> str:
    """The true answer to a word."""
    return spelled(code.answers(torch.tensor([[LETTERS.index(each) for each in word]]))[0].tolist())


class SizesProgram(Keeping[SizesSettings]):
    """A model of each size, one after the other, each judged at its end.

    Args:
        inputs: none are read.
        settings: a SizesSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "judged" with model (its place), done, channels, seed, n_parameters, n_tokens (read in
        training) and what `Judged` holds.
    """

    asks_for = SizesSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """A model that has read nothing."""
        self.code = Code.drawn(self.settings.n_before)
        self.channels, seed = self.settings.models[turn]
        objective = Coding(Transformer(design(self.channels), seed=seed), self.code)
        return Trainer(objective, self.settings.training(seed))

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is judged at its end."""
        return ("judged",) if self.steps_within(step) == 0 else ()

    def looking(self, look: str) -> Looking:
        """All rulers, from the same answers."""
        yield from ()  # in one piece
        model = self.trainer.model
        found = judged(model, self.code, self.settings.n_asked)
        return [
            {
                "kind": "judged",
                **self.place(),
                "channels": self.channels,
                "seed": self.trainer.settings.seed,
                "n_parameters": sum(weight.numel() for weight in model.parameters()),
                "n_tokens": self.settings.n_tokens_each,
                "n": found.n,
                "whole": list(found.whole),
                "letters": list(found.letters),
                "loss_nats": found.loss_nats,
            }
        ]


def trained_models(data: bytes, settings: SizesSettings) -> Iterator[tuple[int, Transformer]]:
    """The models of a run with their channels, from its result.

    Raises:
        UnreadableWeights: the bytes are damaged, or not of such a run.
    """
    plans = [design(channels) for channels, _ in settings.models]
    for turn, model in kept_models(data, plans):
        yield settings.models[turn][0], model


def by_size(rows: Sequence[Mapping[str, Any]]) -> dict[int, list[Judged]]:
    """What the finished models of each size come to, by their parameters; one for each seed.

    Args:
        rows: of kind "judged".
    """
    sizes: dict[int, list[Judged]] = {}
    for row in rows:
        if row["done"]:
            sizes.setdefault(row["n_parameters"], []).append(Judged.of_row(row))
    return dict(sorted(sizes.items()))
