"""The house chain: what is shipped, how it was made, and the command that makes it again."""

from core.house.chain import (
    HouseArtifact,
    HouseCheckpoint,
    PairLane,
    Telling,
    TellingQuestion,
    checkpoints_over_time,
    duplicates_pair,
    examined,
    house_artifacts,
    install,
    made,
    telling_questions,
)

__all__ = [
    "HouseArtifact",
    "HouseCheckpoint",
    "PairLane",
    "Telling",
    "TellingQuestion",
    "checkpoints_over_time",
    "duplicates_pair",
    "examined",
    "house_artifacts",
    "install",
    "made",
    "telling_questions",
]
