"""Told one way, asked another: does it help to tell a fact in other words, or only more often?

Invented people are each portrayed in a short text with several facts, eight times. For some it is
eight times the same text; for others two, four or eight texts in other words and another order.
Half of the people are portrayed in all wordings and also asked about, so that every model learns
how questions are put. Then it is asked about all the others.

Source: Allen-Zhu and Li 2023, "Physics of Language Models: Part 3.1, Knowledge Storage and
Extraction", arXiv:2309.14316: what is told one way only cannot be extracted by a question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from random import Random
from typing import Final, Self

import torch
from torch import Tensor

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.limits.often.telling import Tally, tallied_answers, together
from core.limits.reading import NOTHING, Reading
from core.limits.trials import Trials, TrialSettings, finished, small_plan
from core.training.course import Looking, Row
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

N_FACTS: Final = 3  # of each person: home, dog, boat
N_WORDINGS: Final = 8  # of a portrait
TOLD: Final = 8  # portraits of each person
KINDS: Final = (1, 2, 4, 8)  # wordings of those who are never asked about in the text
ASKED_TIMES: Final = 2  # each question about the others, in the text
END: Final = 0
N_TOKENS: Final = 3 + 2 * N_FACTS  # of a portrait: end, person, words and name of each fact, end
ASK_EVERY: Final = 100  # steps


@dataclass(frozen=True)
class WordingSettings(TrialSettings):
    """Several small models, one after the other.

    Args (and the unit of each):
        n_people: people; one half is also asked about in the text.
        n_answers: possible answers to each question.
        n_seeds: models; each draws its own facts, wordings, weights and batches.
        n_steps_each: updates of one model.
        n_batch: texts per update.
        learning_rate: peak rate of the hidden matrices.
        n_channels, n_layers, n_heads: of the model.
        seed: of the first model; the others count up from it.
    """

    n_people: int = 240
    n_answers: int = 20
    n_seeds: int = 1
    n_steps_each: int = 600
    n_batch: int = 32
    learning_rate: float = 0.02
    n_channels: int = 64
    n_layers: int = 2
    n_heads: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.must_lie(8, 1000, "n_people")
        self.must_lie(2, 200, "n_answers")

    def design(self, n_tokens: int) -> ModelConfig:
        """The plan of each model."""
        return small_plan(n_tokens, N_TOKENS, self.n_channels, self.n_layers, self.n_heads)


@dataclass(frozen=True)
class Portraits:
    """People with their facts, and the texts about them.

    Tokens: the end mark; a question word for each fact; for each wording one word for each fact;
    people; then the answers, those to each question by themselves.

    Args:
        n_people: how many.
        n_answers: possible answers to each question.
        truths: of each person, of each fact, the place of its answer.
        orders: of each wording, the order in which it tells the facts.
        wordings: of each person, the wordings in which they are portrayed.
    """

    n_people: int
    n_answers: int
    truths: tuple[tuple[int, ...], ...]
    orders: tuple[tuple[int, ...], ...]
    wordings: tuple[tuple[int, ...], ...]

    @classmethod
    def drawn(cls, n_people: int, n_answers: int, seed: int) -> Self:
        """Draw facts and wordings; equal seeds, equal portraits."""
        random = Random(seed)
        truths = [
            tuple(random.randrange(n_answers) for _ in range(N_FACTS)) for _ in range(n_people)
        ]
        every = range(N_WORDINGS)
        orders = [tuple(random.sample(range(N_FACTS), N_FACTS)) for _ in every]
        wordings = [
            tuple(every) if place % 2 else tuple(random.sample(every, KINDS[place // 2 % 4]))
            for place in range(n_people)
        ]
        return cls(n_people, n_answers, tuple(truths), tuple(orders), tuple(wordings))

    @property
    def n_tokens(self) -> int:
        """Size of the vocabulary."""
        return self._first_answer + N_FACTS * self.n_answers

    @property
    def _first_person(self) -> int:
        return 1 + N_FACTS * (1 + N_WORDINGS)

    @property
    def _first_answer(self) -> int:
        return self._first_person + self.n_people

    def is_asked(self, person: int) -> bool:
        """Whether the text also asks about somebody: every second person."""
        return person % 2 == 1

    def of_kind(self, n_wordings: int) -> list[int]:
        """Those told in so many wordings about whom the text never asks."""
        return [
            person
            for person in range(self.n_people)
            if not self.is_asked(person) and len(self.wordings[person]) == n_wordings
        ]

    def question(self, person: int, fact: int) -> tuple[int, int, int]:
        """Up to where the answer begins, as tokens; no portrait holds these words."""
        return END, 1 + fact, self._first_person + person

    def answer(self, person: int, fact: int) -> int:
        """The token of the true answer."""
        return self._first_answer + fact * self.n_answers + self.truths[person][fact]

    def portrait(self, person: int, wording: int) -> list[int]:
        """Somebody's text in one wording, as tokens."""
        text = [END, self._first_person + person]
        for fact in self.orders[wording]:
            text += [1 + N_FACTS * (1 + wording) + fact, self.answer(person, fact)]
        return [*text, END]

    def texts(self) -> Tensor:
        """(n, N_TOKENS) all that is read; what is short is filled up with end marks."""
        told: list[list[int]] = []
        for person, some in enumerate(self.wordings):
            told += [self.portrait(person, some[turn % len(some)]) for turn in range(TOLD)]
            if self.is_asked(person):
                asked = [
                    [*self.question(person, fact), self.answer(person, fact), END]
                    for fact in range(N_FACTS)
                ]
                told += asked * ASKED_TIMES
        return torch.tensor([text + [END] * (N_TOKENS - len(text)) for text in told])


