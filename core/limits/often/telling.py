"""How often a fact must be told: small models read it never, once or many times, and are asked.

Every model here starts from nothing and reads the text of an invented village alone, so how often
a fact stood in all that it has read is known exactly. Its texts can be cleaned of repetition, and
several treatments are tried on the same facts.

Source: on repetition and cleaning Miao and Kearns 2025, "Hallucination, Monofacts, and
Miscalibration: An Empirical Investigation", arXiv:2502.08666; on how often facts must be met
Kandpal et al. 2022, "Large Language Models Struggle to Learn Long-Tail Knowledge",
arXiv:2211.08411.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final, Literal

import torch
from torch import Tensor

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.intervals import share_interval
from core.limits.confident.calibration import Bin, reliability
from core.limits.often.floor import calibration_gap, guesses_wrong, singleton_share
from core.limits.often.village import (
    END,
    N_TOKENS,
    RELATIONS,
    UNKNOWN,
    OwnFact,
    Village,
    read_own,
)
from core.limits.reading import Reading
from core.limits.trials import Trials, TrialSettings, finished, small_plan
from core.training.course import Looking, Row
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

Lane = Literal["told", "cleaned", "passes", "short", "longer", "larger", "more", "unsure"]
LANES: Final[tuple[Lane, ...]] = (
    "told",
    "cleaned",
    "passes",
    "short",
    "longer",
    "larger",
    "more",
    "unsure",
)
"""What differs: nothing; each sentence kept once, trained for as many steps, or as often through
the text; the text as it is, for no more steps than that takes; three times the steps; twice the
width; three times the text, as often through; and “unknown” taught for half of what is never told.
"""
CLEANING: Final[tuple[Lane, ...]] = ("told", "cleaned", "passes", "short")

GROUPS: Final[dict[str, tuple[int, int]]] = {
    "never": (0, 0),
    "once": (1, 1),
    "twice": (2, 2),
    "few": (3, 4),
    "several": (5, 8),
    "often": (9, 10**9),
}
"""How often a fact is told, both ends included."""

ASK_EVERY: Final = 40  # steps
N_ASKED: Final = 1000  # questions and statements drawn for each hallucination rate
N_BINS: Final = 10  # of the reliability diagram
N_FALSE: Final = 6  # falsehoods kept of each model
LONGER: Final = 3  # times the steps, or the text
WIDER: Final = 2  # times the channels
N_WARMUP: Final = 10  # steps: the shortest lane has some fifty in all
UNSURE_TIMES: Final = 2  # that “unknown” is said of each fact it is said of


@dataclass(frozen=True)
class TellingSettings(TrialSettings):
    """Several small models, one after the other.

    Args (and the unit of each):
        lanes: which of LANES, in order; each as often as there are seeds.
        n_people: people, each with two facts.
        n_answers: possible homes, and possible names of dogs.
        n_drawn: sentences of the text.
        tail: exponent of the Pareto distribution of how often facts are told.
        n_seeds: models of every lane; each draws its own village, weights and batches.
        n_steps_each: updates of a model as told; other lanes may take more or fewer.
        n_batch: sentences per update.
        learning_rate: peak rate of the hidden matrices.
        n_channels, n_layers, n_heads: of the model.
        own: facts of a visitor's, each as `OwnFact` writes it.
        seed: of the first model of each lane; the others count up from it.
    """

    lanes: tuple[str, ...] = CLEANING
    n_people: int = 300
    n_answers: int = 40
    n_drawn: int = 1000
    tail: float = 1.3
    n_seeds: int = 3
    n_steps_each: int = 120
    n_batch: int = 32
    learning_rate: float = 0.02
    n_channels: int = 64
    n_layers: int = 2
    n_heads: int = 2
    own: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.lanes or not set(self.lanes) <= set(LANES):
            raise SettingError("lanes", self.lanes, f"must be some of {LANES}")
        if read_own("\n".join(self.own))[1]:
            raise SettingError("own", self.own, "must be lines of person; place; how often told")
        self.must_lie(4, 1000, "n_people")
        self.must_lie(2, 200, "n_answers")
        self.must_lie(1, 10_000, "n_drawn")
        self.must_lie(0.3, 5, "tail")

    @property
    def models(self) -> list[tuple[Lane, int]]:
        """Lane and seed of every model, in order: one of each lane, then the next seed."""
        return self.by_seed([lane for lane in LANES if lane in self.lanes])

    @property
    def n_steps(self) -> int:
        """Updates of all models together."""
        return ends(self)[-1]

    @property
    def own_facts(self) -> list[OwnFact]:
        """The visitor's facts."""
        return read_own("\n".join(self.own))[0]

    def village(self, seed: int) -> Village:
        """The people of one seed."""
        return Village.of(
            self.n_people, self.n_answers, self.n_drawn, self.tail, seed, self.own_facts
        )

    def design(self, lane: Lane, n_tokens: int) -> ModelConfig:
        """The plan of a model with so many names and words."""
        n_channels = self.n_channels * (WIDER if lane == "larger" else 1)
        return small_plan(n_tokens, N_TOKENS - 1, n_channels, self.n_layers, self.n_heads)


