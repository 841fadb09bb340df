"""What is on the visitor's bench for this page, and how a plan gets there."""

import json
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from core.architecture.config import ModelConfig
from core.architecture.sizes import n_parameters
from core.data.text.bpe import Encoder
from core.lineage import Artifact, canonical_json
from core.modality import TEXT
from core.services import services
from core.store import HOUSE

Whose = Literal["house", "yours"]


@dataclass(frozen=True)
class Trained:
    """A trained model at hand.

    Args:
        checkpoint: its artefact.
        encoder: turns text into its tokens.
        whose: the example model's, or the visitor's own.
    """

    checkpoint: Artifact
    encoder: Encoder
    whose: Whose


@dataclass(frozen=True)
class Bench:
    """What the page builds on.

    Args:
        encoder: the one on the bench; without one, an encoder without merges: every byte a token.
        is_prepared: whether that encoder is an artefact, which a plan to be kept needs.
        design: the plan on the bench, if any.
        whose: who made that plan.
        house: the example model's plan.
        trained: the visitor's own model, if one is on the bench, then the example model.
        is_built_upon: whether a new plan would displace a model of the visitor's on the bench.
    """

    encoder: Encoder
    is_prepared: bool
    design: ModelConfig | None
    whose: Whose
    house: ModelConfig | None
    trained: list[Trained]
    is_built_upon: bool


def on_bench(owner: str) -> Bench:
    """Read the bench; artefacts never change, so each is read only once."""
    store = services().store
    slots = store.benches.view(owner, TEXT)["a"]
    house_slots = store.benches.of(HOUSE, TEXT).lanes["a"]
    encoder, design, house = slots.get("encoder"), slots.get("design"), house_slots.get("design")
    checkpoint, shipped = slots.get("checkpoint"), house_slots.get("checkpoint")
    trained = [(checkpoint.artifact.id, checkpoint.whose)] if checkpoint else []
    if shipped and shipped not in [id_ for id_, _ in trained]:
        trained.append((shipped, "house"))
    return Bench(
        encoder=encoder_of(owner, encoder.artifact.id) if encoder else Encoder([]),
        is_prepared=encoder is not None,
        design=design_of(owner, design.artifact.id) if design else None,
        whose=design.whose if design else "house",
        house=design_of(HOUSE, house) if house else None,
        trained=[_trained(owner, id_, whose) for id_, whose in trained],
        is_built_upon=any(
            "checkpoint" in lane and lane["checkpoint"] != shipped
            for lane in store.benches.of(owner, TEXT).lanes.values()
        ),
    )


def _trained(owner: str, id_: str, whose: Whose) -> Trained:
    checkpoint, encoder_id = _with_encoder(owner, id_)
    return Trained(checkpoint, encoder_of(owner, encoder_id), whose)


# What is cached below never changes, since an id names its bytes. The owner is part of each key.
@st.cache_data(max_entries=256, show_spinner=False)
def _with_encoder(owner: str, id_: str) -> tuple[Artifact, str]:
    store = services().store
    return store.artifacts.get(owner, id_, "checkpoint"), store.artifacts.nearest(
        owner, id_, "encoder"
    ).id


@st.cache_resource(max_entries=64, show_spinner=False)
def encoder_of(owner: str, id_: str) -> Encoder:
    """The encoder stored in an artefact; nobody may change it."""
    return Encoder.from_bytes(services().store.artifacts.read(owner, id_))


@st.cache_resource(max_entries=256, show_spinner=False)
def design_of(owner: str, id_: str) -> ModelConfig:
    """The plan stored in an artefact."""
    return ModelConfig.from_dict(json.loads(services().store.artifacts.read(owner, id_)))


def place(owner: str, config: ModelConfig) -> None:
    """Store a plan and put it on the bench, fitted in each lane to that lane's encoder.

    In a pair that differs from this step on, lane b keeps its plan.
    """
    store = services().store
    difference = store.benches.of(owner, TEXT).difference
    for lane, slots in store.benches.view(owner, TEXT).items():
        encoder = slots.get("encoder")
        if encoder is None or (lane == "b" and difference and difference.step != "data"):
            continue
        n_vocab = encoder_of(owner, encoder.artifact.id).n_vocab
        fitting = replace(config, n_vocab=n_vocab)
        artifact = store.artifacts.keep(
            owner,
            "design",
            canonical_json(fitting.to_dict()),
            parents=(encoder.artifact.id,),
            settings=fitting.to_dict(),
            numbers={
                "n_parameters": n_parameters(fitting),
                "n_layers": fitting.n_layers,
                "n_heads": fitting.n_heads,
            },
        )
        store.benches.put(owner, lane, artifact.id, "design")
