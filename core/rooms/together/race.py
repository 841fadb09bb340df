"""A race: the settings that most people wanted are trained side by side, as runs of the host.

They are trials: their models are kept, and the host's bench stays as it is. Invariant: all lanes
of a race read the same data in the same order from the same first weights; only the raced setting
differs.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from core.architecture.config import ModelConfig
from core.architecture.sizes import n_parameters, size_of
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.errors import NotFound, RoomError, SettingError, TooShort
from core.jobs.engine import Plan
from core.languages import Lang
from core.lineage import Artifact, canonical_json
from core.modality import TEXT
from core.rooms.lessons import Said
from core.rooms.together.counting import that_count
from core.services import Services
from core.store.rooms import Asked, RoomRecord, Rooms
from core.training.settings import TrainingSettings

MOST_LANES: Final = 4
MOST_VALUES: Final = 8  # options of the question
N_STEPS: Final = 200
MOST_STEPS: Final = 2_000
MOST_BATCH: Final = 64
SIZE: Final = "xs"
N_LOOKS: Final = 8

RACED: Final[Mapping[str, Sequence[Any]]] = {
    "learning_rate": (0.001, 0.005, 0.02, 0.1),
    "n_batch": (2, 4, 8, 16),
    "optimizer": ("muon", "adamw"),
}
"""Settings that may be raced, and the values that are offered unless others are named."""

ASK: Final[Mapping[str, Said]] = {
    "learning_rate": {
        "en": "Which learning rate learns fastest?",
        "de": "Welche Lernrate lernt am schnellsten?",
    },
    "n_batch": {
        "en": "Which batch size learns fastest in equally many steps?",
        "de": "Welche Batchgröße lernt in gleich vielen Schritten am schnellsten?",
    },
    "optimizer": {
        "en": "Which optimizer learns faster?",
        "de": "Welcher Optimizer lernt schneller?",
    },
}


def race_texts(setting: Any, values: Any = None) -> dict[str, Any]:
    """The question of a race, as the store keeps it.

    Args:
        setting: one of RACED.
        values: from two to MOST_VALUES; None: those of RACED.

    Raises:
        RoomError: there is no such setting, or too few or too many values.
        SettingError: a value is out of range.
    """
    if setting not in RACED:
        raise RoomError("no_value")
    offered = list(RACED[setting]) if values is None else values
    if not isinstance(offered, list) or not 2 <= len(offered) <= MOST_VALUES:
        raise RoomError("no_value")
    for value in offered:
        _check(setting, value)
    if len({str(value) for value in offered}) < len(offered):
        raise RoomError("no_value")
    return {
        "ask": dict(ASK[setting]),
        "options": {f"v{n}": _labels(value) for n, value in enumerate(offered, 1)},
        "race": {
            "setting": setting,
            "values": {f"v{n}": value for n, value in enumerate(offered, 1)},
        },
    }


def _check(setting: str, value: Any) -> None:
    kind = str if setting == "optimizer" else int if setting == "n_batch" else (int, float)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RoomError("no_value")
    if TrainingSettings.from_dict({setting: value}).n_batch > MOST_BATCH:
        raise SettingError("n_batch", value, f"must be at most {MOST_BATCH} in a race")


def _labels(value: Any) -> dict[Lang, str]:
    """A value as it is written in each language."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return {"en": text, "de": text.replace(".", ",")}


def wanted(rooms: Rooms, room: RoomRecord, asked: Asked) -> tuple[dict[str, int], int]:
    """What most people want to see trained.

    Returns:
        the options that most want, at most MOST_LANES, with their votes, the first first where
        equally many want two; and how many simulated people these votes are from.
    """
    votes, n_simulated = that_count(rooms.votes(room.id, asked.key), rooms.people(room.id))
    counts, order = Counter(vote.choice for vote in votes), list(asked.texts["options"])
    found = sorted(counts.items(), key=lambda each: (-each[1], order.index(each[0])))
    return dict(found[:MOST_LANES]), n_simulated


def begin(
    services: Services, room: RoomRecord, asked: Asked, lang: Lang, n_steps: int = N_STEPS
) -> dict[str, str]:
    """Train the settings that most people want.

    Args:
        services: store and engine.
        room: an open one.
        asked: the question of the race.
        lang: of the runs' names.
        n_steps: of each.

    Returns:
        option -> run id, the most wanted first.

    Raises:
        RoomError: nobody has voted.
        UnderWay: the host trains something else.
        NotFound: there is no data to train on.
        TooShort: there is too little.
    """
    keys, _ = wanted(services.store.rooms, room, asked)
    if not keys:
        raise RoomError("no_votes")
    about = asked.texts["race"]
    inputs, shared = _ground(services, room.host, n_steps)
    plans = []
    for key in keys:
        settings = {**shared, about["setting"]: about["values"][key]}
        if about["setting"] == "learning_rate":  # the embeddings' rate keeps its share of it
            share = TrainingSettings().embedding_learning_rate / TrainingSettings().learning_rate
            settings["embedding_learning_rate"] = share * about["values"][key]
        label = asked.texts["options"][key][lang]
        plans.append(Plan(inputs, settings, None, f"{asked.texts['ask'][lang]} {label}"))
    started = services.engine.experiment(room.host, plans)
    return dict(zip(keys, started, strict=True))


def _ground(
    services: Services, owner: str, n_steps: int
) -> tuple[dict[str, bytes | str], dict[str, Any]]:
    """What all lanes read, and the settings that they share."""
    store = services.store
    slots = store.benches.view(owner, TEXT).get("a", {})
    if "encoder" not in slots or "dataset" not in slots:
        raise NotFound("there is no data to train on")
    encoder, dataset = slots["encoder"].artifact, slots["dataset"].artifact
    design = slots.get("design")
    own = design.artifact if design is not None and design.whose == "yours" else None
    config = _config(services, owner, encoder, own)
    plan = own or store.artifacts.keep(
        owner,
        "design",
        canonical_json(config.to_dict()),
        parents=(encoder.id,),
        settings=config.to_dict(),
        numbers={"n_parameters": n_parameters(config)},
    )
    n_tokens = len(Dataset.from_bytes(store.artifacts.read(owner, dataset.id)).train)
    if n_tokens <= config.n_context:
        needed = config.n_context + 1
        raise TooShort(f"{n_tokens} tokens are too few", n=n_tokens, needed=needed, unit="tokens")
    told = [each.settings.get("world") for each in store.artifacts.lineage(owner, dataset.id)]
    inputs: dict[str, bytes | str] = {
        "design": plan.id, "encoder": encoder.id, "dataset": dataset.id,
    }  # fmt: skip
    return inputs, {
        "n_steps": n_steps,
        "evaluate_every": max(1, n_steps // N_LOOKS),
        "n_measured_sentences": 0,
        "world": next(filter(None, told), None),
    }


def _config(
    services: Services, owner: str, encoder: Artifact, design: Artifact | None
) -> ModelConfig:
    """The host's own plan, else a small one that a room can wait for."""
    store = services.store
    n_vocab = Encoder.from_bytes(store.artifacts.read(owner, encoder.id)).n_vocab
    if design is None:
        return size_of(SIZE, n_vocab)
    own = ModelConfig.from_dict(json.loads(store.artifacts.read(owner, design.id)))
    return replace(own, n_vocab=n_vocab)
