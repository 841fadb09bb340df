"""The models a caller may use: the house's first, then the caller's own.

Invariant: who asks is told by the cookie or the API key alone, never by anything in the body.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from core.api.errors import ApiError
from core.api.room import api_key_sent, room_token
from core.architecture.weights import config_of
from core.data.text.bpe import Encoder
from core.errors import NotFound
from core.identity import COOKIE_FORM, OWNER_COOKIE, hash_of_room, owner_of
from core.lineage import MODEL_KINDS, Artifact, Kind
from core.modality import PICTURES, TEXT
from core.store import HOUSE, Store, Workbench

NOBODY: Final = ""  # a caller without a bench; owns nothing, reads what is the house's

HOUSE_NAME: Final = "glassbox-example"  # the furthest along the chain: it answers, if any does
HOUSE_NAMES: Final = {TEXT: HOUSE_NAME, PICTURES: "glassbox-pictures"}
FORMER_NAME: Final = "glassbox-house"  # what it was called before; programs may still ask for it
KIND_NAMES: Final[dict[Kind, str]] = {"checkpoint": "-base", "tuned": "-tuned"}
"""What follows the house's name for the models the furthest one was made from."""
OTHER_LANE: Final = "-b"  # the house's second lane, where it ships a pair


@dataclass(frozen=True)
class Model:
    """A model that can write."""

    name: str  # as the API calls it
    checkpoint: Artifact
    encoder_id: str
    encoder: Encoder
    n_context: int  # tokens it can read at once

    @property
    def fingerprint(self) -> str:
        """What has to be the same for a seed to give the same text again."""
        return f"{self.checkpoint.id[:12]}-{self.checkpoint.code_version}"


def caller(headers: Headers, store: Store) -> str:
    """Who asks: the owner of the cookie, else of the key, else nobody.

    Raises:
        ApiError: the key looks like one of ours, but is nobody's or no longer.
    """
    cookie = cookie_parser(headers.get("cookie", "")).get(OWNER_COOKIE, "")
    if COOKIE_FORM.fullmatch(cookie):
        return owner_of(cookie)
    key = api_key_sent(headers)
    if key is None:
        return NOBODY
    owner = store.keys.owner_of(key, hash_of_room(room_token()))
    if owner is None:
        message = "This API key is not valid, or no longer; the page Inference shows yours."
        raise ApiError(401, message, "invalid_api_key")
    return owner


def listed(store: Store, owner: str, modality: str = TEXT) -> list[tuple[str, Artifact]]:
    """Names and models: the house's, the furthest of the chain first, then the owner's newest.

    Args:
        store: where models are.
        owner: who asks; NOBODY sees the house's alone.
        modality: the kind of data that they make.
    """
    house = house_names(store.benches.of(HOUSE, modality), modality)
    found = {name: store.artifacts.get(HOUSE, id_, kind) for name, (kind, id_) in house.items()}
    kinds = MODEL_KINDS if owner else ()
    made = [artifact for kind in kinds for artifact in store.artifacts.of_kind(owner, kind)]
    own = [artifact for artifact in made if artifact.modality == modality]
    own.sort(key=lambda artifact: artifact.created_at, reverse=True)
    return [*found.items(), *((artifact.id, artifact) for artifact in own)]


def house_names(bench: Workbench, modality: str = TEXT) -> dict[str, tuple[Kind, str]]:
    """Kind and id of each of the house's models, by name; the furthest of a chain comes first.

    Args:
        bench: the house's, for that kind of data.
        modality: see above.
    """
    found: dict[str, tuple[Kind, str]] = {}
    for lane, slots in bench.lanes.items():
        stem = HOUSE_NAMES.get(modality, modality) + ("" if lane == "a" else OTHER_LANE)
        for kind in (kind for kind in reversed(MODEL_KINDS) if kind in slots):
            name = stem if stem not in found else stem + KIND_NAMES[kind]
            found[name] = kind, slots[kind]
    return found


def described(name: str, checkpoint: Artifact, owner: str) -> dict[str, Any]:
    """A model as OpenAI describes one, with what it makes."""
    return {
        "id": name,
        "object": "model",
        "created": int(datetime.fromisoformat(checkpoint.created_at).timestamp()),
        "owned_by": "you" if owner and name == checkpoint.id else "house",
        "glassbox": {"modality": checkpoint.modality},
    }


def model_named(store: Store, owner: str, name: str | None) -> Model:
    """The model of a name.

    Args:
        store: where models are.
        owner: who asks.
        name: one of `listed`, or the id of any checkpoint the owner can read; None or "house"
            stands for the first of the list.

    Raises:
        ApiError: there is no such model for this owner.
    """
    choices = listed(store, owner)
    if name is None or name == "house":
        found = choices[:1]
    else:
        asked = name.replace(FORMER_NAME, HOUSE_NAME, 1)
        found = [choice for choice in choices if choice[0] == asked]
        found = found or [(name, artifact) for artifact in _by_id(store, owner, name)]
    if not found:
        if name in dict(listed(store, owner, PICTURES)):
            raise ApiError(400, f"{name!r} draws: ask /v1/images/generations.", "draws", "model")
        shown = "There is no model yet." if name is None else f"There is no model {name!r}."
        raise ApiError(404, shown, "model_not_found", "model")
    name, checkpoint = found[0]
    encoder_id = store.artifacts.nearest(owner, checkpoint.id, "encoder").id
    encoder = store.artifacts.opened(owner, encoder_id, Encoder.from_bytes)
    n_context = store.artifacts.opened(owner, checkpoint.id, config_of).n_context
    return Model(name, checkpoint, encoder_id, encoder, n_context)


def _by_id(store: Store, owner: str, id_: str | None) -> list[Artifact]:
    try:
        artifact = store.artifacts.get(owner, id_ or "")
    except NotFound:
        return []
    is_one = artifact.kind in MODEL_KINDS and artifact.modality == TEXT
    return [artifact] if is_one else []
