"""The shipped house chain, for whoever shows it or builds on it.

Reading is lazy: the record is small and read once, the bytes of an artefact only when asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from core.house.files import SHIPPED, Folder
from core.house.pictures.installing import install_pictures
from core.lineage import MODEL_KINDS, Kind, Number, recipe_id
from core.modality import TEXT
from core.store import HOUSE, Store

BASE: Final = "base"
LANES: Final[tuple[str, str]] = ("with-duplicates", "without-duplicates")


@dataclass(frozen=True)
class HouseArtifact:
    """One artefact of a shipped chain."""

    kind: Kind
    id: str  # content id of its bytes
    parents: tuple[str, ...]  # content ids; every parent stands earlier in the list
    settings: dict[str, Any]
    seed: int | None
    numbers: dict[str, Number]
    how: str  # by which command its numbers were computed, and when
    file: str
    folder: Folder = field(repr=False)

    def read(self) -> bytes:
        """The bytes."""
        return self.folder.read(self.file)


@dataclass(frozen=True)
class HouseCheckpoint:
    """The model at one moment of its training."""

    step: int  # updates made
    n_tokens: int  # tokens read
    seconds: float  # of training
    precision: str  # of the shipped weights: "float16" or "int8"
    numbers: dict[str, Number]  # as core.house.making.measured gives them
    continuations: dict[str, dict[str, str]]  # language -> prompt -> what follows
    made: dict[str, Any]  # by which command, when
    artifact: HouseArtifact


@dataclass(frozen=True)
class PairLane:
    """One lane of the pair with duplicates in and out."""

    name: str
    artifacts: tuple[HouseArtifact, ...]  # from the corpus to the answer, in order
    checkpoint: HouseCheckpoint
    compared: dict[str, Number]  # as core.house.pair.compare gives them
    examined: dict[str, Any]  # as core.house.answering gives it; empty if it was not made
    texts_filtered: dict[str, Any]  # the same; what the stages found in texts written freely


@dataclass(frozen=True)
class TellingQuestion:
    """A question that the base model does not answer, the fine-tuned one rudely, the aligned well.

    Args:
        question: as it is asked.
        lang: its language.
        seed: with which every model draws; temperature and length as core.house.telling.TELLING.
        answers: model -> what it writes; the base model goes on from the question as from the
            beginning of a document.
    """

    question: str
    lang: str
    seed: int
    answers: Mapping[Kind, str]


@dataclass(frozen=True)
class Telling:
    """Some such questions, and how many there are.

    Args:
        questions: a few, those with the shortest answers first.
        n_telling: of the draws, how many were such.
        n_asked: draws; held-out questions of one language whose answer the texts tell, each asked
            with several seeds.
    """

    questions: tuple[TellingQuestion, ...]
    n_telling: int
    n_asked: int


@cache
def _record(folder: Folder) -> dict[str, Any]:
    return folder.record()


def made(folder: Folder | None = None) -> dict[str, Any]:
    """By which command, when, on what machine; empty if nothing is shipped."""
    found: dict[str, Any] = _record(folder or Folder(SHIPPED)).get("made", {})
    return found


def house_artifacts(folder: Folder | None = None) -> list[HouseArtifact]:
    """The base chain in order, from the corpus to the answer; empty without one."""
    folder = folder or Folder(SHIPPED)
    record = _record(folder)
    return _artifacts(folder, record["chains"][BASE], made(folder)) if record else []


def examined(folder: Folder | None = None) -> dict[str, Any]:
    """What base, tuned and aligned model came to on held-out questions; empty if there are none.

    Returns:
        as core.house.answering.Answering.examine gives it, and "made": by which command, when.
    """
    record = _record(folder or Folder(SHIPPED))
    made_later = record["chains"][BASE].get("answering") if record else None
    return {**_in_order(made_later), "made": made_later["made"]} if made_later else {}


def _in_order(answering: dict[str, Any]) -> dict[str, Any]:
    """What was examined, models in the order of the chain; the file has them by the alphabet."""
    found = dict(answering.get("examined", {}))
    for name in ("rates", "bits_per_byte"):
        if name in found:
            found[name] = _by_kind(found[name])
    by_language = found.get("rates_by_language", {})
    return found | {
        "rates_by_language": {lang: _by_kind(rates) for lang, rates in by_language.items()}
    }


def _by_kind(found: Mapping[str, Any]) -> dict[Kind, Any]:
    return {kind: found[kind] for kind in MODEL_KINDS if kind in found}


def telling_questions(lang: str, folder: Folder | None = None) -> Telling:
    """The questions of a language whose three answers tell most; none if none were found."""
    record = _record(folder or Folder(SHIPPED))
    answering = record["chains"][BASE].get("answering", {}) if record else {}
    found = answering.get("telling", {}).get(lang)
    if not found:
        return Telling((), 0, 0)
    questions = (
        TellingQuestion(one["question"], one["lang"], one["seed"], _by_kind(one["answers"]))
        for one in found["questions"]
    )
    return Telling(tuple(questions), found["n_telling"], found["n_asked"])


def checkpoints_over_time(folder: Folder | None = None) -> list[HouseCheckpoint]:
    """The base model from step 0 to the end."""
    folder = folder or Folder(SHIPPED)
    record = _record(folder)
    return _checkpoints(folder, record["chains"][BASE], made(folder)) if record else []


def duplicates_pair(folder: Folder | None = None) -> dict[str, PairLane]:
    """Lane "a" with duplicates in, lane "b" with duplicates out; empty if none is shipped."""
    folder = folder or Folder(SHIPPED)
    record = _record(folder)
    lanes = zip("ab", LANES, strict=True) if record else []
    return {
        lane: PairLane(
            name=name,
            artifacts=tuple(_artifacts(folder, record["chains"][name], made(folder))),
            checkpoint=_checkpoints(folder, record["chains"][name], made(folder))[-1],
            compared=record["chains"][name]["compared"],
            examined=_in_order(record["chains"][name].get("answering", {})),
            texts_filtered=record["chains"][name].get("answering", {}).get("texts_filtered", {}),
        )
        for lane, name in lanes
    }


def _artifacts(
    folder: Folder, chain: dict[str, Any], made_by: dict[str, Any]
) -> list[HouseArtifact]:
    """A chain's artefacts; their recipes are those a visitor's own chain would have."""
    ids = {kind: chain[kind]["id"] for kind in ("corpus", "encoder", "dataset", "design")}
    data = chain["data_settings"]
    learned = {"n_vocab": chain["n_vocab"], "validation_share": data["validation_share"]}
    numbers, seed = chain["data_numbers"], chain["training_settings"]["seed"]
    how = f"{made_by['command']}, {made_by['date']}"

    def artifact(
        kind: Kind,
        parents: Sequence[str],
        settings: dict[str, Any],
        numbers: dict[str, Number],
        seed: int | None = None,
    ) -> HouseArtifact:
        return HouseArtifact(
            kind=kind,
            id=ids[kind],
            parents=tuple(ids[parent] for parent in parents),
            settings=settings,
            seed=seed,
            numbers=numbers,
            how=how,
            file=chain[kind]["file"],
            folder=folder,
        )

    return [
        artifact("corpus", (), {"world": data["world"], "cleaning": data["cleaning"]}, numbers),
        artifact("encoder", ("corpus",), learned, numbers, seed),
        artifact("dataset", ("corpus", "encoder"), learned, numbers, seed),
        artifact("design", (), chain["config"], {"n_parameters": chain["n_parameters"]}),
        _checkpoints(folder, chain, made_by)[-1].artifact,
        *_answering(folder, chain.get("answering", {})),
    ]


def _answering(folder: Folder, answering: dict[str, Any]) -> list[HouseArtifact]:
    """What was made on top of the base model: it names its own parents."""
    return [
        HouseArtifact(
            kind=one["kind"],
            id=one["id"],
            parents=tuple(one["parents"]),
            settings=one["settings"],
            seed=one["seed"],
            numbers=one["numbers"],
            how=f"{answering['made']['command']}, {answering['made']['date']}",
            file=one["file"],
            folder=folder,
        )
        for one in answering.get("artifacts", ())
    ]


def _checkpoints(
    folder: Folder, chain: dict[str, Any], made_by: dict[str, Any]
) -> list[HouseCheckpoint]:
    parents = tuple(chain[kind]["id"] for kind in ("dataset", "design", "encoder"))
    training = chain["training_settings"]
    found = []
    for one in chain["checkpoints"]:
        settings = {**training, "precision_shipped": one["precision"]}
        if one["step"] < training["n_steps"]:
            settings["stopped_at_step"] = one["step"]
        if "branches" in one:
            settings["branches"] = one["branches"]
        numbers = {
            **one["numbers"],
            "step": one["step"],
            "n_tokens": one["n_tokens"],
            "n_parameters": chain["n_parameters"],
        }
        by = one.get("made", made_by)
        artifact = HouseArtifact(
            kind="checkpoint",
            id=one["id"],
            parents=parents,
            settings=settings,
            seed=training["seed"],
            numbers=numbers,
            how=f"{by['command']}, {by['date']}",
            file=one["file"],
            folder=folder,
        )
        found.append(
            HouseCheckpoint(
                step=one["step"],
                n_tokens=one["n_tokens"],
                seconds=one["training_seconds"],
                precision=one["precision"],
                numbers=one["numbers"],
                continuations=one["continuations"],
                made=by,
                artifact=artifact,
            )
        )
    return found


def install(store: Store, folder: Folder | None = None) -> None:
    """Put the house's chains on its benches, and the pair beside them; again changes nothing.

    Args:
        store: where everybody will find it.
        folder: the shipped files, or others made by the same command.
    """
    base = house_artifacts(folder)
    for artifact in base:
        _keep(store, artifact)
    for lane in duplicates_pair(folder).values():
        for artifact in lane.artifacts:
            _keep(store, artifact)
    for checkpoint in checkpoints_over_time(folder)[:-1]:
        _keep(store, checkpoint.artifact)
    install_pictures(store, folder or Folder(SHIPPED))
    for artifact in base:
        if store.benches.of(HOUSE, TEXT).lanes["a"].get(artifact.kind) != artifact.id:
            store.benches.put(HOUSE, "a", artifact.id, artifact.kind)


def _keep(store: Store, artifact: HouseArtifact) -> None:
    """Keep an artefact unless it is there; its bytes are read only if it is not."""
    recipe = recipe_id(artifact.kind, artifact.parents, artifact.settings, artifact.seed, TEXT)
    known = store.artifacts.find(HOUSE, recipe)
    if known is None or known.id != artifact.id:
        store.artifacts.keep(
            HOUSE,
            artifact.kind,
            artifact.read(),
            parents=artifact.parents,
            modality=TEXT,
            settings=artifact.settings,
            seed=artifact.seed,
            numbers={**artifact.numbers, "how": artifact.how},
        )
