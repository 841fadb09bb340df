"""A lesson is a file: what projector and phones show, step by step, and what is asked.

A lesson is TOML, with every text in German and English:

    title = { en = "…", de = "…" }
    minutes = 45

    [[steps]]
    title = { en = "…", de = "…" }
    page = "inference"                  # what the projector shows
    with = { temperature = 1.2 }        # settings of that page
    phone = "vote"                      # what phones show: one of PHONES
    minutes = 6
    locked = ["depth"]                  # settings that nobody but the facilitator changes
    say = { en = "…", de = "…" }        # a caption on the projector and the phones
    measured = { en = "…{x}…", de = "…" }  # a line of measured figures, for whoever can fill it in
    at = "gb_card_stage"                # the part of the page to look at, by its key
    press = [{ in = "lab", what = ".first", after = 2 }]  # what a player does; see pressing.py
    notes = { en = "…", de = "…" }      # for the facilitator alone

    [steps.question]                    # with phone = "vote" or "words"
    ask = { en = "…", de = "…" }
    options = [{ key = "a", en = "…", de = "…" }, { key = "b", en = "…", de = "…" }]
    right = "a"                         # the option that is true, where the lesson knows it
    measured_by = "scale_machine"       # or the prediction on the page that measures it;
                                        # without ask and options, the page puts its own question

With `auto = true` it plays by itself: `seconds` says how long each step stays.

Invariant: a lesson that is read can be shown; whatever is wrong is said with its line.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from core.errors import LessonError
from core.languages import LANGS, Lang
from core.rooms.pressing import Press, read_part, read_press

SHIPPED: Final = Path(__file__).parent / "lessons"
MAX_CHARS: Final = 200_000
MAX_STEPS: Final = 60
MAX_OPTIONS: Final = 8
OPTION_KEY: Final = re.compile(r"[a-z0-9_]{1,40}")
STEP_FIELDS: Final = (
    *("title", "page", "with", "phone", "minutes", "seconds", "locked", "say", "notes"),
    *("question", "measured", "at", "press"),
)

Phone = Literal["watch", "vote", "words", "pairs", "page"]
PHONES: Final[tuple[Phone, ...]] = get_args(Phone)
"""watch: look at the projector; vote: choose; words: write a line; pairs: choose the better of two
answers; page: open the projector's page, to work there oneself."""

Said = Mapping[Lang, str]
"""A text in every language."""


@dataclass(frozen=True)
class Question:
    """What a room is asked.

    Args:
        ask: the question.
        options: key -> its words; empty where people write words of their own.
        right: the option that is true; empty where the page measures it or nobody knows.
        measured_by: the prediction on the projector's page that finds out, by its key or the
            beginning of it; empty for none. Without `ask` it puts its own question.
    """

    ask: Said
    options: Mapping[str, Said] = field(default_factory=dict)
    right: str = ""
    measured_by: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a lesson; see the head of this file for the fields."""

    title: Said
    page: str
    settings: Mapping[str, str] = field(default_factory=dict)
    phone: Phone = "watch"
    minutes: float = 0.0
    seconds: float = 0.0
    locked: tuple[str, ...] = ()
    say: Said = field(default_factory=dict)
    notes: Said = field(default_factory=dict)
    question: Question | None = None
    measured: Said = field(default_factory=dict)
    at: str = ""
    press: tuple[Press, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A whole lesson.

    Args:
        name: of its file, without the ending.
        title: what it is called.
        minutes: how long it takes altogether.
        auto: whether it plays by itself.
        steps: at least one.
        source: the TOML it was read from.
    """

    name: str
    title: Said
    minutes: float
    auto: bool
    steps: tuple[Step, ...]
    source: str


def read_lesson(
    source: str,
    name: str = "own",
    *,
    pages: Collection[str] = (),
    settings: Collection[str] = (),
) -> Lesson:
    """Read and check a lesson.

    Args:
        source: its TOML.
        name: what to call it.
        pages: the pages there are; empty: any name is taken.
        settings: the settings there are; empty: any name is taken.

    Raises:
        LessonError: it cannot be used; says the line and the reason.
    """
    if len(source) > MAX_CHARS:
        raise LessonError(1, "too_long", most=MAX_CHARS)
    try:
        found = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = int(at[1]) if at else source.count("\n") + 1
        raise LessonError(line, "no_toml", found=str(error).split(" (at")[0]) from error
    return _Reader(source, frozenset(pages), frozenset(settings)).lesson(found, name)


