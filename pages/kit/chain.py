"""The chain on the visitor's bench as the ribbon shows it: one real number a step.

A step without an artefact has no figure, and none is made up for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from core.pipeline import STEPS
from pages.kit import state
from pages.kit.catalogue import Lang, Words
from pages.kit.numbers import NO_FIGURE, decimal, millions, whole

if TYPE_CHECKING:  # the store takes a while to import, and no heading should wait for it
    from core.lineage import Kind, Number
    from core.store.workbench import Lane, Slot

    View = Mapping[Lane, Mapping[Kind, Slot]]


@dataclass(frozen=True)
class Shown:
    """Which number stands for a step.

    Args:
        kind: the artefact that holds it.
        number: its name among the artefact's numbers.
        write: puts it into the reader's typography.
        words: the catalogue key that adds its unit.
    """

    kind: "Kind"
    number: str
    write: Callable[[float, Lang], str]
    words: str


NUMBERS: Final[dict[str, Shown]] = {
    "data": Shown("corpus", "n_documents", whole, "shell.n_documents"),
    "architecture": Shown("design", "n_parameters", millions, "shell.n_parameters"),
    "training": Shown("checkpoint", "bits_per_byte", decimal, "shell.bits_per_byte"),
    "alignment": Shown("checkpoint", "n_preferences", whole, "shell.n_preferences"),
    "inference": Shown("generation", "tokens_per_s", whole, "shell.tokens_per_s"),
    "postprocessing": Shown("answer", "n_filtered", whole, "shell.n_filtered"),
}


@dataclass(frozen=True)
class StepNumber:
    """What the ribbon says about one step.

    Args:
        step: one of STEPS.
        texts: a lane's number with its unit; one text, or two where the lanes of a pair differ.
        whose: whose artefact lane a shows; None where there is none.
    """

    step: str
    texts: tuple[str, ...]
    whose: Literal["house", "yours"] | None


def view() -> "View":
    """What lies in each lane of the visitor's bench, the house's where nothing of theirs does."""
    from core.services import services  # imports torch: here, so that the heading need not wait

    return services().store.bench_view(state.owner())


def step_numbers(view: "View", t: Words) -> list[StepNumber]:
    """The six steps with this chain's numbers."""
    found = []
    for step in STEPS:
        shown = NUMBERS[step]
        slots = [lane.get(shown.kind) for lane in view.values()] or [None]
        texts = tuple(_text(slot, shown, t) for slot in slots)
        parted = len(slots) > 1 and slots[0] != slots[1]
        first = slots[0]
        known = first is not None and shown.number in first.artifact.numbers
        whose = first.whose if first is not None and known else None
        found.append(StepNumber(step, texts if parted else texts[:1], whose))
    return found


def _text(slot: "Slot | None", shown: Shown, t: Words) -> str:
    number: Number | None = slot.artifact.numbers.get(shown.number) if slot else None
    if number is None or isinstance(number, str):
        return NO_FIGURE
    return t(shown.words, n=shown.write(float(number), t.lang))
