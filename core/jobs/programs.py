"""The programs that may be run: by the name that the store keeps, what each makes of what.

Never extended by anything that arrives over the network. Code may move; what the store keeps of a
run stays readable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.lineage import Kind
from core.modality import PICTURES, TEXT

TRAINING: Final = "pretraining"
FINE_TUNING: Final = "fine_tuning"
REWARD: Final = "reward"
DPO: Final = "dpo"
GRPO: Final = "grpo"
DENOISING: Final = "denoising"
PICTURE_DPO: Final = "picture_dpo"
PICTURE_TUNING: Final = "picture_tuning"


@dataclass(frozen=True)
class Known:
    """One program.

    Args:
        kind: of artefact that it makes.
        modality: the kind of data that it learns from.
        place: where its code lives, as "module:Class".
    """

    kind: Kind
    modality: str
    place: str


PROGRAMS: Final[Mapping[str, Known]] = {
    TRAINING: Known("checkpoint", TEXT, "core.training.text.program:TrainingProgram"),
    FINE_TUNING: Known("tuned", TEXT, "core.alignment.tuning.fine_tuning:FineTuningProgram"),
    REWARD: Known("reward", TEXT, "core.alignment.preferring.reward_program:RewardProgram"),
    DPO: Known("aligned", TEXT, "core.alignment.aligning.dpo_program:DpoProgram"),
    GRPO: Known("aligned", TEXT, "core.alignment.aligning.grpo_program:GrpoProgram"),
    PICTURE_DPO: Known(
        "aligned", PICTURES, "core.alignment.pictures.dpo_program:PictureDpoProgram"
    ),
    PICTURE_TUNING: Known(
        "tuned", PICTURES, "core.alignment.pictures.tuning.program:PictureTuningProgram"
    ),
    DENOISING: Known(
        "checkpoint", PICTURES, "core.training.pictures.program:PictureTrainingProgram"
    ),
}
