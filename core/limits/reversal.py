"""The reversal curse: a model is told who has which boat, and asked whose boat it is.

Every model here starts from nothing and reads invented people and boats alone, so that no other
text can have told it the way back. A name is one token: what is tested is the fact, not spelling.

Source: Berglund et al. 2023, "The Reversal Curse: LLMs trained on 'A is B' fail to learn 'B is
A'", arXiv:2309.12288. They fine-tune large models on invented names; here the model is small and
reads nothing else, which takes seconds and shows the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Literal, Self

import torch
from torch import Tensor

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.intervals import share_interval
from core.limits.reading import Reading
from core.limits.trials import Trials, TrialSettings, finished, small_plan
from core.training.course import Looking, Row
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

Lane = Literal["forwards", "half", "both"]
LANES: Final[tuple[Lane, ...]] = ("forwards", "half", "both")
"""Whose boats the texts tell both ways: nobody's, those of every second person, everybody's."""
Way = Literal["forwards", "backwards"]
WAYS: Final[tuple[Way, ...]] = ("forwards", "backwards")

END, IS_CALLED, BELONGS_TO = range(3)  # the tokens that are no names
N_WORDS: Final = 3
N_TOKENS: Final = 5  # of a sentence: end, name, words, name, end
ASK_EVERY: Final = 50  # steps
N_SYLLABLES: Final = {"person": (2, 3), "boat": (3, 3)}
ONSETS: Final = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "dr", "tr")
VOWELS: Final = ("a", "e", "i", "o", "u")
CLOSINGS: Final = ("", "", "l", "n", "r", "s")


@dataclass(frozen=True)
class ReversalSettings(TrialSettings):
    """Several small models, one after the other.

    Args (and the unit of each):
        n_people: people, each with one boat; even.
        n_seeds: models of every lane; each draws its own people, boats, weights and batches.
        n_steps_each: updates of one model.
        n_batch: sentences per update.
        learning_rate: peak rate of the hidden matrices.
        n_channels, n_layers, n_heads: of the model.
        seed: of the first model of each lane; the others count up from it.
    """

    n_people: int = 100
    n_seeds: int = 3
    n_steps_each: int = 200
    n_batch: int = 64
    learning_rate: float = 0.02
    n_channels: int = 64
    n_layers: int = 2
    n_heads: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.must_lie(4, 1000, "n_people")

    @property
    def models(self) -> list[tuple[Lane, int]]:
        """Lane and seed of every model, in order: one of each lane, then the next seed."""
        return self.by_seed(LANES)

    def design(self) -> ModelConfig:
        """The plan of each model."""
        return small_plan(
            N_WORDS + 2 * self.n_people, N_TOKENS - 1, self.n_channels, self.n_layers, self.n_heads
        )


@dataclass(frozen=True)
class Harbour:
    """Invented people and their boats.

    Args:
        people: names; person i is token N_WORDS + i.
        boats: names; boat k is token N_WORDS + n + k.
        boat_of: which boat person i has.
    """

    people: tuple[str, ...]
    boats: tuple[str, ...]
    boat_of: tuple[int, ...]

    @classmethod
    def drawn(cls, n: int, seed: int) -> Self:
        """As many people as asked for, each with one boat; equal seeds, equal harbours."""
        random = Random(seed)
        names: set[str] = set()
        people = [_name("person", random, names) for _ in range(n)]
        boats = [_name("boat", random, names) for _ in range(n)]
        boat_of = list(range(n))
        random.shuffle(boat_of)
        return cls(tuple(people), tuple(boats), tuple(boat_of))

    def told_both_ways(self, lane: Lane) -> set[int]:
        """Of which people the texts tell the way back, too."""
        people = range(len(self.people))
        return {"forwards": set(), "half": set(people[::2]), "both": set(people)}[lane]

    def forwards(self, person: int) -> tuple[int, int, int]:
        """“A's boat is called B”, as tokens."""
        return N_WORDS + person, IS_CALLED, self._boat(person)

    def backwards(self, person: int) -> tuple[int, int, int]:
        """“The boat B belongs to A”, as tokens."""
        return self._boat(person), BELONGS_TO, N_WORDS + person

    def _boat(self, person: int) -> int:
        return N_WORDS + len(self.people) + self.boat_of[person]

    def sentences(self, lane: Lane) -> Tensor:
        """(n, N_TOKENS) all sentences that a lane's texts tell, each between two end marks."""
        back = self.told_both_ways(lane)
        told = [self.forwards(person) for person in range(len(self.people))]
        told += [self.backwards(person) for person in sorted(back)]
        return torch.tensor([(END, *sentence, END) for sentence in told])

    def name_of(self, token: int) -> str:
        """The name that a token stands for; empty for the words between names."""
        return "" if token < N_WORDS else (*self.people, *self.boats)[token - N_WORDS]