@torch.inference_mode()
def asked(model: Transformer, portraits: Portraits, people: Sequence[int]) -> Tally:
    """Ask all questions about some people."""
    cases = [(person, fact) for person in people for fact in range(N_FACTS)]
    questions = torch.tensor([portraits.question(*case) for case in cases])
    probs = model(questions, only_last=True)[:, 0].softmax(-1)
    return tallied_answers(probs, torch.tensor([portraits.answer(*case) for case in cases]))


@torch.inference_mode()
def recited(model: Transformer, portraits: Portraits, people: Sequence[int]) -> Tally:
    """Let the model go on with portraits as they stood in the text, fact by fact."""
    texts = torch.tensor(
        [portraits.portrait(person, portraits.wordings[person][0]) for person in people]
    )
    probs = model(texts[:, :-1]).softmax(-1)[:, 2::2]  # (n, N_FACTS, V) behind each fact's word
    return tallied_answers(probs.flatten(0, 1), texts[:, 3:-1:2].flatten())


def following(texts: Tensor) -> Tensor:
    """(n, T) what is predicted in (n, T + 1) texts: every next token, nothing after the end."""
    targets = texts[:, 1:].clone()
    targets[:, 1:][texts[:, 1:-1] == END] = NOTHING
    return targets


class WordingsProgram(Trials[WordingSettings]):
    """All models, one after the other, each asked about everybody.

    Args:
        inputs: none are read.
        settings: a WordingSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "asked" with model (its place), seed, done (whether its training is over), known: a Tally
        of those the text asks about, too; and by number of wordings, as text, asked and recited:
        a Tally each of the others.
    """

    asks_for = WordingSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """Draw people and their portraits, and a model that has read none of them."""
        seed = self.settings.seed + turn
        self.portraits = Portraits.drawn(self.settings.n_people, self.settings.n_answers, seed)
        plan = self.settings.design(self.portraits.n_tokens)
        texts = self.portraits.texts()
        objective = Reading(Transformer(plan, seed=seed), texts, following(texts))
        return Trainer(objective, self.settings.training(seed))

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is asked now and then, and at its end."""
        return ("asked",) if self.steps_within(step) % ASK_EVERY == 0 else ()

    def looking(self, look: str) -> Looking:
        """Everybody, by the wordings in which they are told."""
        yield from ()  # in one piece
        model, portraits = self.trainer.model, self.portraits
        known = [one for one in range(portraits.n_people) if portraits.is_asked(one)]
        kinds = {kind: portraits.of_kind(kind) for kind in KINDS}
        found: Row = {
            "known": asdict(asked(model, portraits, known)),
            "asked": {str(k): asdict(asked(model, portraits, some)) for k, some in kinds.items()},
            "recited": {
                str(k): asdict(recited(model, portraits, some)) for k, some in kinds.items()
            },
        }
        seed = self.trainer.settings.seed
        return [{"kind": "asked", **self.place(), "seed": seed, **found}]


@dataclass(frozen=True)
class Worded:
    """What finished models come to together.

    Args:
        n_models: how many there are.
        known: those the text asks about, too.
        asked, recited: the others, by number of wordings: asked, and told as the text tells it.
    """

    n_models: int
    known: Tally
    asked: Mapping[int, Tally]
    recited: Mapping[int, Tally]


def results(rows: Sequence[Row]) -> Worded | None:
    """What the finished models come to; None if there is none.

    Args:
        rows: of kind "asked".
    """
    done = finished(rows)
    if not done:
        return None

    def by_kind(name: str) -> dict[int, Tally]:
        """One measurement for each number of wordings."""
        return {kind: together([Tally(**row[name][str(kind)]) for row in done]) for kind in KINDS}

    known = together([Tally(**row["known"]) for row in done])
    return Worded(len(done), known, by_kind("asked"), by_kind("recited"))


def two_portraits(seed: int) -> list[list[int]]:
    """The orders of facts in the first two wordings of a seed, to show what differs."""
    orders = Portraits.drawn(KINDS[-1], N_FACTS, seed).orders
    return [list(order) for order in islice(orders, 2)]
