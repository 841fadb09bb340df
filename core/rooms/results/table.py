"""The results as one long table: a row for every value, so that any program can sort and count.

    part        of                  series           x       value
    people      (nothing)           took_part                how many
    votes       the question        the option               how many
    share       the question        the option               of 1
    outcome     the question        the option               1 if it came true, 0 if not
    measured    the question                                 what was measured, in words
    line        the question                         n-th    what was written
    pair_votes  the question        the answer               how many
    hands       the step            asked_for_help   n-th    how often
    clicks      (nothing)           what is counted          how many, or a share of 1
    race        the question        the option       step    loss of the run, nats per token
    race_votes  the question        the option               how many wanted it
    taste       the model           what is told     step    loss, or a share of 1
    answer      the question        before, after            what the model wrote
    corpus      (nothing)           what is counted          how many
    curve       the bench, program  the loss         step    its value

Invariant: nothing is in it that the page of results does not hold, except all points and pairs.
"""

from collections.abc import Iterator
from typing import Any, Final

from core.languages import Lang
from core.rooms.results.gathered import Results, View
from core.rooms.results.questions import Counted
from core.rooms.room import lesson_of
from core.rooms.views import in_language
from core.spreadsheet import BOM, to_csv
from core.store.rooms import RoomRecord

COLUMNS: Final = ("part", "of", "series", "x", "value")
DIGITS: Final = 6

Row = tuple[str, str, str, int | str, Any]


def as_csv(found: Results, room: RoomRecord, lang: Lang) -> str:
    """The table as a file.

    Args:
        found: the results.
        room: whose they are.
        lang: of questions, options and steps.
    """
    return BOM + to_csv(COLUMNS, rows(found, room, lang))


def rows(found: Results, room: RoomRecord, lang: Lang) -> Iterator[Row]:
    """Its rows."""
    yield "people", "", "took_part", "", found.n_people
    yield "people", "", "simulated_and_left_out", "", found.n_simulated
    for one in found.questions:
        yield from _question(one, lang)
    for pair in found.pairs:
        yield from _options(pair, "pair_votes", lang)
    for n, (part, hands) in enumerate(zip(lesson_of(room).steps, found.hands, strict=True), 1):
        yield "hands", part.title[lang], "asked_for_help", n, hands
    if found.clicks:
        yield from _clicks(found.clicks)
    if found.race:
        yield from _race(found.race, found, lang)
    if found.taste:
        yield from _taste(found.taste)
    if found.corpus:
        counts = ("n_lines", "n_people", "n_simulated", "n_train_tokens", "n_validation_tokens")
        for name in counts:
            if name in found.corpus:
                yield "corpus", "", name.removeprefix("n_"), "", found.corpus[name]
    for line in found.benches:
        for step, value in line.points:
            yield "curve", f"bench {line.bench}, {line.program}", line.loss, int(step), _told(value)


def _name(one: Counted, lang: Lang) -> str:
    """A question, with its number: two may be worded alike."""
    return f"{one.asked.n}. {in_language(one.asked.texts['ask'], lang)}"


def _options(one: Counted, part: str, lang: Lang) -> Iterator[Row]:
    for key, label in one.asked.texts.get("options", {}).items():
        yield part, _name(one, lang), in_language(label, lang), "", one.counts.get(key, 0)


def _question(one: Counted, lang: Lang) -> Iterator[Row]:
    ask, measured = _name(one, lang), one.asked.measured or {}
    yield from _options(one, "votes", lang)
    for key, label in one.asked.texts.get("options", {}).items():
        said = in_language(label, lang)
        if one.n:
            yield "share", ask, said, "", _told(one.counts.get(key, 0) / one.n)
        if measured.get("outcome") is not None:
            yield "outcome", ask, said, "", int(key == measured["outcome"])
    if measured.get("text"):
        yield "measured", ask, "", "", in_language(measured["text"], lang)
    for n, line in enumerate(one.lines, 1):
        yield "line", ask, "", n, line


def _clicks(seen: View) -> Iterator[Row]:
    counts = ("n_clicks", "n_people", "n_simulated", "n", "n_better", "n_both_bad", "n_divided")
    for name in counts:
        yield "clicks", "", "pairs" if name == "n" else name.removeprefix("n_"), "", seen[name]
    if agreed := seen["agreement"]:
        low, high = agreed["share_span"]
        for name, value in (("agreement", agreed["share"]), ("low", low), ("high", high)):
            series = name if name == "agreement" else f"agreement_{name}"
            yield "clicks", "", series, "", _told(value)


def _race(race: View, found: Results, lang: Lang) -> Iterator[Row]:
    (one,) = [each for each in found.questions if each.asked.key == race["question"]]
    ask, options = _name(one, lang), one.asked.texts["options"]
    yield "race_votes", ask, "simulated_people", "", race["n_simulated"]
    for lane in race["lanes"]:
        label = in_language(options[lane["key"]], lang)
        yield "race_votes", ask, label, "", lane["n_votes"]
        for step, value in lane.get("points", ()):
            yield "race", ask, label, int(step), _told(value)


def _taste(taste: View) -> Iterator[Row]:
    yield "taste", "reward", "simulated_people", "", taste["n_simulated"]
    if held := taste["reward"]["held_out"]:
        for name in ("accuracy", "low", "high"):
            series = "held_out_accuracy" if name == "accuracy" else f"held_out_accuracy_{name}"
            yield "taste", "reward", series, "", _told(held[name])
        yield "taste", "reward", "held_out_pairs", "", held["n"]
    for step, value in taste["reward"]["loss"]:
        yield "taste", "reward", "loss_nats", int(step), _told(value)
    aligned = taste["aligned"]
    if not aligned:
        return
    for step, value in aligned["loss"]:
        yield "taste", "aligned", "loss_nats", int(step), _told(value)
    for step, value in aligned["agreeing"]:
        yield "taste", "aligned", "agreeing_share", int(step), _told(value)
    for exam in aligned["exams"]:
        for rule, rate in exam["rates"].items():
            yield "taste", "aligned", f"share_{rule}", exam["step"], _told(rate)
    for one in aligned["answers"]:
        yield "answer", one["question"], "before", "", one["before"]
        yield "answer", one["question"], "after", "", one["now"]


def _told(value: float) -> float:
    """A figure without the digits that it does not have."""
    return round(value, DIGITS)
