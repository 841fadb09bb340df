"""Pattern or rule: small models are told sums, and asked new ones, other forms and other lengths.

All models of a run are told sums of the same kind for equally many steps; what differs is what the
texts write after a question.

Source: Lee et al. 2023, "Teaching Arithmetic to Small Transformers", arXiv:2307.03381 (answers
alone against steps, and longer numbers); Nye et al. 2021, "Show Your Work", arXiv:2112.00114;
Mirzadeh et al. 2024, "GSM-Symbolic", arXiv:2410.05229 (other names, a sentence that does not
matter). The models here are far smaller, and each question differs in one thing.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.inference.cache import Cache
from core.limits.reading import NOTHING, Reading
from core.limits.rule.sums import (
    ALPHABET,
    END,
    KINDS,
    LANES,
    MOST_CHARACTERS,
    MOST_WRITTEN,
    TOKEN_OF,
    Exercises,
    Kind,
    Lane,
    Question,
    answer_in,
    tokens_of,
    written_out,
)
from core.limits.trials import Keeping, TrialSettings, kept_models, small_plan
from core.training.course import Looking, Row
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

EXAMPLES_EACH: Final = 2  # answers of each kind that are kept as text
LOOKS: Final = 10  # at new sums, over the training of a model
N_LOOKED: Final = 60  # sums asked at each
MODEL: Final = "model"  # before the number of a model in a file of several


@dataclass(frozen=True)
class AddingSettings(TrialSettings):
    """Several small models, one after the other.

    Args (and the unit of each):
        lanes: what the texts of each model of a seed write after a question.
        n_sums: in the texts.
        n_digits: of each number in them (in the lane "varied": at most).
        n_asked: questions of each kind.
        n_seeds: models of every lane; each seed draws its own sums, names, weights and batches.
        n_steps_each: updates of one model.
        n_batch: sums per update.
        learning_rate: peak rate of the hidden matrices.
        embedding_learning_rate: peak rate of the table of characters and of the norms.
        n_channels, n_layers, n_heads: of the model.
        seed: of the first model of each lane; the others count up from it.
    """

    lanes: tuple[str, ...] = ("steps", "answer")
    n_sums: int = 5000
    n_digits: int = 3
    n_asked: int = 100
    n_seeds: int = 1
    n_steps_each: int = 700
    n_batch: int = 64
    learning_rate: float = 0.02
    embedding_learning_rate: float = 0.005
    n_channels: int = 64
    n_layers: int = 2
    n_heads: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.lanes or not set(self.lanes) <= set(LANES):
            raise SettingError("lanes", self.lanes, f"must be some of {LANES}")
        self.must_lie(2, 4, "n_digits")
        self.must_lie(1, 500, "n_asked")
        self.must_lie(self.n_asked, 5000, "n_sums")

    @property
    def models(self) -> list[tuple[Lane, int]]:
        """Lane and seed of every model, in order: one of each lane, then the next seed."""
        return self.by_seed([lane for lane in LANES if lane in self.lanes])

    def of_seed(self, seed: int) -> TrainingSettings:
        """How one model is trained."""
        return self.training(seed, embedding_learning_rate=self.embedding_learning_rate)

    def exercises(self, seed: int) -> Exercises:
        """What the models of a seed are told and asked."""
        return Exercises.drawn(self.n_sums, self.n_digits, self.n_asked, seed)

    def design(self) -> ModelConfig:
        """The plan of each model."""
        return small_plan(
            len(ALPHABET),
            1 + MOST_CHARACTERS + MOST_WRITTEN,
            self.n_channels,
            self.n_layers,
            self.n_heads,
        )


def tokens_and_targets(texts: Sequence[tuple[str, str]]) -> tuple[Tensor, Tensor]:
    """(n, T + 1) what is read and (n, T) what is predicted: only what follows each question.

    Args:
        texts: question and what follows it.
    """
    length = max(len(question) + len(rest) for question, rest in texts) + 2
    read = torch.full((len(texts), length), TOKEN_OF[END])
    targets = torch.full((len(texts), length - 1), NOTHING)
    for row, (question, rest) in enumerate(texts):
        tokens = torch.tensor(tokens_of(END + question + rest + END))
        read[row, : len(tokens)] = tokens
        targets[row, len(question) : len(tokens) - 1] = tokens[len(question) + 1 :]
    return read, targets


@dataclass(frozen=True)
class Written:
    """What a model writes after a question.

    Args:
        text: up to the end mark, which is left out.
        probabilities: of each character, and of the end mark if it ended; shares of 1.
        ended: whether it ended by itself.
    """

    text: str
    probabilities: tuple[float, ...]
    ended: bool


@torch.inference_mode()
def written(model: Transformer, questions: Sequence[str]) -> list[Written]:
    """What a model writes after each question: always the likeliest character.

    Args:
        model: reads and writes characters of ALPHABET.
        questions: at most MOST_CHARACTERS long.
    """
    by_length: dict[int, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        by_length[len(question)].append(place)
    found: dict[int, Written] = {}
    for places in by_length.values():
        some = _written(model, [questions[place] for place in places])
        found |= zip(places, some, strict=True)
    return [found[place] for place in range(len(questions))]


def _written(model: Transformer, questions: Sequence[str]) -> list[Written]:
    """The same, all questions equally long."""
    cache = Cache(model.config, len(questions))
    tokens = torch.tensor([tokens_of(END + question) for question in questions])  # (n, T)
    ends = torch.zeros(len(questions), dtype=torch.bool)  # (n,)
    drawn: list[Tensor] = []
    sure: list[Tensor] = []
    while len(drawn) < MOST_WRITTEN and not ends.all():
        probs = model(tokens, cache, only_last=True)[:, 0].softmax(-1)  # (n, V)
        top, token = probs.max(-1)  # (n,), (n,)
        drawn.append(token)
        sure.append(top)
        ends |= token == TOKEN_OF[END]
        tokens = token[:, None]
    rows, probabilities = torch.stack(drawn, 1).tolist(), torch.stack(sure, 1).tolist()
    texts = [written_out(row) for row in rows]
    return [
        Written(text, tuple(each[: len(text) + bool(ended)]), bool(ended))
        for text, each, ended in zip(texts, probabilities, ends, strict=True)
    ]


@dataclass(frozen=True)
class Found:
    """How the questions of one kind were answered.

    Args:
        n: questions.
        n_right: answered with the right number.
        n_written: characters written in all, end marks included.
    """

    n: int
    n_right: int
    n_written: int = 0

    @property
    def share(self) -> float:
        """Answered rightly, of 1."""
        return self.n_right / self.n if self.n else 0.0


def judged(questions: Sequence[Question], given: Sequence[Written]) -> Found:
    """Count right answers; steps are not judged, only what follows them."""
    return Found(
        n=len(questions),
        n_right=sum(
            answer_in(one.text) == question.truth
            for question, one in zip(questions, given, strict=True)
        ),
        n_written=sum(len(one.text) + one.ended for one in given),
    )


def pooled(some: Sequence[Found]) -> Found:
    """Several measurements of the same kind together, as of models with other seeds."""
    return Found(
        n=sum(one.n for one in some),
        n_right=sum(one.n_right for one in some),
        n_written=sum(one.n_written for one in some),
    )


class AddingProgram(Keeping[AddingSettings]):
    """All models, one after the other, each asked every kind of question at its end.

    Args:
        inputs: none are read.
        settings: an AddingSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "looked" with model, lane, seed, done, within (updates of this model), n and n_right of new
        sums;
        "asked" once a model's training is over, with model, lane, seed, done, within; kinds: of
        each kind a Found; examples: of each kind some questions, what was written, and the right
        answer; training_s: time that a core computed for its training; n_texts and n_characters:
        of its texts in all.
    """

    asks_for = AddingSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """Draw sums, and a model that has read none of them."""
        self.training_s = 0.0
        self.lane, seed = self.settings.models[turn]
        self.exercises = self.settings.exercises(seed)
        self.texts = self.exercises.texts(self.lane)
        model = Transformer(self.settings.design(), seed=seed)
        return Trainer(Reading(model, *tokens_and_targets(self.texts)), self.settings.of_seed(seed))

    def learn(self) -> Row:
        """One update, timed for its model."""
        begun = time.thread_time()
        found = super().learn()
        self.training_s += time.thread_time() - begun
        return found

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is asked new sums now and then, and everything at its end."""
        within, each = self.steps_within(step), self.settings.n_steps_each
        if within == 0:
            return ("looked", "asked")
        return ("looked",) if within % max(1, each // LOOKS) == 0 else ()

    def looking(self, look: str) -> Looking:
        """New sums, or all kinds of questions, one kind to a piece of work."""
        about = {**self.place(), "lane": self.lane, "seed": self.trainer.settings.seed}
        if look == "looked":
            yield from ()
            questions = self.exercises.asked["new"][:N_LOOKED]
            found = judged(questions, self._written(questions))
            within = self.trainer.step
            return [{"kind": "looked", **about, "within": within, **vars(found)}]
        kinds: dict[Kind, Any] = {}
        examples: dict[Kind, Any] = {}
        for kind in KINDS:
            questions = self.exercises.asked[kind]
            given = self._written(questions)
            kinds[kind] = vars(judged(questions, given))
            pairs = list(zip(questions, given, strict=True))[:EXAMPLES_EACH]
            examples[kind] = [[q.text, one.text, q.truth] for q, one in pairs]
            yield kind
        costs = {
            "training_s": round(self.training_s, 2),
            "n_texts": len(self.texts),
            "n_characters": sum(len(question) + len(rest) for question, rest in self.texts),
        }
        within = self.trainer.step
        told = {"within": within, "kinds": kinds, "examples": examples}
        return [{"kind": "asked", **about, **told, **costs}]

    def _written(self, questions: Sequence[Question]) -> list[Written]:
        return written(self.trainer.model, [question.text for question in questions])

    def memory(self) -> dict[str, Any]:
        """What else a snapshot must hold."""
        return {**super().memory(), "training_s": self.training_s}

    def recall(self, state: Mapping[str, Any]) -> None:
        """Take up the same model, and its time."""
        super().recall(state)
        self.training_s = float(state["training_s"])


def trained_models(data: bytes, settings: AddingSettings) -> Iterator[tuple[Lane, Transformer]]:
    """The models of a run with their lanes, from its result.

    Raises:
        UnreadableWeights: the bytes are damaged, or not of such a run.
    """
    for turn, model in kept_models(data, [settings.design()] * len(settings.models)):
        yield settings.models[turn][0], model


def results(rows: Sequence[Mapping[str, Any]]) -> dict[Lane, dict[Kind, Found]]:
    """What all finished models of each lane come to together, by kind of question.

    Args:
        rows: of kind "asked".
    """
    done = [row for row in rows if row["done"]]
    return {
        lane: {
            kind: pooled([Found(**row["kinds"][kind]) for row in done if row["lane"] == lane])
            for kind in KINDS
        }
        for lane in LANES
        if any(row["lane"] == lane for row in done)
    }


def learned(rows: Sequence[Mapping[str, Any]]) -> dict[Lane, dict[int, Found]]:
    """How new sums were answered during training: by lane and updates, all seeds together.

    Args:
        rows: of kind "looked".
    """
    found: dict[Lane, dict[int, Found]] = {}
    for row in rows:
        of_lane = found.setdefault(row["lane"], {})
        one = Found(row["n"], row["n_right"], row["n_written"])
        of_lane[row["within"]] = pooled([of_lane.get(row["within"], Found(0, 0)), one])
    return found
