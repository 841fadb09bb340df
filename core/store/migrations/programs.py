"""Programs by their names: databases before schema version 6 kept where the code of a run lived."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, Table, update

NAME_OF: Final[Mapping[str, str]] = {
    "core.training.program:TrainingProgram": "pretraining",
    "core.alignment.fine_tuning:FineTuningProgram": "fine_tuning",
    "core.alignment.reward_program:RewardProgram": "reward",
    "core.alignment.dpo_program:DpoProgram": "dpo",
    "core.alignment.grpo_program:GrpoProgram": "grpo",
}
"""The places of that time, which no code of today has to keep."""


def name_programs(connection: Connection, runs: Table) -> None:
    """Write the program's name into every run, within the caller's transaction."""
    for place, name in NAME_OF.items():
        connection.execute(update(runs).where(runs.c.program == place).values(program=name))
