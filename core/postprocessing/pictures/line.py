"""The line that a picture goes through before it leaves: in order, each stage accountable.

    prompt → caption → filter → enlarge → watermark → origin and format

The first stage sees the wish alone, before anything is drawn. Every stage says what it measured;
what each did is an entry of the trail, chained by hashes as the texts' audit trail is.

Invariant: a stage sees only what the stage before it let through; after one that holds the picture
back nothing is done and no file is made.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from time import perf_counter
from typing import Any, Final, Literal

from core.data.pictures import Pixels
from core.errors import SettingError
from core.postprocessing.chaining import NO_ENTRY, sealed
from core.postprocessing.marking.provenance import installation_key, seal
from core.postprocessing.pictures import scaling
from core.postprocessing.pictures.caption_check import CaptionCheck, check
from core.postprocessing.pictures.filter_trials import THRESHOLD, usual_filter
from core.postprocessing.pictures.formats import FORMATS, MEDIA_TYPES, QUALITY
from core.postprocessing.pictures.origin import PictureOrigin, encoded_with_record, pixel_hash
from core.postprocessing.pictures.picture_filter import PictureFilter
from core.postprocessing.pictures.prompt_filter import Wish
from core.postprocessing.pictures.trail import Entry, Outcome
from core.postprocessing.pictures.watermark import STRENGTH, PictureMark, detect, distortion, embed

Action = Literal["off", "mark", "hold"]

ORDER: Final = ("prompt", "caption", "filter", "enlarge", "watermark", "origin")
ACTIONS: Final = ("off", "mark", "hold")


@dataclass(frozen=True, kw_only=True)
class LineSettings:
    """What the stages do.

    Raises:
        SettingError: a value is impossible.
    """

    prompt: Action = "hold"  # a wish that must be refused: is not drawn, or drawn and marked
    house_rule: bool = True  # whether the house's own rule counts
    caption: Action = "mark"  # a picture that is not what was asked for
    filter: Action = "hold"  # a picture that the filter takes for unwanted
    threshold: float = THRESHOLD  # of the filter, from 0 to 1
    side: int = 256  # pixels of the picture that leaves
    method: str = "lanczos"  # of enlarging
    strength: float = STRENGTH  # of the watermark, in grey levels; 0: none
    format: str = "png"  # of the file; "svg" is drawn from the small picture
    quality: int = QUALITY  # of JPEG

    def __post_init__(self) -> None:
        for name in ("prompt", "caption", "filter"):
            _one_of(name, getattr(self, name), ACTIONS)
        _one_of("method", self.method, tuple(scaling.METHODS))
        _one_of("format", self.format, FORMATS)
        if not 0.0 <= self.threshold <= 1.0:
            raise SettingError("threshold", self.threshold, "must lie in [0, 1]")
        if not 64 <= self.side <= scaling.LARGEST or self.side % 64:
            rule = f"must be a multiple of 64 up to {scaling.LARGEST}"
            raise SettingError("side", self.side, rule)
        if not 0.0 <= self.strength <= 20.0:
            raise SettingError("strength", self.strength, "must lie in [0, 20]")
        if not 1 <= self.quality <= 100:
            raise SettingError("quality", self.quality, "must lie in [1, 100]")


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise SettingError(name, value, f"must be one of {', '.join(known)}")


@dataclass(frozen=True)
class Finished:
    """What leaves the line.

    Args:
        wish: what was asked for.
        trail: an entry for every stage that was reached.
        views: name of a stage -> the picture as it went on from there.
        file: the picture's file; empty where it was held back.
        format: of the file.
        check: the picture held against the caption; None where the stage was off.
        score: the filter's; None where the stage was off.
        record: of origin, as it stands in the file.
    """

    wish: Wish
    trail: tuple[Entry, ...]
    views: Mapping[str, Pixels] = field(default_factory=dict)
    file: bytes = b""
    format: str = ""
    check: CaptionCheck | None = None
    score: float | None = None
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def held_by(self) -> str:
        """The stage that kept the picture back; empty where none did."""
        last = self.trail[-1]
        return last.stage if last.outcome == "held_back" else ""

    @property
    def media_type(self) -> str:
        """Of the file."""
        return MEDIA_TYPES.get(self.format, "")

    def envelope(self) -> dict[str, Any]:
        """Everything about the picture but its pixels, as JSON takes it."""
        return {
            "held_back": bool(self.held_by),
            "held_by": self.held_by,
            "reasons": [asdict(finding) for finding in self.wish.findings],
            "caption_check": None if self.check is None else _told(self.check),
            "filter_score": self.score,
            "record": dict(self.record),
            "trail": [asdict(entry) for entry in self.trail],
        }


def _told(found: CaptionCheck) -> dict[str, Any]:
    """A check as JSON takes it."""
    return {
        "understood": found.wanted is not None,
        "whole": found.whole,
        "read": found.reading.scene.to_dict() if found.reading.scene else None,
        "cannot_read": found.reading.reason,
        "agreement": None if found.agreement is None else asdict(found.agreement),
        "words": [asdict(word) for word in found.words],
    }


def is_held(wish: Wish, settings: LineSettings) -> bool:
    """Whether the first stage keeps a wish from being drawn."""
    return settings.prompt == "hold" and wish.refused


def mark_key(key: bytes | None = None) -> str:
    """The watermark's secret, made from this installation's."""
    return seal({"for": "picture watermark"}, key or installation_key())


class _Line:
    """One picture on its way."""

    def __init__(self, wish: Wish, picture: Pixels | None) -> None:
        self.wish = wish
        self.picture = picture
        self.trail: list[Entry] = []
        self.views: dict[str, Pixels] = {}
        self._since = perf_counter()

    def note(self, stage: str, outcome: Outcome, after: Pixels | None = None, **notes: Any) -> None:
        """Close a stage: what it found, and the picture as it goes on."""
        before = "" if self.picture is None else pixel_hash(self.picture)
        if after is not None:
            self.picture = after
        entry = Entry(
            number=len(self.trail),
            stage=stage,
            outcome=outcome,
            notes=notes,
            before=before,
            after="" if self.picture is None else pixel_hash(self.picture),
            seconds=round(perf_counter() - self._since, 6),
            previous=self.trail[-1].hash if self.trail else NO_ENTRY,
        )
        self.trail.append(sealed(entry))
        if self.picture is not None:
            self.views[stage] = self.picture
        self._since = perf_counter()

    def over(self, **about: Any) -> Finished:
        """What came of it."""
        return Finished(self.wish, tuple(self.trail), self.views, **about)


def finish(
    wish: Wish,
    picture: Pixels | None,
    origin: PictureOrigin,
    settings: LineSettings | None = None,
    filter: PictureFilter | None = None,
    key: bytes | None = None,
) -> Finished:
    """Send a picture through the line.

    Args:
        wish: what was asked for, judged.
        picture: (S, S, 3) as it was drawn; None only where `is_held`: then nothing was drawn.
        origin: how it came to be; its `stages` are filled in here.
        settings: what the stages do.
        filter: the picture filter; None: the one with the default settings, trained at first need.
        key: signs and marks; None: that of this installation.

    Raises:
        ValueError: there is no picture, though the wish is not held back.
    """
    settings = settings or LineSettings()
    line = _Line(wish, picture)
    kinds = [finding.kind for finding in wish.findings]
    if is_held(wish, settings):
        line.picture = None
        line.note("prompt", "held_back", kinds=kinds)
        return line.over()
    if picture is None:
        raise ValueError("there is no picture to finish")
    line.note("prompt", _outcome(settings.prompt, bool(kinds)), kinds=kinds)
    found: dict[str, Any] = {}
    if not _caption(line, picture, settings, found) or not _filter(line, settings, filter, found):
        return line.over(**found)
    _enlarge(line, settings)
    _watermark(line, settings, key)
    done = tuple(e.stage for e in line.trail if e.outcome != "skipped")
    return line.over(**found, **_origin(line, replace(origin, stages=done), settings, key))


def _outcome(action: Action, is_found: bool) -> Outcome:
    return "skipped" if action == "off" else "marked" if is_found else "passed"


def _caption(line: _Line, picture: Pixels, settings: LineSettings, found: dict[str, Any]) -> bool:
    """Read the picture; True if it may go on."""
    if settings.caption == "off":
        line.note("caption", "skipped")
        return True
    read = found["check"] = check(picture, line.wish)
    amiss = read.wanted is not None and not read.whole
    hold = amiss and settings.caption == "hold"
    outcome = "held_back" if hold else _outcome(settings.caption, amiss)
    line.note("caption", outcome, None, whole=read.whole, words=read.counts)
    return not hold


def _filter(
    line: _Line, settings: LineSettings, filter: PictureFilter | None, found: dict[str, Any]
) -> bool:
    """Let the filter look at the picture; True if it may go on."""
    if settings.filter == "off" or line.picture is None:
        line.note("filter", "skipped")
        return True
    score = float((filter or usual_filter()).scores(line.picture[None])[0])
    found["score"] = score
    alarm = score >= settings.threshold
    hold = alarm and settings.filter == "hold"
    outcome = "held_back" if hold else _outcome(settings.filter, alarm)
    line.note("filter", outcome, score=score, threshold=settings.threshold)
    return not hold


def _enlarge(line: _Line, settings: LineSettings) -> None:
    picture = line.picture
    assert picture is not None
    if settings.format == "svg" or settings.side == len(picture):  # squares are sharp at any size
        line.note("enlarge", "skipped")
        return
    large = scaling.enlarged(picture, settings.side, settings.method)
    line.note("enlarge", "changed", large, **asdict(scaling.effect(picture, large)))


def _watermark(line: _Line, settings: LineSettings, key: bytes | None) -> None:
    """Mark the picture; a mosaic's few pixels cannot carry a mark."""
    picture = line.picture
    assert picture is not None
    if settings.strength == 0.0 or settings.format == "svg":
        line.note("watermark", "skipped")
        return
    secret = mark_key(key)
    marked = embed(picture, PictureMark(key=secret, strength=settings.strength))
    line.note(
        *("watermark", "changed", marked),
        log10_p=detect(marked, secret, (1.0,)).log10_p,
        log10_p_before=detect(picture, secret, (1.0,)).log10_p,
        **asdict(distortion(picture, marked)),
    )


def _origin(
    line: _Line, origin: PictureOrigin, settings: LineSettings, key: bytes | None
) -> dict[str, Any]:
    """Write the file with its record inside."""
    picture = line.picture
    assert picture is not None
    file, record = encoded_with_record(picture, origin, settings.format, settings.quality, key)
    line.note("origin", "changed", n_bytes=len(file), format=settings.format)
    return {"file": file, "format": settings.format, "record": asdict(record)}