def text_of(village: Village, lane: Lane) -> Tensor:
    """(n, N_TOKENS) the sentences that a lane's model reads."""
    if lane in ("cleaned", "passes"):
        return village.sentences(each_once=True)
    if lane == "more":
        return village.sentences(LONGER)
    if lane == "unsure":
        taught = village.unsure(taught_unknown(village), UNSURE_TIMES)
        return torch.cat([village.sentences(), taught])
    return village.sentences()


def taught_unknown(village: Village) -> list[int]:
    """Every second fact that the text never tells: those of which “unknown” can be taught."""
    return [fact for fact, n in enumerate(village.n_told) if n == 0][::2]


@lru_cache(maxsize=256)
def steps_of(settings: TellingSettings, lane: Lane, seed: int) -> int:
    """Updates of one model: as many as told, or as many as lead through its text as often."""
    if lane == "longer":
        return LONGER * settings.n_steps_each
    if lane in ("passes", "short", "more", "unsure"):
        village = settings.village(seed)
        read: Lane = "passes" if lane == "short" else lane
        share = len(text_of(village, read)) / len(text_of(village, "told"))
        return max(1, round(share * settings.n_steps_each))
    return settings.n_steps_each


@lru_cache(maxsize=64)
def ends(settings: TellingSettings) -> list[int]:
    """Of each model, in order, the step of the whole run at which it is finished."""
    return list(accumulate(steps_of(settings, lane, seed) for lane, seed in settings.models))


