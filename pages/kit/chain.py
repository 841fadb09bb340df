"""The chain on the visitor's bench as the ribbon shows it: one measured number per step.

A step without an artefact has no figure, and none is made up.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from core.modality import PICTURES, TEXT
from core.pipeline import STEPS
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.importing import imported
from pages.kit.numbers import NO_FIGURE, decimal

if TYPE_CHECKING:  # importing the store takes a while, and no heading should wait for it
    from core.lineage import Kind
    from core.store.workbench import Lane, Slot

    View = Mapping[Lane, Mapping[Kind, Slot]]


@dataclass(frozen=True)
class Instead:
    """What stands at a step that has no artefact of its own yet: a true number, or words.

    Args:
        words: the catalogue key, of a number with its unit or of a few words alone.
        kind: the artefact that holds the number; None: there is none.
        number: its name in the artefact's numbers or settings.
        factor: the number is multiplied by this first.
    """

    words: str
    kind: "Kind | None" = None
    number: str = ""
    factor: float = 1.0

    def text(self, lane: "Mapping[Kind, Slot]", t: Words) -> str:
        """The words; the sign for "no figure" if the number is not known."""
        if self.kind is None:
            return t(self.words)
        slot = lane.get(self.kind)
        known = {**slot.artifact.settings, **slot.artifact.numbers} if slot else {}
        number = known.get(self.number)
        if isinstance(number, bool) or not isinstance(number, int | float):
            return NO_FIGURE
        return t(self.words, n=decimal(self.factor * number, t.lang, 0))


@dataclass(frozen=True)
class Shown:
    """Which number represents a step.

    Args:
        kind: the artefact that holds it.
        number: its name in the artefact's numbers and in the rows of a run that makes it.
        words: the catalogue key of the number with its unit.
        digits: decimals shown.
        factor: the number is multiplied by this first.
        otherwise: name and catalogue key of a count shown instead if the number was not
            measured.
        example: the catalogue key used instead where the artefact is the example's.
        instead: what stands there while the artefact is missing.
    """

    kind: "Kind"
    number: str
    words: str
    digits: int = 0
    factor: float = 1.0
    otherwise: tuple[str, str] | None = None
    example: str | None = None
    instead: Instead | None = None

    def text(self, lane: "Mapping[Kind, Slot]", t: Words) -> str:
        """The number with its unit; what stands instead of it, or the sign for "no figure"."""
        slot = lane.get(self.kind)
        if slot is None and self.instead is not None:
            return self.instead.text(lane, t)
        known = slot.artifact.numbers if slot else {}
        number = known.get(self.number)
        if slot and number is not None and not isinstance(number, str):
            said = self.example if self.example and slot.whose == "house" else self.words
            return t(said, n=decimal(self.factor * number, t.lang, self.digits))
        if self.otherwise and (count := known.get(self.otherwise[0])) is not None:
            return t(self.otherwise[1], n=decimal(float(count), t.lang, 0))
        return NO_FIGURE


NUMBERS: Final[dict[str, dict[str, Shown]]] = {
    TEXT: {
        "data": Shown("corpus", "n_kept", "shell.n_documents"),
        "architecture": Shown("design", "n_parameters", "shell.n_parameters", 2, 1e-6),
        "training": Shown(
            "checkpoint",
            "grammatical_share",
            "shell.grammatical",
            0,
            100.0,
            ("step", "shell.n_steps"),
        ),
        "alignment": Shown("preferences", "n_pairs", "shell.n_preferences"),
        "inference": Shown(
            "generation", "n_tokens", "shell.n_tokens", example="shell.n_tokens_example"
        ),
        "postprocessing": Shown(
            "answer", "n_filtered", "shell.n_filtered", example="shell.n_filtered_example"
        ),
    },
    PICTURES: {
        "data": Shown("corpus", "n_kept", "shell.n_pictures"),
        "architecture": Shown("design", "n_parameters", "shell.n_parameters", 2, 1e-6),
        "training": Shown(
            "checkpoint",
            "whole_share",
            "shell.scenes_right",
            0,
            100.0,
            ("step", "shell.n_steps"),
        ),
        "alignment": Shown(
            "preferences",
            "n_pairs",
            "shell.n_preferences",
            instead=Instead("shell.none_preferred"),
        ),
        "inference": Shown(
            "generation",
            "n_drawn",
            "shell.n_drawn",
            instead=Instead("shell.n_draw_steps", "checkpoint", "n_draw_steps"),
        ),
        "postprocessing": Shown(
            "answer",
            "n_stages",
            "shell.n_stages",
            instead=Instead("shell.checked_right", "checkpoint", "whole_share", 100.0),
        ),
    },
}
"""For each kind of data, which number represents which step."""

MAKES: Final = {TEXT: "pretraining", PICTURES: "denoising"}
"""Names of the programs whose runs change the number of training."""


@dataclass(frozen=True)
class StepNumber:
    """What the ribbon shows for one step.

    Args:
        step: one of STEPS.
        texts: a lane's number with its unit; one text, or two if the lanes of a pair differ.
        whose: whose artefact lane a shows; None if there is none.
        runs: lane and id of the runs currently changing the number.
    """

    step: str
    texts: tuple[str, ...]
    whose: Literal["house", "yours"] | None
    runs: tuple[tuple[str, str], ...] = ()


_services_came = threading.Event()


def services_came() -> None:
    """Record that from now on `numbers` can answer immediately."""
    _services_came.set()


def at_hand() -> bool:
    """Whether `numbers` can answer immediately; false in the first seconds of the process."""
    return _services_came.is_set()


def numbers(t: Words) -> list[StepNumber]:
    """The ribbon for the visitor's bench; right after the start it waits for the services."""
    services = imported("core.services").services  # with torch: no heading should wait for it

    store, owner, kind = services().store, state.owner(), state.modality()
    services_came()
    runs = [
        (run.lane, run.id)
        for run in store.runs.of_owner(owner)
        if run.lane and not run.is_finished and run.program == MAKES[kind]
    ]
    return step_numbers(store.benches.view(owner, kind), t, runs, kind)


def blank() -> list[StepNumber]:
    """The ribbon before anything is known: the steps are there, the numbers follow."""
    return [StepNumber(step, ("",), None) for step in STEPS]


def step_numbers(
    view: "View", t: Words, training: Sequence[tuple[str, str]] = (), kind: str = TEXT
) -> list[StepNumber]:
    """The six steps with the numbers of a bench.

    Args:
        view: what lies on it.
        t: the visitor's words.
        training: lane and id of the runs that train now.
        kind: of data that the bench is for.
    """
    found = []
    for step in STEPS:
        shown = NUMBERS[kind][step]
        slots = [lane.get(shown.kind) for lane in view.values()] or [None]
        texts = tuple(shown.text(lane, t) for lane in view.values()) or (shown.text({}, t),)
        parted = len(slots) > 1 and slots[0] != slots[1]
        first = slots[0]
        if first is None and shown.instead is not None and shown.instead.kind is not None:
            first = next(iter(view.values()), {}).get(shown.instead.kind)
        known = first is not None and texts[0] != NO_FIGURE
        whose = first.whose if first is not None and known else None
        runs = tuple(training) if step == "training" else ()
        found.append(StepNumber(step, texts if parted else texts[:1], whose, runs))
    return found
