"""The denoiser made from its recipe: pages, vocabulary, training, and its weights measured.

What is measured is measured on the very bytes that are written, read back at their precision. The
corpus is not shipped: it is drawn again from its seed.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from core.architecture.pictures.sizes import n_parameters, parameters_by_part
from core.data.pictures.collecting.archive import to_bytes
from core.data.pictures.collecting.corpus import draw_corpus
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.house.command import made_by
from core.house.files import Folder
from core.house.pictures.card import picture_card
from core.house.pictures.measuring import measured
from core.house.pictures.recipe import PICTURES, RECORD, PictureRecipe, quick_pictures
from core.inference.pictures.model import PictureModel
from core.lineage import canonical_json, content_id
from core.training.pictures.program import PictureTrainingProgram

COMMAND: Final = "python -m core house --pictures"
CARD: Final = "MODEL_CARD_PICTURES.md"
UNFINISHED: Final = "pictures.unfinished"  # a snapshot of the training, in the folder to go on from
SNAPSHOT_EVERY_S: Final = 300.0
REPORT_EVERY: Final = 50  # steps between two lines on the screen

Say = Callable[[str], None]
Record = dict[str, Any]


def make_pictures(folder: Folder, *, is_quick: bool, say: Say, work: Path | None = None) -> Record:
    """Make and measure the house's denoiser, and write it down.

    Args:
        folder: where the files go.
        is_quick: a recipe small enough for a test, which teaches nothing.
        say: is told what is under way.
        work: where snapshots of the training are kept, and taken up if it was interrupted; None:
            nowhere.

    Returns:
        The record, as it was written.
    """
    recipe = quick_pictures(PICTURES) if is_quick else PICTURES
    started = time.perf_counter()
    say(f"pictures: drawing {recipe.book.n_pictures} pages")
    inputs = inputs_of(recipe)
    encoder = CaptionEncoder.from_bytes(inputs["encoder"])
    config = recipe.design(encoder)
    record: Record = {
        "recipe": recipe.to_dict(),
        "config": config.to_dict(),
        "n_parameters": n_parameters(config),
        "parameters_by_part": parameters_by_part(config),
        "corpus": {"id": content_id(inputs["corpus"]), "n_pictures": recipe.book.n_pictures},
        "design": {"id": content_id(inputs["design"])},
        "encoder": _written(folder, "pictures-encoder.json", inputs["encoder"]),
    }
    say(f"pictures: training {record['n_parameters']:,} parameters")
    kept, seconds = train_and_keep(recipe, inputs, work, say)
    record["training_seconds"] = round(seconds, 1)
    record["checkpoints"] = [
        _checkpoint(folder, recipe, encoder, step, data, say) for step, data in kept.items()
    ]
    whole = time.perf_counter() - started
    record["made"] = made_by(COMMAND, is_quick, whole, "float32")
    folder.write(CARD, picture_card(record).encode("utf-8"))
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    folder.write(RECORD, (text + "\n").encode("utf-8"))
    return record


def inputs_of(recipe: PictureRecipe) -> dict[str, bytes]:
    """What the training program takes: corpus, vocabulary and design."""
    encoder = CaptionEncoder.of_the_book(recipe.book.town_seed)
    return {
        "corpus": to_bytes(draw_corpus(recipe.book)),
        "encoder": encoder.to_bytes(),
        "design": canonical_json(recipe.design(encoder).to_dict()),
    }


def train_and_keep(
    recipe: PictureRecipe, inputs: dict[str, bytes], work: Path | None, say: Say
) -> tuple[dict[int, bytes], float]:
    """Train; the averaged weights of every step to keep, and the seconds of training.

    Interrupted work goes on from its last snapshot, and ends in the same bits.
    """
    kept: dict[int, bytes] = {}
    snapshot = None
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
        kept = {int(file.stem[-5:]): file.read_bytes() for file in sorted(work.glob("kept-*"))}
        snapshot = (work / UNFINISHED).read_bytes() if (work / UNFINISHED).exists() else None
    program = PictureTrainingProgram(inputs, recipe.training.to_dict(), snapshot)
    program.settings = recipe.training
    saved = time.perf_counter()
    while not program.finished:
        for row in program.advance():
            if row["kind"] == "step" and row["step"] % REPORT_EVERY == 0:
                say(f"pictures: step {row['step']} of {row['n_steps']}, error {row['loss']:.4f}, "
                    f"{row['pictures_per_s']:.0f} pictures/s")  # fmt: skip
        if program.step in recipe.kept_steps and program.step not in kept:
            kept[program.step] = program.result()
            if work is not None:
                (work / f"kept-{program.step:05d}").write_bytes(kept[program.step])
        if work is not None and time.perf_counter() - saved > SNAPSHOT_EVERY_S:
            Folder(work).write(UNFINISHED, program.snapshot())
            saved = time.perf_counter()
    if work is not None:
        Folder(work).write(UNFINISHED, program.snapshot())
    kept[program.step] = program.result()
    return kept, float(program.numbers()["seconds"])


def _checkpoint(
    folder: Folder, recipe: PictureRecipe, encoder: CaptionEncoder, step: int, data: bytes, say: Say
) -> Record:
    """One checkpoint written, read back and measured."""
    name = f"pictures-{step:05d}.safetensors"
    found: Record = _written(folder, name, data)
    model = PictureModel.from_bytes(folder.read(name), encoder.to_bytes())
    found |= {"step": step, "n_pictures": step * recipe.training.n_batch}
    last = step == recipe.training.n_steps
    n = recipe.n_measured if last else min(100, recipe.n_measured)
    say(f"pictures: measuring step {step}")
    found["numbers"] = measured(model, recipe.book, recipe.drawing, n, say)
    return found


def _written(folder: Folder, name: str, data: bytes) -> Record:
    return {"file": folder.write(name, data), "id": content_id(data), "n_bytes": len(data)}
