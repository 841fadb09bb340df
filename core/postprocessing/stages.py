"""The line of stages between a drawn text and the answer that leaves: in order, each accountable.

Invariant: a stage sees only what the stage before it let through, and says of every change where it
was made, of what kind it is and by which rule. Positions are characters of the text a stage was
given, so its input and its findings together give its output again.

A new stage is a class with a `name` and one line in STAGES.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, cast

from core.errors import SettingError, TooLarge

if TYPE_CHECKING:
    from core.data.world import Town
    from core.postprocessing.safety.classifier import Classifier

MAX_CHARACTERS: Final = 1_000_000  # of one text; beyond it, nobody reads the answer

ORDER: Final = (
    *("private", "secrets", "words", "classifier", "tone"),
    *("shorten", "format", "facts", "mark"),
)
"""The names of all stages, in the order in which they make sense when nobody says otherwise."""

STAGES: Final[dict[str, str]] = {
    "private": "core.postprocessing.privacy.private:PrivateData",
    "secrets": "core.postprocessing.privacy.secrets:Secrets",
    "words": "core.postprocessing.safety.words:WordsStage",
    "classifier": "core.postprocessing.safety.weighing:ClassifierStage",
    "tone": "core.postprocessing.style.tone:ToneStage",
    "shorten": "core.postprocessing.style.shortening:ShortenStage",
    "format": "core.postprocessing.form.formatting:FormatStage",
    "facts": "core.postprocessing.facts:FactsStage",
    "mark": "core.postprocessing.marking.marking:MarkStage",
}
"""Name of a stage -> "module:Class", loaded when it is first needed."""

ON_BY_DEFAULT: Final = ("private", "secrets")
"""The stages that work without being asked to: they keep what must never leave."""


@dataclass(frozen=True)
class Finding:
    """A place at which a stage found something.

    Args:
        start, end: characters of the stage's input, start <= end.
        kind: what it is, such as "email".
        rule: which rule found it.
        replacement: what stands there now; None where the text was left as it is.
        note: more about it, in a word that the page can look up.
    """

    start: int
    end: int
    kind: str
    rule: str
    replacement: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Processed:
    """What one stage made of a text.

    Args:
        text: what it lets through.
        findings: what it found, from left to right and without overlaps.
        seconds: how long it took; filled in by `run_stages`.
        held_back: whether this text must not leave; then `text` is what is said instead.
        notes: what else it measured, as JSON can hold it.
    """

    text: str
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    held_back: bool = False
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What a stage may know besides the text.

    Args:
        lang: language of the answer, "de" or "en".
        question: what was asked; empty where nothing was.
        town: the small world whose facts decide; None for texts about anything else.
        model_id: who wrote the text; empty where a person did.
        seed: of everything random in a stage.
        conversation: texts with the same value get the same pseudonyms.
        classifier: the one that the asker has trained; None for the one of the shipped labels.
    """

    lang: str
    question: str = ""
    town: "Town | None" = None
    model_id: str = ""
    seed: int = 0
    conversation: str = ""
    classifier: "Classifier | None" = None