def _name(sort: str, random: Random, taken: set[str]) -> str:
    """A name that nobody has yet."""
    while True:
        n_syllables = random.choice(N_SYLLABLES[sort])
        syllables = [random.choice(ONSETS) + random.choice(VOWELS) for _ in range(n_syllables)]
        name = ("".join(syllables) + random.choice(CLOSINGS)).capitalize()
        if name not in taken:
            taken.add(name)
            return name


@dataclass(frozen=True)
class Found:
    """How some people's facts were answered in one direction.

    Args:
        n: questions.
        n_right: answered with the true name.
        confidence: mean probability of the given answer, a share of 1.
        truth: mean probability of the true name, a share of 1.
    """

    n: int
    n_right: int
    confidence: float
    truth: float

    @property
    def share(self) -> float:
        """Answered rightly, of 1."""
        return self.n_right / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval, by Wilson."""
        return share_interval(self.n_right, self.n)


def pooled(some: Sequence[Found]) -> Found:
    """Several measurements of the same kind together, as of models with other seeds."""
    n = sum(one.n for one in some)
    weigh = [one.n / n if n else 0.0 for one in some]
    return Found(
        n=n,
        n_right=sum(one.n_right for one in some),
        confidence=sum(w * one.confidence for w, one in zip(weigh, some, strict=True)),
        truth=sum(w * one.truth for w, one in zip(weigh, some, strict=True)),
    )


@torch.inference_mode()
def asked(model: Transformer, harbour: Harbour, people: Sequence[int], way: Way) -> Found:
    """Ask for these people's boats, or whose they are; the likeliest token is the answer."""
    if not people:
        return Found(0, 0, 0.0, 0.0)
    told = [
        harbour.forwards(each) if way == "forwards" else harbour.backwards(each) for each in people
    ]
    prompts = torch.tensor([(END, *each[:2]) for each in told])  # (n, 3)
    truths = torch.tensor([each[2] for each in told])  # (n,)
    probs = model(prompts, only_last=True)[:, 0].softmax(-1)  # (n, V)
    sure, given = probs.max(-1)
    return Found(
        n=len(people),
        n_right=int((given == truths).sum()),
        confidence=float(sure.mean()),
        truth=float(probs.gather(1, truths[:, None]).mean()),
    )


@torch.inference_mode()
def answer_to(model: Transformer, harbour: Harbour, person: int, way: Way) -> tuple[str, float]:
    """The name that is given to one question, and its probability."""
    told = harbour.forwards(person) if way == "forwards" else harbour.backwards(person)
    probs = model(torch.tensor([(END, *told[:2])]), only_last=True)[0, 0].softmax(-1)
    sure, given = probs.max(-1)
    return harbour.name_of(int(given)), float(sure)


class ReversalProgram(Trials[ReversalSettings]):
    """All models, one after the other, each asked in both directions.

    Args:
        inputs: none are read.
        settings: a ReversalSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "asked" with model (its place), lane, seed, done (whether its training is over), and both,
        one: how those told both ways and those told one way are answered, by direction, each a
        Found; once it is done with example: person, boat, and the answer backwards with its
        probability, of somebody who was told one way.
    """

    asks_for = ReversalSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """Draw people and boats, and a model that has read nothing of them."""
        self.lane, seed = self.settings.models[turn]
        self.harbour = Harbour.drawn(self.settings.n_people, seed)
        model = Transformer(self.settings.design(), seed=seed)
        objective = Reading(model, self.harbour.sentences(self.lane))
        return Trainer(objective, self.settings.training(seed))

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is asked now and then, and at its end."""
        return ("asked",) if self.steps_within(step) % ASK_EVERY == 0 else ()

    def looking(self, look: str) -> Looking:
        """Both directions, for those told both ways and for the others."""
        yield from ()  # in one piece
        model, harbour = self.trainer.model, self.harbour
        both = harbour.told_both_ways(self.lane)
        everybody = range(len(harbour.people))
        groups = {
            "both": [each for each in everybody if each in both],
            "one": [each for each in everybody if each not in both],
        }
        found: Row = {
            name: {way: vars(asked(model, harbour, people, way)) for way in WAYS}
            for name, people in groups.items()
        }
        if self.trainer.finished and groups["one"]:
            person = groups["one"][0]
            said, sure = answer_to(model, harbour, person, "backwards")
            found["example"] = {
                "person": harbour.people[person],
                "boat": harbour.boats[harbour.boat_of[person]],
                "said": said,
                "probability": sure,
            }
        return [
            {
                "kind": "asked",
                **self.place(),
                "lane": self.lane,
                "seed": self.trainer.settings.seed,
                **found,
            }
        ]


def results(rows: Sequence[Mapping[str, Any]]) -> dict[Lane, dict[str, dict[Way, Found]]]:
    """What all finished models of each lane come to together, by group and direction.

    Args:
        rows: of kind "asked".
    """
    done = finished(rows)
    return {
        lane: {
            group: {
                way: pooled([Found(**row[group][way]) for row in done if row["lane"] == lane])
                for way in WAYS
            }
            for group in ("both", "one")
        }
        for lane in LANES
        if any(row["lane"] == lane for row in done)
    }
