"""What a style costs the shipped model at every rank, and what pleasing costs it on every leash.

`python -m core house --pictures alignment` measures both again and writes them down; nothing that
is shipped is trained here.
"""

import copy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import torch

from core.alignment.pictures.dpo_program import PictureDpoProgram
from core.alignment.pictures.exam import Exam
from core.alignment.pictures.preferring import (
    PicturePreference,
    drawing_pairs,
    judging_pairs,
    to_bytes,
)
from core.alignment.pictures.rules import RULES, open_wishes
from core.alignment.pictures.settings import LEASHES, PictureDpoSettings, settings_for
from core.alignment.pictures.tuning.exam import TuningExam
from core.alignment.pictures.tuning.examples import styled_examples
from core.alignment.pictures.tuning.program import PictureTuningProgram
from core.alignment.pictures.tuning.settings import PictureTuningSettings
from core.data.pictures.collecting.archive import to_bytes as corpus_bytes
from core.house.command import made_by
from core.house.files import SHIPPED, Folder
from core.house.pictures.chain import HousePictures, house_pictures
from core.inference.pictures.model import PictureModel
from core.pieces import outcome_of

COMMAND: Final = "python -m core house --pictures alignment"
RECORD: Final = "pictures-curves.json"
RULE: Final = "night"
STYLE: Final = "sepia"
RANKS: Final = (1, 2, 4, 8, 32, 0)  # 0: all weights learn
N_PAIRS: Final = 30
PAIRS_SEED: Final = 70_000
N_CAPTIONS: Final = 240  # at most, until the rule has found its pairs
N_JUDGED: Final = 120  # captions of each kind in an exam
NEVER: Final = 10_000

Say = Callable[[str], None]
Row = dict[str, Any]


@dataclass(frozen=True)
class Curves:
    """What was measured.

    Args:
        ranks: for each of RANKS what `TuningExam.sitting` gives, with rank, n_trained and seconds;
            before them the model itself, without a rank.
        leashes: for each of LEASHES what `Exam.sitting` gives, with leash; before them the model
            itself, without a leash.
        rule, style: what was preferred, what was taught.
        made: by which command, when, on what machine.
    """

    ranks: Sequence[Row]
    leashes: Sequence[Row]
    rule: str
    style: str
    made: Row


@cache
def house_curves(folder: Folder | None = None) -> Curves | None:
    """The record of what was measured; None if nothing was."""
    folder = folder or Folder(SHIPPED)
    if not (folder.path / RECORD).exists():
        return None
    return Curves(**json.loads(folder.read(RECORD)))


def measure_curves(folder: Folder, *, is_quick: bool, say: Say, work: Path | None = None) -> Row:
    """Measure both on the model that lies in the folder, and write them down.

    Args:
        folder: where the model that draws lies, and where the record goes.
        is_quick: few steps and captions, to see that all works.
        say: is told what is under way.
        work: not needed; nothing here takes long enough.

    Raises:
        FileNotFoundError: no model that draws lies there.
    """
    started, found = time.perf_counter(), house_pictures(folder)
    if found is None:
        raise FileNotFoundError(folder.path)
    torch.set_num_threads(1)
    n, short = (2, {"n_steps": 1}) if is_quick else (N_JUDGED, {})
    record: Row = {
        "ranks": ranks(found, n, short, say),
        "leashes": leashes(found, n, short, say),
        "rule": RULE,
        "style": STYLE,
    }
    record["made"] = made_by(COMMAND, is_quick, time.perf_counter() - started, "float32")
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    folder.write(RECORD, (text + "\n").encode("utf-8"))
    return record


def ranks(found: HousePictures, n: int, short: Row, say: Say) -> list[Row]:
    """A style taught at every rank: what was learned, what was forgotten."""
    model, asked = _model(found), PictureTuningSettings(subject=STYLE, **short)
    examples = styled_examples(STYLE, model.size, asked.seed)
    exam = TuningExam(asked.changed(n_held_out=n), examples)
    rows: list[Row] = [outcome_of(exam.sitting(model))]
    inputs = {"model": found.weights(), "encoder": found.encoder()}
    inputs["examples"] = corpus_bytes(examples)
    largest = model.denoiser.config.n_channels
    for rank in (rank for rank in RANKS if rank <= largest):
        program = PictureTuningProgram(inputs, _brief(asked.changed(rank=rank)))
        _learn(program)
        row = {"rank": rank, **outcome_of(exam.sitting(program.model))}
        told = program.numbers()
        rows.append({**row, "n_trained": told["n_trained"], "seconds": told["seconds"]})
        say(f"curves: rank {rank}, plain {row['plain_share']:.0%}, "
            f"learned {row['learned_share']:.0%}")  # fmt: skip
    return rows


def leashes(found: HousePictures, n: int, short: Row, say: Say) -> list[Row]:
    """The same pairs learned on every leash: how often the rule is kept, and what it costs."""
    model = _model(found)
    exam = Exam(PictureDpoSettings(rule=RULE, n_held_out=n, n_plain=n))
    rows: list[Row] = [outcome_of(exam.sitting(model))]
    inputs = {"model": found.weights(), "encoder": found.encoder()}
    inputs["preferences"] = to_bytes(_pairs(model, min(n, N_PAIRS)))
    for leash in LEASHES:
        asked = settings_for(RULE, leash, n_held_out=1, n_plain=1, **short)
        program = PictureDpoProgram(inputs, _brief(asked))
        _learn(program)
        aligned = replace(program.model, denoiser=copy.deepcopy(program.model.denoiser).eval())
        rows.append({"leash": leash, **outcome_of(exam.sitting(aligned))})
        say(f"curves: leash {leash}, rate {rows[-1]['rate']:.0%}, "
            f"plain {rows[-1]['plain_share']:.0%}")  # fmt: skip
    return rows


def _model(found: HousePictures) -> PictureModel:
    return PictureModel.from_bytes(found.weights(), found.encoder())


def _pairs(model: PictureModel, n: int) -> list[PicturePreference]:
    wishes = open_wishes(RULES[RULE].left_open, N_CAPTIONS if n == N_PAIRS else n, PAIRS_SEED)
    judged: list[PicturePreference] = outcome_of(judging_pairs(model, wishes, RULE, n))
    if judged or n == N_PAIRS:
        return judged
    # A model that has learned nothing draws all alike; to see that all works, any pair will do.
    return [PicturePreference(pair, "a") for pair in outcome_of(drawing_pairs(model, wishes))]


def _brief(asked: PictureTuningSettings | PictureDpoSettings) -> Row:
    """The same run without looks on the way; the last ones are as short as can be."""
    return asked.changed(look_every=NEVER, evaluate_every=NEVER, n_held_out=1).to_dict()


def _learn(program: PictureTuningProgram | PictureDpoProgram) -> None:
    while program.step < program.n_steps and not program.diverged:
        program.advance()
