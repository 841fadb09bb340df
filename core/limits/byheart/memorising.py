"""By heart: small models read a text with planted secrets, and are asked for them.

Every model starts from nothing and reads this text alone, so how often a secret stood in all that
it has read is known exactly, and so is what it copies when it writes on its own.

Source: Carlini et al. 2019, "The Secret Sharer", arXiv:1802.08232; Carlini et al. 2022,
"Quantifying Memorization Across Neural Language Models", arXiv:2202.07646; Lee et al. 2021,
"Deduplicating Training Data Makes Language Models Better", arXiv:2107.06499.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import ClassVar, Final, Literal, Self

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.intervals import share_interval
from core.languages import LANGS
from core.limits.byheart.canaries import (
    DIGITS,
    END,
    MOST_OWN,
    N_TOKENS,
    Canary,
    Lines,
    Sort,
    Text,
    numbered,
    printed,
    read_own,
    without_copies,
    without_near_copies,
)
from core.limits.byheart.exposure import N_BATCH, next_log_probs, ranked
from core.limits.reading import NOTHING, Asked, generator_at
from core.limits.trials import Trials, TrialSettings, finished, small_plan
from core.training.course import Looking, Row
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

Lane = Literal["told", "exact", "near", "small", "large"]
LANES: Final[tuple[Lane, ...]] = ("told", "exact", "near", "small", "large")
"""What differs: nothing; each sentence kept once; near copies removed, too; half the width; twice.

All take as many steps, so a shorter text is read more often."""
WIDTHS: Final = {"small": 0.5, "large": 2.0}
N_LOOKS: Final = 8  # at each model while it learns
N_WRITTEN: Final = 300  # sentences a finished model writes
N_ASKED: Final = 40  # ordinary sentences of each number of copies that are begun
N_QUOTE_WORDS: Final = 5  # tokens in a row that count as taken over
N_WARMUP: Final = 10  # steps


@dataclass(frozen=True)
class MemorisingSettings(TrialSettings):
    """Several small models, one after the other.

    Args (and the unit of each):
        lanes: which of LANES, in order; each as often as there are seeds.
        lang: of the text.
        n_each: canaries of each sort and number of copies.
        n_seeds: models of every lane; each draws its own text, weights and order.
        n_steps_each: updates of one model.
        n_batch: sentences per update.
        learning_rate: peak rate of the hidden matrices.
        n_channels, n_layers, n_heads: of the model.
        own: a visitor's sentence with a number in it; "" for none.
        own_copies: how often it stands in the text.
        seed: of the first model of each lane; the others count up from it.
    """

    fewest_steps: ClassVar[int] = N_LOOKS

    lanes: tuple[str, ...] = ("told",)
    lang: str = "en"
    n_each: int = 3
    n_seeds: int = 3
    n_steps_each: int = 80
    n_batch: int = 32
    learning_rate: float = 0.01
    n_channels: int = 64
    n_layers: int = 2
    n_heads: int = 2
    own: str = ""
    own_copies: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.lanes or not set(self.lanes) <= set(LANES):
            raise SettingError("lanes", self.lanes, f"must be some of {LANES}")
        if self.lang not in LANGS:
            raise SettingError("lang", self.lang, f"must be one of {LANGS}")
        if self.own and isinstance(read_own(self.own), str):
            raise SettingError("own", self.own, "must be a sentence with one number in it")
        self.must_lie(0, MOST_OWN, "own_copies")
        self.must_lie(1, 20, "n_each")

    @property
    def models(self) -> list[tuple[Lane, int]]:
        """Lane and seed of every model, in order: one of each lane, then the next seed."""
        return self.by_seed([lane for lane in LANES if lane in self.lanes])

    def text(self, seed: int) -> Text:
        """What the models of one seed read."""
        lang = next(each for each in LANGS if each == self.lang)
        return Text.drawn(lang, self.n_each, seed, self.own, self.own_copies)

    def design(self, lane: Lane, n_vocab: int) -> ModelConfig:
        """The plan of a model with so many words."""
        n_channels = round(self.n_channels * WIDTHS.get(lane, 1.0))
        return small_plan(n_vocab, N_TOKENS - 1, n_channels, self.n_layers, self.n_heads)


def lines_of(text: Text, lane: Lane) -> Lines:
    """The sentences that a lane's model reads."""
    if lane == "exact":
        return without_copies(text.lines)
    return without_near_copies(text.lines) if lane == "near" else text.lines