@dataclass(frozen=True)
class Tally:
    """How some facts were answered; the likeliest token is the answer.

    Args:
        n: facts asked for.
        n_right: answered truly.
        n_unsure: answered with “unknown”.
        confidence: mean probability of the given answer, a share of 1.
    """

    n: int = 0
    n_right: int = 0
    n_unsure: int = 0
    confidence: float = 0.0

    @property
    def share(self) -> float:
        """Answered truly, of 1."""
        return self.n_right / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval, by Wilson."""
        return share_interval(self.n_right, self.n)


def together(some: Sequence[Tally]) -> Tally:
    """Several measurements of the same kind as one, as of models with other seeds."""
    n = sum(one.n for one in some)
    return Tally(
        n=n,
        n_right=sum(one.n_right for one in some),
        n_unsure=sum(one.n_unsure for one in some),
        confidence=sum(one.n * one.confidence for one in some) / n if n else 0.0,
    )


@torch.inference_mode()
def answered(model: Transformer, village: Village) -> Tensor:
    """(n_facts, V) the probabilities of every token as the answer to every question."""
    asked = torch.tensor([village.question(fact) for fact in range(village.n_facts)])
    probs: Tensor = model(asked, only_last=True)[:, 0].softmax(-1)
    return probs


def tallied(probs: Tensor, village: Village, facts: Sequence[int]) -> Tally:
    """Count the answers to some questions.

    Args:
        probs: as `answered` gives them.
        facts: those that are counted.
    """
    truths = torch.tensor([village.answer(fact) for fact in facts], dtype=torch.long)
    return tallied_answers(probs[list(facts)], truths)


def tallied_answers(probs: Tensor, truths: Tensor) -> Tally:
    """Count answers.

    Args:
        probs: (n, V) of every token as the answer.
        truths: (n,) the true tokens.
    """
    if not len(truths):
        return Tally()
    sure, given = probs.max(-1)
    return Tally(
        n=len(truths),
        n_right=int((given == truths).sum()),
        n_unsure=int((given == UNKNOWN).sum()),
        confidence=float(sure.mean()),
    )


def group_of(n_told: int) -> str:
    """The name in GROUPS for so many tellings."""
    return next(name for name, (low, high) in GROUPS.items() if low <= n_told <= high)


def hallucinated(probs: Tensor, village: Village, n: int, generator: torch.Generator) -> Row:
    """Ask as the village would go on telling, and draw each answer at temperature 1.

    Args:
        probs: as `answered` gives them.
        n: questions, each drawn by how often texts are about its fact.
        generator: draws questions and answers.

    Returns:
        n, n_wrong (answers that are neither true nor “unknown”), n_unsure, n_new (questions about
        facts that the text never tells).
    """
    facts = torch.multinomial(torch.tensor(village.asked), n, True, generator=generator)
    given = torch.multinomial(probs[facts], 1, generator=generator)[:, 0]
    truths = torch.tensor([village.answer(int(fact)) for fact in facts])
    unsure = given == UNKNOWN
    return {
        "n": n,
        "n_wrong": int(((given != truths) & ~unsure).sum()),
        "n_unsure": int(unsure.sum()),
        "n_new": sum(village.n_told[int(fact)] == 0 for fact in facts),
    }


@torch.inference_mode()
def written(model: Transformer, village: Village, n: int, generator: torch.Generator) -> Row:
    """Let the model write freely at temperature 1: which of its statements are false?

    Args:
        model: begins each statement from nothing.
        n: statements.
        generator: draws the tokens.

    Returns:
        n (statements about somebody of the village), n_wrong (false ones), n_unsure; what is no
        statement at all is not counted.
    """
    text = torch.full((n, 1), END)
    for _ in range(N_TOKENS - 2):
        probs = model(text, only_last=True)[:, 0].softmax(-1)
        text = torch.cat([text, torch.multinomial(probs, 1, generator=generator)], 1)
    facts = {village.question(fact): fact for fact in range(village.n_facts)}
    stated = [row for row in map(tuple, text.tolist()) if row[:-1] in facts]
    n_unsure = sum(row[-1] == UNKNOWN for row in stated)
    n_true = sum(row[-1] == village.answer(facts[row[:-1]]) for row in stated)
    return {"n": len(stated), "n_wrong": len(stated) - n_true - n_unsure, "n_unsure": n_unsure}


def falsehoods(probs: Tensor, village: Village, n: int) -> list[Row]:
    """The false answers that the model is surest of.

    Args:
        probs: as `answered` gives them.
        n: how many, at most.

    Returns:
        the surest first: person, relation, said, truth, n_told, probability.
    """
    sure, given = probs.max(-1)
    found: list[Row] = []
    for fact in sure.argsort(descending=True).tolist():
        said, true = int(given[fact]), village.answer(fact)
        if said not in (true, UNKNOWN) and len(found) < n:
            found.append(
                {
                    "person": village.people[fact // 2],
                    "relation": RELATIONS[fact % 2],
                    "said": village.name_of(said),
                    "truth": village.name_of(true),
                    "n_told": village.n_told[fact],
                    "probability": float(sure[fact]),
                }
            )
    return found


@torch.inference_mode()
def own_answers(model: Transformer, village: Village) -> list[Row]:
    """What is said to each question of a visitor's: person, place, n_told, said, probability."""
    if not village.own:
        return []
    asked = torch.tensor([village.own_question(place) for place in range(len(village.own))])
    sure, given = model(asked, only_last=True)[:, 0].softmax(-1).max(-1)
    return [
        {
            **asdict(one),
            "said": village.name_of(int(said)),
            "right": int(said) == village.own_answer(place),
            "probability": float(p),
        }
        for place, (one, said, p) in enumerate(zip(village.own, given, sure, strict=True))
    ]


