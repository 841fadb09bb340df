"""`python -m core house`: make the house's models again, from nothing but this repository."""

import platform
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, Final

import torch

from core.house.answering import answering
from core.house.card import base_card, pair_card
from core.house.chain import BASE, LANES
from core.house.files import Folder
from core.house.making import SAMPLE_SEED, keep_last, learned_from, make_chain
from core.house.pair import N_DRAWN, compare
from core.house.recipe import (
    ALIGNED_BASE,
    ALIGNED_PAIR,
    WITH_DUPLICATES,
    WITHOUT_DUPLICATES,
    quick,
    quick_alignment,
)
from core.house.recipe import BASE as BASE_RECIPE
from core.training.precision import precision_of

COMMAND: Final = "python -m core house"
ON_TOP: Final = "python -m core house --alignment"
FROM_FINISHED: Final = "python -m core house --finished FILE"
N_DRAWN_QUICK: Final = 8


def make_house(folder: Folder, *, is_quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Make and measure everything that is shipped, and write it down.

    Args:
        folder: where the files go.
        is_quick: recipes small enough for a test, which teach nothing.
        say: is told what is under way.

    Returns:
        The record, as it was written.
    """
    started = time.perf_counter()
    recipes = {BASE: BASE_RECIPE, LANES[0]: WITH_DUPLICATES, LANES[1]: WITHOUT_DUPLICATES}
    if is_quick:
        recipes = {name: quick(recipe) for name, recipe in recipes.items()}
    chains = {name: make_chain(folder, name, recipe, say) for name, recipe in recipes.items()}
    lanes = {name: chains[name] for name in LANES}
    for name, compared in compare(folder, lanes, N_DRAWN_QUICK if is_quick else N_DRAWN).items():
        chains[name].record["compared"] = compared
    record = {
        "made": made_by(COMMAND, is_quick, time.perf_counter() - started),
        "chains": {name: chain.record for name, chain in chains.items()},
    }
    folder.write_record(record)
    return make_answering(folder, is_quick=is_quick, say=say)


def make_branches(
    folder: Folder, finished: bytes, *, is_quick: bool, say: Callable[[str], None]
) -> dict[str, Any]:
    """Make and measure all that follows the base model's last step, and nothing of the pair.

    Args:
        folder: where the texts and checkpoints before it lie, and where the files go.
        finished: the base model after its last step, as a checkpoint.
        is_quick: recipes small enough for a test.
        say: is told what is under way.

    Returns:
        The record, as it was written.
    """
    started = time.perf_counter()
    record = folder.record()
    chain = record["chains"][BASE]
    recipe = quick(BASE_RECIPE) if is_quick else BASE_RECIPE
    *before, last = chain["checkpoints"]
    seconds = float(last["training_seconds"])
    found = keep_last(folder, BASE, recipe, learned_from(folder, chain), finished, seconds, say)
    found["made"] = made_by(FROM_FINISHED, is_quick, time.perf_counter() - started)
    if last["file"] != found["file"]:
        folder.remove(last["file"])
    chain["checkpoints"] = [*before, found]
    folder.write_record(record)
    return make_answering(folder, is_quick=is_quick, say=say, command=FROM_FINISHED, names=(BASE,))


def make_answering(
    folder: Folder,
    *,
    is_quick: bool,
    say: Callable[[str], None],
    command: str = COMMAND,
    names: Collection[str] = (BASE, *LANES),
) -> dict[str, Any]:
    """Make and measure all that follows the base models which lie in the folder already.

    Args:
        folder: where they lie, and where the files go.
        is_quick: recipes small enough for a test.
        say: is told what is under way.
        command: by which it was asked for.
        names: of the chains.

    Returns:
        The record, as it was written.
    """
    record = folder.record()
    recipes = {BASE: ALIGNED_BASE, LANES[0]: ALIGNED_PAIR, LANES[1]: ALIGNED_PAIR}
    for name in names:
        recipe, started = recipes[name], time.perf_counter()
        chain = record["chains"][name]
        asked = quick_alignment(recipe) if is_quick else recipe
        found = answering(folder, name, chain, asked, say)
        made = made_by(command, is_quick, time.perf_counter() - started)
        chain["answering"] = {**found, "made": made}
    write_cards(folder, record)
    folder.write_record(record)
    return record


def made_by(
    command: str, is_quick: bool, seconds: float, precision: str = "auto"
) -> dict[str, Any]:
    """By what, when and on what machine."""
    processor = torch.cpu.get_capabilities().get("cpu_name", platform.processor())
    return {
        "command": command + (" --quick" if is_quick else ""),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{torch.get_num_threads()} threads of {processor}, "
        f"{precision_of(precision)} products, torch {torch.__version__}",
        "seconds": round(seconds),
        "sample_seed": SAMPLE_SEED,
    }


def write_cards(folder: Folder, record: dict[str, Any]) -> None:
    """A model card for the house model and one for the pair."""
    chains, made = record["chains"], record["made"]
    card = base_card("Glassbox house model", chains[BASE], made)
    folder.write("MODEL_CARD.md", card.encode("utf-8"))
    pair = pair_card({name: chains[name] for name in LANES}, made)
    folder.write("MODEL_CARD_DUPLICATES.md", pair.encode("utf-8"))