@cache
def shipped(name: str) -> Lesson:
    """A lesson that comes with this program."""
    return read_lesson((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"), name)


def all_shipped() -> list[Lesson]:
    """Those that come with this program, the shortest first; those that play by themselves last."""
    found = [shipped(file.stem) for file in SHIPPED.glob("*.toml")]
    return sorted(found, key=lambda lesson: (lesson.auto, lesson.minutes))


class _Reader:
    """Turns parsed TOML into a lesson, and knows in which line each field stands."""

    def __init__(self, source: str, pages: frozenset[str], settings: frozenset[str]) -> None:
        self._lines = source.splitlines()
        self._pages, self._settings = pages, settings

    def lesson(self, found: Mapping[str, Any], name: str) -> Lesson:
        """The whole lesson."""
        self._only(found, ("title", "minutes", "auto", "steps"), -1)
        steps = found.get("steps")
        if not isinstance(steps, list) or not steps or not all(isinstance(s, dict) for s in steps):
            raise LessonError(1, "no_steps")
        if len(steps) > MAX_STEPS:
            raise LessonError(self._line(MAX_STEPS), "too_many_steps", most=MAX_STEPS)
        auto = found.get("auto", False)
        if not isinstance(auto, bool):
            raise LessonError(self._line(-1, "auto"), "no_boolean", name="auto")
        read = tuple(self._step(step, n, auto) for n, step in enumerate(steps))
        minutes = self._number(found, "minutes", -1) or sum(step.minutes for step in read)
        title = self._said(found, "title", -1, needed=True)
        return Lesson(name, title, minutes, auto, read, "\n".join(self._lines))

    def _step(self, found: Mapping[str, Any], n: int, auto: bool) -> Step:
        self._only(found, STEP_FIELDS, n)
        page = found.get("page", "home")
        if not isinstance(page, str) or (self._pages and page not in self._pages):
            raise LessonError(
                self._line(n, "page"), "unknown_page", found=str(page), known=_listed(self._pages)
            )
        phone = found.get("phone", "watch")
        if phone not in PHONES:
            raise LessonError(
                self._line(n, "phone"), "unknown_phone", found=str(phone), known=_listed(PHONES)
            )
        question = self._question(found.get("question"), n, phone)
        seconds = self._number(found, "seconds", n)
        if auto and not seconds:
            raise LessonError(self._line(n), "no_seconds", n=n + 1)
        return Step(
            title=self._said(found, "title", n, needed=True),
            page=page,
            settings=self._with(found, n),
            phone=phone,
            minutes=self._number(found, "minutes", n),
            seconds=seconds,
            locked=self._locked(found, n),
            say=self._said(found, "say", n),
            notes=self._said(found, "notes", n),
            question=question,
            measured=self._said(found, "measured", n),
            at=read_part(found.get("at", ""), self._line(n, "at")),
            press=read_press(found.get("press", []), self._line(n, "press")),
        )

    def _with(self, found: Mapping[str, Any], n: int) -> dict[str, str]:
        given = found.get("with", {})
        if not isinstance(given, dict):
            raise LessonError(self._line(n, "with"), "no_table", name="with")
        for name, value in given.items():
            self._known_setting(name, n, "with")
            if not isinstance(value, str | int | float | bool):
                raise LessonError(self._line(n, "with"), "no_value", name=name)
        return {name: str(value) for name, value in given.items()}

    def _locked(self, found: Mapping[str, Any], n: int) -> tuple[str, ...]:
        given = found.get("locked", [])
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise LessonError(self._line(n, "locked"), "no_list", name="locked")
        for name in given:
            self._known_setting(name, n, "locked")
        return tuple(given)

    def _known_setting(self, name: str, n: int, field_name: str) -> None:
        if self._settings and name not in self._settings:
            raise LessonError(
                self._line(n, field_name), "unknown_setting", found=name, near=_near(name, self)
            )

    @property
    def settings(self) -> frozenset[str]:
        """The settings there are."""
        return self._settings

    def _question(self, found: Any, n: int, phone: str) -> Question | None:
        if found is None:
            if phone in ("vote", "words"):
                raise LessonError(self._line(n, "phone"), "no_question", found=phone)
            return None
        if not isinstance(found, dict):
            raise LessonError(self._line(n, "question"), "no_table", name="question")
        self._only(found, ("ask", "options", "right", "measured_by"), n)
        options = self._options(found.get("options", []), n)
        right, measured_by = str(found.get("right", "")), str(found.get("measured_by", ""))
        if measured_by and not options and "ask" not in found:
            return Question({}, {}, "", measured_by)
        if phone == "vote" and len(options) < 2:
            raise LessonError(self._line(n, "options"), "too_few_options")
        if right and right not in options:
            raise LessonError(
                self._line(n, "right"), "unknown_option", found=right, known=_listed(options)
            )
        return Question(self._said(found, "ask", n, needed=True), options, right, measured_by)

    def _options(self, found: Any, n: int) -> dict[str, Said]:
        line = self._line(n, "options")
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise LessonError(line, "no_list", name="options")
        if len(found) > MAX_OPTIONS:
            raise LessonError(line, "too_many_options", most=MAX_OPTIONS)
        options: dict[str, Said] = {}
        for each in found:
            key = each.get("key")
            if not isinstance(key, str) or not OPTION_KEY.fullmatch(key) or key in options:
                raise LessonError(line, "option_key", found=str(key))
            options[key] = self._languages({k: v for k, v in each.items() if k != "key"}, line, key)
        return options

    def _said(
        self, found: Mapping[str, Any], name: str, n: int, *, needed: bool = False
    ) -> dict[Lang, str]:
        if name not in found:
            if needed:
                raise LessonError(self._line(n), "missing", name=name)
            return {}
        return self._languages(found[name], self._line(n, name), name)

    def _languages(self, found: Any, line: int, name: str) -> dict[Lang, str]:
        """A text in every language; a plain one stands for all."""
        if isinstance(found, str) and found.strip():
            return {lang: found.strip() for lang in LANGS}
        texts = found if isinstance(found, dict) else {}
        said = {lang: texts.get(lang) for lang in LANGS}
        kept = {lang: text.strip() for lang, text in said.items() if isinstance(text, str)}
        if len(kept) < len(LANGS) or not all(kept.values()):
            raise LessonError(line, "no_languages", name=name, known=_listed(LANGS))
        return kept

    def _number(self, found: Mapping[str, Any], name: str, n: int) -> float:
        value = found.get(name, 0)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= 100_000:
            raise LessonError(self._line(n, name), "no_number", name=name)
        return float(value)

    def _only(self, found: Mapping[str, Any], known: Collection[str], n: int) -> None:
        for name in found:
            if name not in known:
                raise LessonError(
                    self._line(n, name), "unknown_field", found=name, known=_listed(known)
                )

    def _line(self, n: int, name: str = "") -> int:
        """The line of a field in step n, counted from 0; -1: above all steps. The step's own line
        if the field is not found.
        """
        heads = [at for at, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*steps", line)]
        first = heads[n] if 0 <= n < len(heads) else 0
        after = heads[n + 1] if n + 1 < len(heads) else len(self._lines)
        if name:
            form = re.compile(rf"\s*(\[steps\.)?{re.escape(name)}\b")
            for at in range(first, after):
                if form.match(self._lines[at]):
                    return at + 1
        return first + 1


def _near(name: str, reader: _Reader) -> str:
    """The settings that begin alike, to say what may have been meant."""
    alike = sorted(each for each in reader.settings if each[:3] == name[:3])
    return _listed(alike or reader.settings)


def _listed(names: Collection[str], most: int = 40) -> str:
    found = list(names) if isinstance(names, tuple | list | dict) else sorted(names)
    return ", ".join(found[:most]) + (", …" if len(found) > most else "")
