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
ABLATION: Final = "ablation"
ENCODINGS: Final = "encodings"
REVERSAL: Final = "reversal"
TELLING: Final = "telling"
WORDINGS: Final = "wordings"
ROLES: Final = "roles"
PAIRS: Final = "pairs"
FAMILIES: Final = "families"
MEMORISING: Final = "memorising"
SIZES: Final = "sizes"
NEXT_SIZE: Final = "next_size"
ADDING: Final = "adding"
GROKKING: Final = "grokking"
GROUNDING: Final = "grounding"
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
    ABLATION: Known("checkpoint", TEXT, "core.training.text.ablation:AblationProgram"),
    ENCODINGS: Known("checkpoint", TEXT, "core.training.text.ablation:EncodingsProgram"),
    REVERSAL: Known("checkpoint", TEXT, "core.limits.reversal:ReversalProgram"),
    TELLING: Known("checkpoint", TEXT, "core.limits.often.telling:TellingProgram"),
    WORDINGS: Known("checkpoint", TEXT, "core.limits.often.wordings:WordingsProgram"),
    ROLES: Known("checkpoint", TEXT, "core.limits.bias.roles:RolesProgram"),
    PAIRS: Known("checkpoint", TEXT, "core.limits.bias.pairs:PairsProgram"),
    FAMILIES: Known("checkpoint", TEXT, "core.limits.families.program:FamiliesProgram"),
    MEMORISING: Known("checkpoint", TEXT, "core.limits.byheart.memorising:MemorisingProgram"),
    SIZES: Known("checkpoint", TEXT, "core.limits.slope.emergence:SizesProgram"),
    NEXT_SIZE: Known("checkpoint", TEXT, "core.limits.slope.emergence:SizesProgram"),
    ADDING: Known("checkpoint", TEXT, "core.limits.rule.adding:AddingProgram"),
    GROKKING: Known("checkpoint", TEXT, "core.limits.rule.grokking:GrokkingProgram"),
    GROUNDING: Known("tuned", TEXT, "core.limits.grounding.program:GroundingProgram"),
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