class InTurn(Asked):
    """Predicting the next token of sentences, in nats; each is read once before any again.

    Args:
        model: changed in place.
        rows: (n, N_TOKENS) the sentences, as `numbered` gives them.
    """

    def __init__(self, model: Transformer, rows: Tensor) -> None:
        super().__init__(model)
        self.rows = rows

    def loss(self, settings: TrainingSettings, step: int) -> Tensor:
        """() mean surprise per token of the rows whose turn it is, in nats."""
        n = len(self.rows)
        places = torch.arange(step * settings.n_batch, (step + 1) * settings.n_batch)
        orders = {
            int(turn): torch.randperm(n, generator=generator_at(settings, int(turn)))
            for turn in torch.unique(places // n)
        }
        drawn = torch.stack([orders[int(place) // n][int(place) % n] for place in places])
        return surprise(self.model, self.rows[drawn])

    def n_read(self, settings: TrainingSettings) -> int:
        """Tokens per step, at most."""
        return settings.n_batch * (N_TOKENS - 1)

    def afresh(self) -> Self:
        """The same sentences for another model of this plan."""
        return type(self)(Transformer(self.model.config), self.rows)


def surprise(model: Transformer, rows: Tensor) -> Tensor:
    """Mean surprise per token up to the first end mark, in nats.

    Args:
        rows: (n, N_TOKENS) sentences.
    """
    targets = rows[:, 1:].clone()
    behind_end = (targets == END).cumsum(1) > 1
    targets[behind_end] = NOTHING  # what fills a row up is not learned
    longest = int((~behind_end).sum(1).max())
    logits = model(rows[:, :longest])  # (B, T, V)
    return cross_entropy(logits.flatten(0, 1), targets[:, :longest].flatten())


@torch.inference_mode()
def continued(model: Transformer, begun: Sequence[Sequence[int]], n: int) -> list[list[int]]:
    """So many further tokens for each beginning, always the likeliest.

    Args:
        begun: tokens, end mark first; of any length.
    """
    found: list[list[int]] = [[] for _ in begun]
    for length in sorted({len(each) for each in begun}):
        places = [place for place, each in enumerate(begun) if len(each) == length]
        read = torch.tensor([begun[place] for place in places])
        for _ in range(min(n, N_TOKENS - 1 - length + 1)):
            read = torch.cat([read, next_log_probs(model, read).argmax(1)[:, None]], dim=1)
        for place, row in zip(places, read[:, length:].tolist(), strict=True):
            found[place] = row
    return found


@torch.inference_mode()
def written(model: Transformer, n: int, generator: torch.Generator) -> list[list[int]]:
    """Sentences a model writes on its own at temperature 1, without end marks."""
    read = torch.full((n, 1), END)
    while read.shape[1] < N_TOKENS:
        drawn = torch.multinomial(next_log_probs(model, read).exp(), 1, generator=generator)
        drawn[(read[:, 1:] == END).any(1)] = END
        read = torch.cat([read, drawn], dim=1)
    rows = read[:, 1:].tolist()
    return [row[: row.index(END)] if END in row else row for row in rows]


def longest_run(words: Sequence[str], lines: Lines) -> tuple[int, int, tuple[str, ...]]:
    """The longest stretch that also stands in one of the sentences.

    Returns:
        its first place, the place after its last, and a sentence that it stands in.
    """
    best: tuple[int, int, tuple[str, ...]] = (0, 0, ())
    for line in lines:
        ends_here = [0] * (len(line) + 1)  # length of the common run ending at each place
        for i, word in enumerate(words, start=1):
            row = [0] * (len(line) + 1)
            for j, other in enumerate(line, start=1):
                if word == other:
                    row[j] = ends_here[j - 1] + 1
                    if row[j] > best[1] - best[0]:
                        best = (i - row[j], i, line)
            ends_here = row
    return best


@dataclass(frozen=True)
class Trial:
    """All that is needed to ask the model under way.

    Args:
        text: what it is asked about.
        lines: what it reads.
        vocabulary: the number of each token.
    """

    text: Text
    lines: Lines
    vocabulary: dict[str, int]

    def begun(self, words: Sequence[str]) -> list[int]:
        """The beginning of a sentence, as tokens, end mark first."""
        return [END, *(self.vocabulary[word] for word in words)]

    def recited(self, model: Transformer) -> list[str]:
        """What each canary's beginning is gone on with, in as many tokens as its secret has."""
        word = {number: each for each, number in self.vocabulary.items()}
        prompts = [self.begun(canary.prefix) for canary in self.text.canaries]
        most = max(len(canary.digits) for canary in self.text.canaries)
        given = continued(model, prompts, most)
        return [
            " ".join(word[token] for token in tokens[: len(canary.digits)]).strip()
            for canary, tokens in zip(self.text.canaries, given, strict=True)
        ]

    def exposed(self, model: Transformer, generator: torch.Generator) -> list[Row]:
        """Of each canary its rank and its exposure."""
        choices = [self.vocabulary[digit] for digit in DIGITS]
        found = []
        for canary in self.text.canaries:
            secret = [self.vocabulary[digit] for digit in canary.digits]
            one = ranked(model, self.begun(canary.prefix), secret, choices, generator)
            found.append(
                {"rank": one.rank, "counted": one.counted, "exposure_bits": one.exposure_bits}
            )
        return found

    def ordinary(self, model: Transformer) -> dict[str, list[int]]:
        """Of the town's sentences by copies: how many are begun with their first half, and how
        many of them the model goes on with word for word to the end.
        """
        asked: list[tuple[tuple[str, ...], int]] = []
        for n_copies in sorted({n for _, n in self.text.ordinary}):
            asked += [one for one in self.text.ordinary if one[1] == n_copies][:N_ASKED]
        prompts = [self.begun(words[: len(words) // 2]) for words, _ in asked]
        given = continued(model, prompts, N_TOKENS)
        found: dict[str, list[int]] = {}
        for (words, n_copies), tokens in zip(asked, given, strict=True):
            rest = self.begun(words[len(words) // 2 :])[1:]
            counts = found.setdefault(str(n_copies), [0, 0])
            counts[0] += 1
            counts[1] += [*tokens, END][: len(rest) + 1] == [*rest, END]
        return found

    @torch.inference_mode()
    def held_out(self, model: Transformer) -> float:
        """Mean surprise per token of sentences that the model has not read, in nats."""
        rows = numbered(self.text.held_out, self.vocabulary)
        total, n = 0.0, 0
        for part in torch.split(rows, N_BATCH):
            n_tokens = int((part[:, 1:] != END).sum()) + len(part)
            total += float(surprise(model, part)) * n_tokens
            n += n_tokens
        return total / n

    def writing(self, model: Transformer, generator: torch.Generator) -> Row:
        """What a model writes on its own, held against what it has read.

        Returns:
            n, n_verbatim (sentences that stand in the text), n_secret (of those, canaries),
            quoted: words, run (first place and the place after the last), source and its copies.
        """
        word = {number: each for each, number in self.vocabulary.items()}
        lines = [
            tuple(word[token] for token in tokens)
            for tokens in written(model, N_WRITTEN, generator)
        ]
        n_copies: dict[tuple[str, ...], int] = {}
        for line in self.lines:
            n_copies[line] = n_copies.get(line, 0) + 1
        secrets = {canary.words for canary in self.text.canaries}
        same = [line for line in lines if line in n_copies]
        return {
            "n": len(lines),
            "n_verbatim": len(same),
            "n_secret": sum(line in secrets for line in same),
            "quoted": self._quoted(lines, n_copies),
        }

    def _quoted(
        self, lines: Sequence[tuple[str, ...]], n_copies: Mapping[tuple[str, ...], int]
    ) -> list[Row]:
        """The first sentences of three kinds: copied whole, in part, and hardly at all."""
        found: dict[str, Row] = {}
        runs = {run for line in n_copies for run in _runs(line)}
        for line in lines:
            copied = any(run in runs for run in _runs(line))
            kind = "whole" if line in n_copies else "part" if copied else "new"
            if len(line) < N_QUOTE_WORDS or kind in found:
                continue
            first, last, source = longest_run(line, [line] if kind == "whole" else list(n_copies))
            found[kind] = {
                "kind": kind,
                "words": list(line),
                "run": [first, last],
                "source": list(source),
                "n_copies": n_copies.get(source, 0),
            }
        return [found[kind] for kind in ("whole", "part", "new") if kind in found]


def _runs(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [words[i : i + N_QUOTE_WORDS] for i in range(len(words) - N_QUOTE_WORDS + 1)]


class MemorisingProgram(Trials[MemorisingSettings]):
    """All models, one after the other, each asked for every secret in its text.

    Args:
        inputs: none are read.
        settings: a MemorisingSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "asked" with model (its place), lane, seed, lang, done (whether its training is over),
        steps (of this model), held_out_nats and canaries: of each sort, copies, own, right and
        said; once it is done these have rank, counted and exposure_bits, too, words and digits of
        the secret, and the row has ordinary, writing, n_sentences, n_different and n_parameters.
    """

    asks_for = MemorisingSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """Draw a text, and a model that has read nothing of it."""
        self.lane, seed = self.settings.models[turn]
        text = self.settings.text(seed)
        self.trial = Trial(text, lines_of(text, self.lane), text.vocabulary)
        rows = numbered(self.trial.lines, self.trial.vocabulary)
        plan = self.settings.design(self.lane, len(self.trial.vocabulary))
        objective = InTurn(Transformer(plan, seed=seed), rows)
        return Trainer(objective, self.settings.training(seed, n_warmup_steps=N_WARMUP))

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is asked now and then, and at its end."""
        n_steps = self.settings.n_steps_each
        places = {round(n_steps * look / N_LOOKS) for look in range(N_LOOKS)}  # 0 is an end
        return ("asked",) if self.steps_within(step) in places else ()

    def looking(self, look: str) -> Looking:
        """Every canary; at the end also its exposure, and what the model writes."""
        yield from ()  # in one piece
        model, trial = self.trainer.model, self.trial
        canaries = [
            {
                "sort": canary.sort,
                "copies": canary.n_copies,
                "own": place >= len(trial.text.canaries) - trial.text.n_own,
                "said": said,
                "right": said == " ".join(canary.digits),
            }
            for place, (canary, said) in enumerate(
                zip(trial.text.canaries, trial.recited(model), strict=True)
            )
        ]
        row: Row = {"steps": self.trainer.step, "held_out_nats": trial.held_out(model)}
        if self.trainer.finished:
            generator = torch.Generator().manual_seed(self.trainer.settings.seed)
            more = trial.exposed(model, generator)
            for one, canary, found in zip(canaries, trial.text.canaries, more, strict=True):
                one |= found | _shown(canary)
            row |= {
                "ordinary": trial.ordinary(model),
                "writing": trial.writing(model, generator),
                "n_sentences": len(trial.lines),
                "n_different": len(set(trial.lines)),
                "n_parameters": sum(weight.numel() for weight in model.parameters()),
            }
        place = {
            "lane": self.lane,
            "seed": self.trainer.settings.seed,
            "lang": self.settings.lang,
        }
        return [{"kind": "asked", **self.place(), **place, **row, "canaries": canaries}]


def _shown(canary: Canary) -> Row:
    return {"sentence": printed(canary.words), "digits": " ".join(canary.digits)}


@dataclass(frozen=True)
class Count:
    """How many of some came out word for word.

    Args:
        n: asked for.
        n_right: came out.
    """

    n: int = 0
    n_right: int = 0

    @property
    def share(self) -> float:
        """Of 1."""
        return self.n_right / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval, by Wilson."""
        return share_interval(self.n_right, self.n)

    def __add__(self, other: "Count") -> "Count":
        return Count(self.n + other.n, self.n_right + other.n_right)


T_95: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""Quantiles of Student's t for 95 % in the middle, for 1, 2, … degrees of freedom."""


@dataclass(frozen=True)
class Mean:
    """A mean over models.

    Args:
        values: one of each model.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean of all models."""
        return fmean(self.values)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval by Student's t over the models; None for a single model."""
        n = len(self.values)
        if n < 2:
            return None
        middle = self.mean
        spread = (sum((value - middle) ** 2 for value in self.values) / (n - 1)) ** 0.5
        half = T_95[min(n - 2, len(T_95) - 1)] * spread / n**0.5
        return middle - half, middle + half


@dataclass(frozen=True)
class Look:
    """The models of a lane after the same share of their steps.

    Args:
        share: of their steps, of 1.
        held_out: surprise of unread sentences, in nats per token.
        told: secrets told word for word.
    """

    share: float
    held_out: Mean
    told: Count


@dataclass(frozen=True)
class Found:
    """What all finished models of a lane come to together.

    Args:
        n_models: so many.
        exposure: mean exposure in bits by sort and copies, a value of each model.
        told: secrets told word for word, by sort and copies.
        ordinary: the town's sentences that are gone on with word for word, by copies.
        held_out: surprise of unread sentences, in nats per token.
        verbatim: sentences written on its own that stand in the text.
        n_secret: of those, planted ones.
        looks: the models on their way and at their end.
        n_sentences, n_different, n_parameters: means over its models.
    """

    n_models: int
    exposure: Mapping[tuple[Sort, int], Mean]
    told: Mapping[tuple[Sort, int], Count]
    ordinary: Mapping[int, Count]
    held_out: Mean
    verbatim: Count
    n_secret: int
    looks: tuple[Look, ...]
    n_sentences: float
    n_different: float
    n_parameters: float

    def told_of(self, sort: Sort, low: int = 1) -> Count:
        """All secrets of a sort with at least so many copies together."""
        some = [one for (each, n), one in self.told.items() if each == sort and n >= low]
        return sum(some, Count())


def results(rows: Sequence[Row]) -> dict[Lane, Found]:
    """What the finished models of each lane come to.

    Args:
        rows: of kind "asked".
    """
    done = finished(rows)
    return {
        lane: _found([row for row in done if row["lane"] == lane], rows)
        for lane in LANES
        if any(row["lane"] == lane for row in done)
    }


def _found(done: Sequence[Row], rows: Sequence[Row]) -> Found:
    keys = sorted({(one["sort"], one["copies"]) for one in _planted(done[0])})
    on_the_way = [[row for row in rows if row["model"] == end["model"]] for end in done]
    ordinary: dict[int, Count] = {}
    for row in done:
        for n_copies, (n, n_right) in row["ordinary"].items():
            ordinary[int(n_copies)] = ordinary.get(int(n_copies), Count()) + Count(n, n_right)
    return Found(
        n_models=len(done),
        exposure={
            key: Mean(tuple(fmean(one["exposure_bits"] for one in _at(row, key)) for row in done))
            for key in keys
        },
        told={key: _counted([one for row in done for one in _at(row, key)]) for key in keys},
        ordinary=dict(sorted(ordinary.items())),
        held_out=Mean(tuple(row["held_out_nats"] for row in done)),
        verbatim=Count(
            sum(row["writing"]["n"] for row in done),
            sum(row["writing"]["n_verbatim"] for row in done),
        ),
        n_secret=sum(row["writing"]["n_secret"] for row in done),
        looks=tuple(
            _look([of_model[place] for of_model in on_the_way], [row["steps"] for row in done])
            for place in range(min(len(of_model) for of_model in on_the_way))
        ),
        n_sentences=fmean(row["n_sentences"] for row in done),
        n_different=fmean(row["n_different"] for row in done),
        n_parameters=fmean(row["n_parameters"] for row in done),
    )


def _look(some: Sequence[Row], n_steps: Sequence[int]) -> Look:
    return Look(
        share=fmean(row["steps"] / n for row, n in zip(some, n_steps, strict=True)),
        held_out=Mean(tuple(row["held_out_nats"] for row in some)),
        told=_counted([one for row in some for one in _planted(row)]),
    )


def _planted(row: Row) -> list[Row]:
    return [one for one in row["canaries"] if not one["own"]]


def _at(row: Row, key: tuple[Sort, int]) -> list[Row]:
    return [one for one in _planted(row) if (one["sort"], one["copies"]) == key]


def _counted(some: Sequence[Row]) -> Count:
    return Count(len(some), sum(one["right"] for one in some))


def copies_needed(found: Found, sort: Sort = "exact") -> int | None:
    """The fewest copies from which on at least every second secret is told word for word; None if
    no number of copies tried is enough.
    """
    counts = sorted((n, one) for (each, n), one in found.told.items() if each == sort)
    return next((n for n, one in counts if 2 * one.n_right >= one.n), None)
