"""What every worker process imports before its first turn, so that no run waits for it."""

from core.jobs.programs import PROGRAMS
from core.jobs.turns import be_polite, load_program


def import_everything() -> None:
    """Import torch, all programs, and what torch loads with the first optimiser; takes seconds."""
    be_polite()  # this thread only: the page being opened meanwhile comes first
    import torch

    for program in PROGRAMS:
        load_program(program)
    torch.optim.AdamW([torch.zeros(1)])
