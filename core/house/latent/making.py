"""The latent model made from its recipe: first the autoencoder, then a denoiser in its latents.

What is measured is measured on the very bytes that are written, read back at their precision. The
denoiser learns on the latents of the autoencoder as it is shipped, not as it was trained.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from core.architecture.pictures.autoencoder import Autoencoder
from core.architecture.pictures.sizes import n_parameters
from core.architecture.pictures.weights import autoencoder_bytes, read_autoencoder
from core.data.pictures.tensors import HALF_RANGE
from core.house.command import made_by
from core.house.files import Folder
from core.house.latent.card import latent_card
from core.house.latent.measuring import reconstruction
from core.house.latent.recipe import LATENT, RECORD, LatentRecipe, quick_latent
from core.house.pictures.making import inputs_of, train_and_keep
from core.house.pictures.measuring import kinds, measured, share_of_whole
from core.inference.pictures.model import PictureModel
from core.lineage import content_id
from core.training.pictures.judging import draw_all
from core.training.pictures.reconstructing import ReconstructionTrainer

COMMAND: Final = "python -m core house --pictures latent"
CARD: Final = "MODEL_CARD_LATENT.md"
FINISHED_FIRST: Final = "autoencoder.finished"  # in the folder to go on from
REPORT_EVERY: Final = 50  # steps between two lines on the screen
N_ON_THE_WAY: Final = 100  # pictures of pages as in the book that measure a step on the way

Say = Callable[[str], None]
Record = dict[str, Any]


def make_latent(folder: Folder, *, is_quick: bool, say: Say, work: Path | None = None) -> Record:
    """Make and measure the house's latent model, and write it down.

    Args:
        folder: where the files go.
        is_quick: a recipe small enough for a test, which teaches nothing.
        say: is told what is under way.
        work: where the finished autoencoder and snapshots of the denoiser's training are kept, and
            taken up if it was interrupted; None: nowhere.

    Returns:
        The record, as it was written.
    """
    recipe = quick_latent(LATENT) if is_quick else LATENT
    started = time.perf_counter()
    record: Record = {"recipe": recipe.to_dict()}
    first = _first_stage(recipe, work, say)
    record["autoencoder"] = _autoencoder(folder, recipe, first, say)
    say(f"denoiser: drawing {recipe.second.book.n_pictures} pages")
    inputs = inputs_of(recipe.second) | {"autoencoder": first}
    record["encoder"] = {"file": _written(folder, "latent-encoder.json", inputs["encoder"])}
    record["denoiser"] = _denoiser(folder, recipe, inputs, work, say)
    record["made"] = made_by(COMMAND, is_quick, time.perf_counter() - started, "float32")
    folder.write(CARD, latent_card(record).encode("utf-8"))
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    folder.write(RECORD, (text + "\n").encode("utf-8"))
    return record


def train_first_stage(recipe: LatentRecipe, say: Say) -> bytes:
    """Train the autoencoder; its averaged weights, scaled latents and curve as one file."""
    model = Autoencoder(recipe.first, seed=recipe.seed)
    curve: list[tuple[int, float]] = []
    n_before, began = 0, time.process_time()
    for settings in recipe.rounds:
        trainer = ReconstructionTrainer(model, recipe.second.book, settings)
        while trainer.step < settings.n_steps:
            found = trainer.advance()
            if trainer.step % REPORT_EVERY == 0:
                off = found.pixels.item() * HALF_RANGE
                curve.append((n_before + trainer.step, round(off, 3)))
                say(f"autoencoder: step {curve[-1][0]}, {off:.2f} grey levels off")
        model, n_before = trainer.finish().train(), n_before + settings.n_steps
    seconds = round(time.process_time() - began, 1)
    about = {"step": n_before, "curve": curve, "cpu_seconds": seconds}
    return autoencoder_bytes(model, about)


def _first_stage(recipe: LatentRecipe, work: Path | None, say: Say) -> bytes:
    """The finished autoencoder: from the folder to go on from, or trained."""
    kept = None if work is None else work / FINISHED_FIRST
    if kept is not None and kept.exists():
        return kept.read_bytes()
    data = train_first_stage(recipe, say)
    if work is not None:
        Folder(work).write(FINISHED_FIRST, data)
    return data


def _autoencoder(folder: Folder, recipe: LatentRecipe, data: bytes, say: Say) -> Record:
    """The autoencoder written, read back and measured."""
    written = _written(folder, "latent-autoencoder.safetensors", data)
    model, about = read_autoencoder(folder.read(written["file"]))
    return {
        "file": written,
        "config": model.config.to_dict(),
        "n_parameters": model.n_parameters,
        "n_pictures": sum(one.n_steps * one.n_batch for one in recipe.rounds),
        "cpu_seconds": about["cpu_seconds"],
        "curve": about["curve"],
        "numbers": reconstruction(model, recipe.second.book, recipe.n_reconstructed, say),
    }


def _denoiser(
    folder: Folder, recipe: LatentRecipe, inputs: dict[str, bytes], work: Path | None, say: Say
) -> Record:
    """The denoiser trained, written, read back and measured, at the end and on the way."""
    second = recipe.second
    kept, seconds = train_and_keep(second, inputs, work, say)
    last = second.training.n_steps
    written = _written(folder, "latent-denoiser.safetensors", kept[last])

    def model_of(data: bytes) -> PictureModel:
        return PictureModel.from_bytes(data, inputs["encoder"], inputs["autoencoder"])

    def on_the_way(data: bytes) -> Record:
        asked = kinds(second.book, min(N_ON_THE_WAY, second.n_measured))["book"]
        return share_of_whole(draw_all(model_of(data), asked, second.drawing))

    model = model_of(folder.read(written["file"]))
    return {
        "file": written,
        "config": model.denoiser.config.to_dict(),
        "n_parameters": n_parameters(model.denoiser.config),
        "n_pictures": last * second.training.n_batch,
        "training_seconds": round(seconds, 1),
        "way": [
            {
                "step": step,
                "n_pictures": step * second.training.n_batch,
                "right": on_the_way(data),
            }
            for step, data in sorted(kept.items())
            if step != last
        ],
        "numbers": measured(model, second.book, second.drawing, second.n_measured, say),
    }


def _written(folder: Folder, name: str, data: bytes) -> Record:
    return {"file": folder.write(name, data), "id": content_id(data), "n_bytes": len(data)}
