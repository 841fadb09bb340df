"""What the page works on: the model that draws, and the choices between its pictures."""

import base64
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import streamlit as st
import torch

from core.alignment.pictures.preferring import (
    RULE,
    YOU,
    PicturePair,
    PicturePreference,
    drawing_pairs,
    tells_apart,
)
from core.alignment.pictures.rules import RULES, Left, open_wishes, wish_of
from core.data.pictures.collecting.files import picture_of, png_of
from core.data.pictures.scenes import Scene
from core.inference.pictures.model import PictureModel
from core.lineage import Artifact, Kind
from core.modality import PICTURES
from core.pieces import outcome_of
from core.postprocessing.pictures.prompt_filter import judged
from core.services import services
from core.store import Ballot
from pages.kit import state

BEGIN_FROM: Final[tuple[Kind, ...]] = ("tuned", "checkpoint")
BATCH: Final = 6  # pairs drawn together; as many are sent ahead
N_TRIES: Final = 3  # with one's own caption, until its two pictures differ in what it leaves open
_turns: Final = threading.Semaphore(2)  # drawings at a time, so that a room shares the machine


@dataclass(frozen=True)
class Ground:
    """The model that is to be moved.

    Args:
        model, encoder: their artefacts.
        whose: the example model's, or the visitor's own.
    """

    model: Artifact
    encoder: Artifact
    whose: Literal["house", "yours"]


def at_hand(owner: str, kinds: Sequence[Kind] = BEGIN_FROM) -> Ground | None:
    """The model furthest along the chain that has not been aligned yet; None without any.

    Args:
        owner: whose bench to look at.
        kinds: that may be begun from, the first one there is taken.
    """
    store = services().store
    slots = store.benches.view(owner, PICTURES)["a"]
    slot = next((slots[kind] for kind in kinds if kind in slots), None)
    if slot is None:
        return None
    encoder = store.artifacts.nearest(owner, slot.artifact.id, "encoder")
    return Ground(slot.artifact, encoder, slot.whose)


@st.cache_resource(max_entries=4, show_spinner=False)
def _opened(_owner: str, model_id: str, encoder_id: str) -> PictureModel:
    store = services().store
    return PictureModel.from_bytes(
        store.artifacts.read(_owner, model_id), store.artifacts.read(_owner, encoder_id)
    )


def model_of(owner: str, ground: Ground) -> PictureModel:
    """The model itself; read once, and never changed."""
    services().store.artifacts.get(owner, ground.model.id)  # whoever may not read it gets none
    return _opened(owner, ground.model.id, ground.encoder.id)


def batch(owner: str, ground: Ground, left_open: Left, lang: str, seed: int, n: int) -> list[
    PicturePair
]:  # fmt: skip
    """The n-th batch of pairs, counted from 0; drawn once. First come those that differ in what
    their captions leave open; before all others one's own caption, where it can leave that open.
    """
    mine = state.caption() if n == 0 else ""
    return _drawn(ground.model.id, ground.encoder.id, left_open, lang, seed, n, mine, owner)


@st.cache_data(max_entries=200, show_spinner=False)
def _drawn(
    model_id: str,
    encoder_id: str,
    left_open: Left,
    lang: str,
    seed: int,
    n: int,
    mine: str,
    _owner: str,
) -> list[PicturePair]:
    model = _opened(_owner, model_id, encoder_id)
    scene = judged(mine, house_rule=False).understanding.scene if mine else None
    with _turns:
        torch.set_num_threads(1)
        first = _own_pair(model, scene, left_open, lang, seed) if scene is not None else []
        wishes = open_wishes(left_open, BATCH * (n + 1), seed, (lang,))[-BATCH:]
        others = outcome_of(drawing_pairs(model, wishes))
    return first + sorted(others, key=lambda pair: not tells_apart(pair))


def _own_pair(
    model: PictureModel, scene: Scene, left_open: Left, lang: str, seed: int
) -> list[PicturePair]:
    """The first pair of a few tries that differs in what is left open; none if none does."""
    for k in range(N_TRIES):
        wish = wish_of(scene, left_open, lang, seed + k)
        if wish is not None:
            (pair,) = outcome_of(drawing_pairs(model, [wish]))
            if tells_apart(pair):
                return [pair]
    return []


def key_of(pair: PicturePair) -> str:
    """What tells a pair apart from all others of a model, and what its caption leaves open."""
    return f"{pair.left_open}-{pair.seed_a}-{pair.seed_b}"


def ballot(pair: PicturePair, choice: Literal["a", "b"], judge: str, model_id: str) -> Ballot:
    """A choice as the store keeps it."""
    a, b = (base64.b64encode(png_of(picture)).decode("ascii") for picture in (pair.a, pair.b))
    key = key_of(pair) if judge == YOU else f"{key_of(pair)}-{judge}"
    return Ballot(key, model_id, pair.caption, a, b, choice, pair.lang, judge,
                  pair.seed_a, pair.seed_b)  # fmt: skip


def preference(kept: Ballot, size: int) -> PicturePreference:
    """The inverse of `ballot`."""
    a, b = (picture_of(base64.b64decode(side), size) for side in (kept.a, kept.b))
    left_open = kept.key.partition("-")[0]
    pair = PicturePair(kept.question, kept.lang, left_open, a, b, kept.seed_a, kept.seed_b)
    return PicturePreference(pair, "a" if kept.choice == "a" else "b", kept.judge)


@dataclass(frozen=True)
class Chosen:
    """All choices between captions of one kind: the visitor's own, and those of rules."""

    own: tuple[PicturePreference, ...]
    by_rule: tuple[PicturePreference, ...]
    keys: frozenset[str]

    def counting(self, enough: int) -> Sequence[PicturePreference]:
        """Those a model would learn from: one's own if there are enough, else a rule's."""
        return self.own if len(self.own) >= enough or not self.by_rule else self.by_rule


def chosen(owner: str, ground: Ground, left_open: str, size: int) -> Chosen:
    """What the store holds for a model and a kind of captions."""
    kept = [
        one
        for one in services().store.ballots.of(owner, ground.model.id)
        if one.key.startswith(f"{left_open}-")
    ]
    said = [(one.key, preference(one, size)) for one in kept]
    return Chosen(
        tuple(one for _, one in said if one.judge == YOU),
        tuple(one for _, one in said if one.judge.startswith(RULE)),
        frozenset(key for key, one in said if one.judge == YOU),
    )


def rules_for(left_open: str) -> list[str]:
    """The rules that have something to say about captions of this kind."""
    return [name for name, rule in RULES.items() if rule.left_open == left_open]
