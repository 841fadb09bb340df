"""What is on the visitor's picture bench for this page, and how a plan gets there."""

import json
from dataclasses import dataclass, replace

import streamlit as st

from core.architecture.pictures import Denoiser, DenoiserConfig, n_parameters
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.house.pictures import house_denoiser, house_pictures
from core.house.pictures.recipe import PICTURES as RECIPE
from core.inference.pictures import PictureModel
from core.lineage import canonical_json, content_id
from core.modality import PICTURES
from core.services import services
from pages.architecture.bench import Whose


@dataclass(frozen=True)
class Looked:
    """A model to look into.

    Args:
        key: identifies its weights: a checkpoint's id, the example model's, or plan and seed.
        model: ready to draw; nobody may change it.
        whose: whose it is; None for a plan filled with random numbers.
    """

    key: str
    model: PictureModel
    whose: Whose | None


@dataclass(frozen=True)
class Bench:
    """What the page builds on.

    Args:
        encoder: the one on the bench, else the picture book's.
        encoder_id: of its artefact, if it is one.
        design: the plan on the bench, if any.
        whose: who made that plan.
        house: the example model's plan.
        own: id of a trained model of the visitor's own, if one is on the bench.
    """

    encoder: CaptionEncoder
    encoder_id: str | None
    design: DenoiserConfig | None
    whose: Whose
    house: DenoiserConfig
    own: str | None


def on_bench(owner: str) -> Bench:
    """Read the bench; artefacts never change, so each is read only once."""
    slots = services().store.benches.view(owner, PICTURES)["a"]
    encoder, design, checkpoint = (slots.get(kind) for kind in ("encoder", "design", "checkpoint"))
    own = checkpoint.artifact.id if checkpoint and checkpoint.whose == "yours" else None
    words = _encoder(owner, encoder.artifact.id) if encoder else _of_the_book()
    return Bench(
        encoder=words,
        encoder_id=encoder.artifact.id if encoder else None,
        design=_design(owner, design.artifact.id) if design else None,
        whose=design.whose if design else "house",
        house=replace(house_plan(), n_words=words.n_words),
        own=own,
    )


def house_plan() -> DenoiserConfig:
    """The example model's plan: as shipped, else as its recipe says."""
    found = house_pictures()
    return DenoiserConfig.from_dict(found.config) if found else RECIPE.design(_of_the_book())


def house_model() -> Looked | None:
    """The example model; None where it is not shipped."""
    found = house_pictures()
    if found is None:
        return None
    return Looked(f"house_{found.files[found.steps[-1]]}", house_denoiser(), "house")


def own_model(owner: str, id_: str) -> Looked:
    """The visitor's own trained model."""
    encoder = services().store.artifacts.nearest(owner, id_, "encoder").id
    return Looked(id_, _model(owner, id_, encoder), "yours")


def untrained(config: DenoiserConfig, encoder: CaptionEncoder, seed: int) -> Looked:
    """A plan with the initial weights of training."""
    plan = canonical_json(config.to_dict())
    return Looked(f"{content_id(plan)}:{seed}", _filled(config, encoder, seed), None)


# What is cached below never changes, since an id names its bytes. The owner is part of each key.
@st.cache_resource(max_entries=64, show_spinner=False)
def _encoder(owner: str, id_: str) -> CaptionEncoder:
    return CaptionEncoder.from_bytes(services().store.artifacts.read(owner, id_))


@st.cache_resource(max_entries=256, show_spinner=False)
def _design(owner: str, id_: str) -> DenoiserConfig:
    return DenoiserConfig.from_dict(json.loads(services().store.artifacts.read(owner, id_)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _model(owner: str, id_: str, encoder_id: str) -> PictureModel:
    store = services().store
    return PictureModel.from_bytes(
        store.artifacts.read(owner, id_), store.artifacts.read(owner, encoder_id)
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _filled(config: DenoiserConfig, _encoder: CaptionEncoder, seed: int) -> PictureModel:
    return PictureModel(Denoiser(config, seed=seed).eval(), _encoder)


@st.cache_resource(show_spinner=False)
def _of_the_book() -> CaptionEncoder:
    found = house_pictures()
    return CaptionEncoder.from_bytes(found.encoder()) if found else CaptionEncoder.of_the_book()


def place(owner: str, config: DenoiserConfig) -> None:
    """Store a plan and put it on the bench."""
    store = services().store
    slot = store.benches.view(owner, PICTURES)["a"].get("encoder")
    artifact = store.artifacts.keep(
        owner,
        "design",
        canonical_json(config.to_dict()),
        parents=(slot.artifact.id,) if slot else (),
        modality=PICTURES,
        settings=config.to_dict(),
        numbers={
            "n_parameters": n_parameters(config),
            "n_layers": config.n_blocks,
            "n_heads": config.n_heads,
        },
    )
    store.benches.put(owner, "a", artifact.id, "design")
