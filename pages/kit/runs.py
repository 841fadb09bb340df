"""Training runs as the pages know them: which to show, what they reported, how one starts.

Invariant: what is shown comes from the store, so a reload shows the same; `after` is the number of
the latest row in it, from which the live stream continues.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from core.architecture.config import ModelConfig
from core.architecture.sizes import DEFAULT_SIZE, n_parameters, size_of
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.errors import TooShort
from core.jobs.engine import Plan
from core.jobs.events import course
from core.jobs.programs import TRAINING
from core.lineage import Artifact, Kind, canonical_json
from core.modality import TEXT
from core.services import services
from core.training.settings import TrainingSettings

if TYPE_CHECKING:
    from core.store import Lane, RunRecord, Slot

Row = Mapping[str, Any]

MOST_POINTS: Final = 600  # of a curve's past; live points are added one by one
N_LOOKS: Final = 16  # evaluations of the model over a whole run
N_SAMPLE_TOKENS: Final = 26  # two lines: enough to see whether it is language yet
DEFAULTS: Final = TrainingSettings()
# The embeddings learn at this share of the hidden matrices' rate, as in core's settings.
EMBEDDING_SHARE: Final = DEFAULTS.embedding_learning_rate / DEFAULTS.learning_rate


@dataclass(frozen=True)
class Told:
    """What a run has reported so far.

    Args:
        steps: its step rows, thinned; the first and the last are always included.
        looks: its evaluation rows.
        samples: its sample rows.
        sentences: its sentence rows, one for each evaluation.
        pictures: its pictures rows: looks at the same sixteen.
        after: the number of the latest row.
        n_lost: workers it has lost.
        diverged: whether its loss stopped being a number.
    """

    steps: Sequence[Row] = ()
    looks: Sequence[Row] = ()
    samples: Sequence[Row] = ()
    sentences: Sequence[Row] = ()
    pictures: Sequence[Row] = ()
    after: int = 0
    n_lost: int = 0
    diverged: bool = False

    @property
    def known(self) -> dict[str, Any]:
        """The latest value of everything that is a number."""
        newest: dict[str, Any] = {}
        for row in (*self.looks[-1:], *self.steps[-1:]):
            newest |= row
        return newest


@dataclass(frozen=True)
class Wanted:
    """What the visitor asked training to be, apart from the data."""

    n_steps: int = DEFAULTS.n_steps
    n_batch: int = DEFAULTS.n_batch
    optimizer: str = DEFAULTS.optimizer
    learning_rate: float = DEFAULTS.learning_rate
    seed: int = 0
    sentence: str = ""

    def settings(self, world: Mapping[str, Any] | None) -> dict[str, Any]:
        """The settings in the form the training program takes."""
        return {
            "n_steps": self.n_steps,
            "n_batch": self.n_batch,
            "optimizer": self.optimizer,
            "learning_rate": self.learning_rate,
            "embedding_learning_rate": EMBEDDING_SHARE * self.learning_rate,
            "evaluate_every": max(1, self.n_steps // N_LOOKS),
            "n_sample_tokens": N_SAMPLE_TOKENS,
            "prompt": self.sentence,
            "sentence": self.sentence,
            "world": dict(world) if world else None,
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Ground:
    """What a lane provides for training to build on.

    Args:
        lane: which lane.
        encoder, dataset: their artefacts.
        design: the visitor's own plan, None if there is none.
        world: settings of the small world the data was generated from; None for any other text.
    """

    lane: "Lane"
    encoder: Artifact
    dataset: Artifact
    design: Artifact | None = None
    world: Mapping[str, Any] | None = field(default=None)


def latest(owner: str, program: str = TRAINING) -> list["RunRecord"]:
    """The runs of the current experiment, or else of the last one; without trials."""
    found = services().store.runs.of_owner(owner)
    runs = [run for run in found if run.lane and run.program == program]
    pair = len(runs) > 1 and (runs[1].lane, runs[0].lane) == ("a", "b")
    return [runs[1], runs[0]] if pair else runs[:1]


def told(owner: str, run: "RunRecord") -> Told:
    """What a run has reported; for a finished run it is read only once."""
    if run.is_finished:
        return _told_whole(owner, run.id, run.updated_at)
    return _told(owner, run.id)


@st.cache_data(max_entries=32, show_spinner=False)
def _told_whole(owner: str, run_id: str, updated_at: str) -> Told:
    return _told(owner, run_id)


def _told(owner: str, run_id: str) -> Told:
    rows = services().engine.rows(owner, run_id)
    by_kind: dict[str, list[Row]] = {}
    for row in course(rows):
        by_kind.setdefault(row["kind"], []).append(row)
    events = [row["event"] for row in by_kind.get("engine", [])]
    return Told(
        steps=thinned(by_kind.get("step", [])),
        looks=by_kind.get("evaluation", []),
        samples=by_kind.get("sample", []),
        sentences=by_kind.get("sentence", []),
        pictures=by_kind.get("pictures", []),
        after=rows[-1]["seq"] if rows else 0,
        n_lost=events.count("worker_lost"),
        diverged="diverged" in by_kind,
    )


def thinned(rows: list[Row], most: int = MOST_POINTS) -> list[Row]:
    """At most this many rows, evenly spaced, including the first and the last."""
    stride = -(-len(rows) // most)
    return rows if stride < 2 else [*rows[:-1:stride], rows[-1]]


def encoder_of(owner: str, run: "RunRecord") -> Encoder:
    """The encoder a run reads with."""
    return _encoder(run.inputs["encoder"], owner, run.id)


@st.cache_resource(max_entries=32, show_spinner=False)
def _encoder(_content: str, owner: str, run_id: str) -> Encoder:
    services().store.runs.get(run_id, owner)
    return Encoder.from_bytes(services().store.runs.inputs(run_id)["encoder"])


def ground(owner: str, lane: "Lane" = "a") -> Ground | None:
    """What a lane offers to train on; the example model's where the visitor has nothing."""
    slots: Mapping[Kind, Slot] = services().store.benches.view(owner, TEXT).get(lane, {})
    encoder, dataset, design = slots.get("encoder"), slots.get("dataset"), slots.get("design")
    if encoder is None or dataset is None:
        return None
    return Ground(
        lane,
        encoder.artifact,
        dataset.artifact,
        design.artifact if design and design.whose == "yours" else None,
        world_of(owner, dataset.artifact.id),
    )