class Stage(Protocol):
    """One filter of the line, with its settings inside."""

    name: ClassVar[str]

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Raise SettingError, naming the setting, where one is unknown or impossible."""

    def apply(self, text: str, context: Context) -> Processed:
        """Work on one text; equal texts and contexts give equal results."""


@dataclass(frozen=True)
class StageSetting:
    """One place of the line: which stage stands there, whether it works, and how.

    Args:
        name: one of STAGES.
        on: whether it works; one that is off lets everything through unseen.
        settings: the stage's own.
    """

    name: str
    on: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What leaves the line, and how it came to be.

    Args:
        text: what leaves; what is said instead where the text was held back.
        steps: name and work of every stage that was on and was reached, in order.
        held_back: whether a stage kept the text back; those after it were not reached.
    """

    text: str
    steps: tuple[tuple[str, Processed], ...]
    held_back: bool = False

    @property
    def n_filtered(self) -> int:
        """Places at which a stage changed something or held the text back."""
        changed = sum(f.replacement is not None for _, step in self.steps for f in step.findings)
        return changed + self.held_back

    @property
    def seconds(self) -> float:
        """How long all stages took together."""
        return sum(step.seconds for _, step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it, for the audit trail."""
        return {
            "text": self.text,
            "held_back": self.held_back,
            "n_filtered": self.n_filtered,
            "seconds": self.seconds,
            "stages": [{"name": name, **asdict(step)} for name, step in self.steps],
        }


def run_stages(text: str, stages: Sequence[StageSetting], context: Context) -> Answer:
    """Send a text through the line, in the order given.

    Args:
        text: what the model wrote, or anybody.
        stages: the line; stages that are off are passed by.
        context: what the stages may know.

    Returns:
        what leaves the line. The first stage that holds the text back ends it.

    Raises:
        TooLarge: the text is longer than MAX_CHARACTERS.
        SettingError: a stage has no such name or setting.
    """
    if len(text) > MAX_CHARACTERS:
        size, limit = len(text) / 1e6, MAX_CHARACTERS / 1e6
        raise TooLarge(f"{len(text)} characters", size_mb=size, limit_mb=limit)
    steps: list[tuple[str, Processed]] = []
    for stage in made(stages):
        began = perf_counter()
        step = stage.apply(text, context)
        step = replace(step, seconds=perf_counter() - began)
        steps.append((stage.name, step))
        text = step.text
        if step.held_back:
            return Answer(text, tuple(steps), held_back=True)
    return Answer(text, tuple(steps))


def made(stages: Sequence[StageSetting]) -> list[Stage]:
    """The stages that are on, ready to work; SettingError names the place of a mistake."""
    line = []
    for place, setting in enumerate(stages):
        if setting.on:
            try:
                line.append(stage_type(setting.name)(setting.settings))
            except SettingError as error:
                raise _at(error, f"stages[{place}]") from error
    return line


def stage_type(name: str) -> type[Stage]:
    """The class of a stage.

    Raises:
        SettingError: there is no stage of this name.
    """
    if name not in STAGES:
        raise SettingError("name", name, f"must be one of {', '.join(in_order(STAGES))}")
    module, _, kind = STAGES[name].partition(":")
    return cast(type[Stage], getattr(import_module(module), kind))


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Names of stages as ORDER has them."""
    return tuple(sorted(names, key=ORDER.index))


def default_stages() -> tuple[StageSetting, ...]:
    """Every stage there is, those of ON_BY_DEFAULT switched on."""
    return tuple(StageSetting(name, name in ON_BY_DEFAULT) for name in in_order(STAGES))


def replaced(text: str, findings: Iterable[Finding]) -> str:
    """The text with every finding's replacement in place.

    Args:
        text: what the findings were made in.
        findings: from left to right, without overlaps; those without a replacement change nothing.
    """
    pieces, done = [], 0
    for finding in findings:
        if finding.replacement is not None:
            pieces += [text[done : finding.start], finding.replacement]
            done = finding.end
    return "".join([*pieces, text[done:]])


def admitted(given: Mapping[str, Any], starts: Mapping[str, Any]) -> dict[str, Any]:
    """A stage's settings, whole: what was given, the rest as it starts.

    Args:
        given: what somebody set.
        starts: every setting the stage has, with its value at the start.

    Raises:
        SettingError: a setting is unknown, or of another type than its start.
    """
    for name, value in given.items():
        if name not in starts:
            raise SettingError(name, value, f"must be one of {', '.join(starts) or 'none'}")
        start = starts[name]
        wanted: tuple[type, ...] = (int, float) if type(start) is float else (type(start),)
        if start is not None and type(value) not in wanted:
            raise SettingError(name, value, f"must be of type {type(start).__name__}")
    return {**starts, **given}


def to_dict(stages: Sequence[StageSetting]) -> list[dict[str, Any]]:
    """A line of stages as JSON takes it; `from_dict` reads it back."""
    return [{"name": s.name, "on": s.on, "settings": dict(s.settings)} for s in stages]


def from_dict(given: object) -> tuple[StageSetting, ...]:
    """Read a line of stages, and try whether it can be made.

    Args:
        given: a list of {"name": …, "on": …, "settings": {…}}; a bare name stands for a stage that
            is on, with its settings as they start.

    Raises:
        SettingError: something is wrong; its name is the path to it, such as "stages[1].on".
    """
    if not isinstance(given, list):
        raise SettingError("stages", given, "must be a list")
    line = tuple(_setting(each, f"stages[{place}]") for place, each in enumerate(given))
    made([replace(each, on=True) for each in line])
    return line


def _setting(given: object, path: str) -> StageSetting:
    if isinstance(given, str):
        given = {"name": given}
    if not isinstance(given, dict):
        raise SettingError(path, given, "must be a name or an object with a name")
    kinds = {"name": str, "on": bool, "settings": dict}
    for key, value in {"name": None, **given}.items():
        if key not in kinds:
            raise SettingError(f"{path}.{key}", value, f"must be one of {', '.join(kinds)}")
        if not isinstance(value, kinds[key]):
            raise SettingError(f"{path}.{key}", value, f"must be of type {kinds[key].__name__}")
    return StageSetting(**given)


def _at(error: SettingError, path: str) -> SettingError:
    """The same error, its name led by a path."""
    values = error.values
    return SettingError(f"{path}.{values['name']}", values["value"], values["rule"])