def calibration_of(probs: Tensor, village: Village) -> tuple[list[Bin], float]:
    """The reliability of all answers, and the gap that the floor assumes to be 0.

    Args:
        probs: as `answered` gives them.
    """
    sure, given = probs.max(-1)
    truths = torch.tensor([village.answer(fact) for fact in range(village.n_facts)])
    # a probability summed in float32 may exceed 1 in its last bit
    bins = reliability(sure.clamp(max=1.0).tolist(), (given == truths).tolist(), N_BINS)
    gap = calibration_gap(
        probs, truths, torch.tensor(village.asked), n_wrong=len(village.places) - 1
    )
    return bins, gap


class TellingProgram(Trials[TellingSettings]):
    """All models, one after the other, each asked for every fact of its village.

    Args:
        inputs: none are read.
        settings: a TellingSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "asked" with model (its place), lane, seed, done (whether its training is over), and
        groups: a Tally of each of GROUPS; own: what it says to a visitor's questions; once it is
        done also taught and untaught (those never told of which “unknown” can be taught, and the
        rest), asked and written (hallucination rates), singletons and missing (the floor, counted
        in the text and known of the village), gap and bins (calibration), falsehoods, n_sentences,
        n_steps_taken, n_parameters.
    """

    asks_for = TellingSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """Draw a village and its text, and a model that has read nothing of it."""
        self.lane, seed = self.settings.models[turn]
        self.village = self.settings.village(seed)
        self.text = text_of(self.village, self.lane)
        plan = self.settings.design(self.lane, self.village.n_tokens)
        objective = Reading(Transformer(plan, seed=seed), self.text)
        n_steps = steps_of(self.settings, self.lane, seed)
        training = self.settings.training(seed, n_steps=n_steps, n_warmup_steps=N_WARMUP)
        return Trainer(objective, training)

    def turn_at(self, step: int) -> int:
        """Whose turn it is after so many steps; the place beyond the last at the very end."""
        return bisect_right(ends(self.settings), step)

    def steps_within(self, step: int) -> int:
        """Steps since the model under way was begun; 0 at the end of each model."""
        return step - ([0, *ends(self.settings)])[self.turn_at(step)]

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is asked now and then, and at its end."""
        return ("asked",) if self.steps_within(step) % ASK_EVERY == 0 else ()

    def looking(self, look: str) -> Looking:
        """Every fact of the village, by how often it is told."""
        yield from ()  # in one piece
        model, village = self.trainer.model, self.village
        probs = answered(model, village)
        facts: dict[str, list[int]] = {name: [] for name in GROUPS}
        for fact, n in enumerate(village.n_told):
            facts[group_of(n)].append(fact)
        found: Row = {
            "groups": {name: asdict(tallied(probs, village, some)) for name, some in facts.items()},
            "own": own_answers(model, village),
        }
        if self.trainer.finished:
            found |= self._at_the_end(probs, facts["never"])
        seed = self.trainer.settings.seed
        return [{"kind": "asked", **self.place(), "lane": self.lane, "seed": seed, **found}]

    def _at_the_end(self, probs: Tensor, never: Sequence[int]) -> Row:
        """What is measured of a finished model alone."""
        model, village = self.trainer.model, self.village
        generator = torch.Generator().manual_seed(self.trainer.settings.seed)
        bins, gap = calibration_of(probs, village)
        taught = set(taught_unknown(village))
        untaught = [fact for fact in never if fact not in taught]
        n_told = torch.tensor(village.n_told)
        return {
            "taught": asdict(tallied(probs, village, sorted(taught))),
            "untaught": asdict(tallied(probs, village, untaught)),
            "asked": hallucinated(probs, village, N_ASKED, generator),
            "written": written(model, village, N_ASKED, generator),
            "singletons": singleton_share(village.n_told),
            "missing": guesses_wrong(torch.tensor(village.asked), n_told, len(village.places)),
            "gap": gap,
            "bins": [[each.n, each.n_right, each.confidence] for each in bins],
            "falsehoods": falsehoods(probs, village, N_FALSE),
            "n_sentences": len(self.text),
            "n_steps_taken": self.trainer.step,
            "n_parameters": sum(weight.numel() for weight in model.parameters()),
        }


@dataclass(frozen=True)
class Found:
    """What all finished models of one lane come to together.

    Args:
        n_models: how many there are.
        groups: by how often a fact is told.
        taught, untaught: of those never told.
        asked, written: n, n_wrong and n_unsure of the drawn answers and statements.
        singletons, missing, gap: means over the models.
        bins: of the reliability diagram.
        n_sentences, n_steps, n_parameters: means over the models.
    """

    n_models: int
    groups: Mapping[str, Tally]
    taught: Tally
    untaught: Tally
    asked: Tally
    written: Tally
    singletons: float
    missing: float
    gap: float
    bins: Sequence[Bin]
    n_sentences: float
    n_steps: float
    n_parameters: float


def _rate(rows: Sequence[Row], name: str) -> Tally:
    """Drawn answers of several models; right means not false here, refused ones apart."""
    n, n_wrong, n_unsure = (
        sum(int(row[name][each]) for row in rows) for each in ("n", "n_wrong", "n_unsure")
    )
    return Tally(n=n, n_right=n - n_wrong - n_unsure, n_unsure=n_unsure)


def _bins(rows: Sequence[Row]) -> list[Bin]:
    """The same bins of several models, as one."""
    found = []
    for place in range(N_BINS):
        some = [row["bins"][place] for row in rows]
        n = sum(each[0] for each in some)
        sure = sum(each[0] * each[2] for each in some) / n if n else 0.0
        n_right = sum(each[1] for each in some)
        found.append(Bin(place / N_BINS, (place + 1) / N_BINS, n, n_right, sure))
    return found


def results(rows: Sequence[Row]) -> dict[Lane, Found]:
    """What the finished models of each lane come to.

    Args:
        rows: of kind "asked".
    """
    found: dict[Lane, Found] = {}
    for lane in LANES:
        some = [row for row in finished(rows) if row["lane"] == lane]
        if not some:
            continue

        def mean(name: str, of: Sequence[Row] = some) -> float:
            """Over the models of this lane."""
            return sum(float(row[name]) for row in of) / len(of)

        found[lane] = Found(
            n_models=len(some),
            groups={
                name: together([Tally(**row["groups"][name]) for row in some]) for name in GROUPS
            },
            taught=together([Tally(**row["taught"]) for row in some]),
            untaught=together([Tally(**row["untaught"]) for row in some]),
            asked=_rate(some, "asked"),
            written=_rate(some, "written"),
            singletons=mean("singletons"),
            missing=mean("missing"),
            gap=mean("gap"),
            bins=_bins(some),
            n_sentences=mean("n_sentences"),
            n_steps=mean("n_steps_taken"),
            n_parameters=mean("n_parameters"),
        )
    return found


def surest(rows: Sequence[Row], lane: Lane, n: int) -> list[Row]:
    """The falsehoods that any finished model of a lane was surest of."""
    some = [one for row in finished(rows) if row["lane"] == lane for one in row["falsehoods"]]
    return sorted(some, key=lambda one: -float(one["probability"]))[:n]