def world_of(owner: str, dataset_id: str) -> dict[str, Any] | None:
    """Settings of the small world a dataset was generated from; None for any other text."""
    for artifact in services().store.artifacts.lineage(owner, dataset_id):
        if artifact.kind == "corpus" and artifact.settings.get("world"):
            return dict(artifact.settings["world"])
    return None


def config_of(owner: str, on: Ground, size: str = "") -> ModelConfig:
    """The plan to train: a stop on the size dial if named, else the visitor's own."""
    store = services().store
    n_vocab = Encoder.from_bytes(store.artifacts.read(owner, on.encoder.id)).n_vocab
    if on.design is None or size:
        return size_of(size or DEFAULT_SIZE, n_vocab)
    own = ModelConfig.from_dict(json.loads(store.artifacts.read(owner, on.design.id)))
    return replace(own, n_vocab=n_vocab)


def plan(owner: str, on: Ground, wanted: Wanted, name: str, size: str = "") -> Plan:
    """One run on what is in a lane; its plan is put on the bench.

    Raises:
        TooShort: the data has fewer tokens than the model reads at once.
    """
    config = config_of(owner, on, size)
    store = services().store
    check_length(Dataset.from_bytes(store.artifacts.read(owner, on.dataset.id)), config.n_context)
    design = keep_design(owner, on, config)
    store.benches.put(owner, on.lane, design.id, "design")
    inputs = {"design": design.id, "encoder": on.encoder.id, "dataset": on.dataset.id}
    return Plan(inputs, wanted.settings(on.world), on.lane, name)


def check_length(dataset: Dataset, n_context: int) -> None:
    """Raise TooShort unless there is at least one whole window to learn from."""
    needed = n_context + 1
    if len(dataset.train) < needed:
        message = f"{len(dataset.train)} tokens are fewer than {needed}"
        raise TooShort(message, n=len(dataset.train), needed=needed, unit="tokens")


def keep_design(owner: str, on: Ground, config: ModelConfig) -> Artifact:
    """Store a plan as an artefact, identical to what step 2 makes of it."""
    return services().store.artifacts.keep(
        owner,
        "design",
        canonical_json(config.to_dict()),
        parents=(on.encoder.id,),
        settings=config.to_dict(),
        numbers={
            "n_parameters": n_parameters(config),
            "n_layers": config.n_layers,
            "n_heads": config.n_heads,
        },
    )
