"""The shipped picture chain in the store, where everybody finds it: corpus to denoiser."""

from typing import Any

from core.data.pictures.collecting.archive import order_bytes
from core.house.files import Folder
from core.house.pictures.chain import HousePictures, house_pictures
from core.lineage import Artifact, Kind, Number, canonical_json
from core.modality import PICTURES
from core.store import HOUSE, Store


def install_pictures(store: Store, folder: Folder) -> None:
    """Put the house's picture chain on the house's bench; again changes nothing.

    Args:
        store: where everybody will find it.
        folder: the shipped files, or others made by the same command.
    """
    found = house_pictures(folder)
    if found is None:
        return
    kept = _kept(store, found)
    on_bench = store.benches.of(HOUSE, PICTURES).lanes["a"]
    for artifact in kept:
        if on_bench.get(artifact.kind) != artifact.id:
            store.benches.put(HOUSE, "a", artifact.id, artifact.kind)


def _kept(store: Store, found: HousePictures) -> list[Artifact]:
    """Every artefact of the chain, in order; the pages are kept as the settings that draw them."""

    def keep(
        kind: Kind,
        data: bytes,
        parents: list[Artifact],
        settings: dict[str, Any],
        numbers: dict[str, Number],
        seed: int | None = None,
    ) -> Artifact:
        return store.artifacts.keep(
            HOUSE,
            kind,
            data,
            parents=[parent.id for parent in parents],
            modality=PICTURES,
            settings=settings,
            seed=seed,
            numbers={**numbers, "how": found.how},
        )

    book, config = found.book.to_dict(), found.config
    n = found.book.n_pictures
    corpus = keep("corpus", order_bytes(found.book), [], {"book": book}, {"n_kept": n})
    words = {"n_words": int(config["n_words"])}
    encoder = keep("encoder", found.encoder(), [], {"town_seed": found.book.town_seed}, {**words})
    plan = {"n_parameters": found.n_parameters}
    design = keep("design", canonical_json(config), [encoder], config, {**plan})
    chain = [corpus, encoder, design]
    last = found.steps[-1]
    training, seed = found.training, found.training["seed"]
    return [
        *chain,
        keep("checkpoint", found.weights(), chain, training, numbers_of(found, last), seed),
    ]


def numbers_of(found: HousePictures, step: int) -> dict[str, Number]:
    """What was measured at a kept step, of pages as in the book: as a training run reports it."""
    numbers = found.numbers[step]
    book, told = numbers["book"], {}
    told["whole_share"] = book["whole"]["share"]
    told["n_judged"] = book["whole"]["n"]
    told |= {f"{part}_share": share for part, share in book["parts"].items()}
    if "unseen" in numbers:
        told["unseen_share"] = numbers["unseen"]["whole"]["share"]
        told["n_unseen"] = numbers["unseen"]["whole"]["n"]
    if "owned" in numbers:
        told["owned_share"] = numbers["owned"]["whole"]["share"]
    return {**told, "step": step, "n_steps": found.steps[-1]}
