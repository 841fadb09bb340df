"""What a room trained and made: the race, the taste before and after, the corpus, the benches."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Final

from core.jobs.programs import PROGRAMS
from core.modality import PICTURES
from core.rooms.results import Counted, Results, Trained
from core.rooms.results.gathered import View
from core.rooms.room import lesson_of
from core.rooms.views import in_language
from core.store.rooms import RoomRecord
from pages.alignment import names
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, share, whole
from pages.room.results.curve import Line, curves

FEWEST_POINTS: Final = 2


def hands(found: Results, room: RoomRecord, t: Words) -> str:
    """How often somebody asked for help, step by step."""
    if not any(found.hands):
        return ""
    rows = [
        (step.title[t.lang], whole(n, t.lang))
        for step, n in zip(lesson_of(room).steps, found.hands, strict=True)
        if n
    ]
    head = (t("workshop.col_step"), t("workshop.col_times"))
    return _section(t("workshop.hands_title"), table(head, rows))


def race(found: Results, t: Words) -> str:
    """The lanes of the race: their curves, and where each came to."""
    if not found.race:
        return ""
    about = found.race
    one = next(each for each in found.questions if each.asked.key == about["question"])
    lanes = [lane for lane in about["lanes"] if len(lane.get("points", ())) >= FEWEST_POINTS]
    lines = [Line(_lane(one, lane["key"], t), lane["points"]) for lane in lanes]
    picture = curves(lines, t("workshop.loss_nats"), t) if lines else ""
    rows = [
        (
            _lane(one, lane["key"], t),
            whole(lane["n_votes"], t.lang),
            *_ends(lane.get("points", ()), t),
            t("workshop.diverged") if lane.get("diverged") else "",
        )
        for lane in about["lanes"]
    ]
    head = (t("workshop.col_option"), t("workshop.col_votes"), *_end_names(t), "")
    told = f"<p>{escape(in_language(one.asked.texts['ask'], t.lang))}</p>"
    more = f'<p class="soft">{escape(t("workshop.race_about"))}</p>'
    return _section(
        t("workshop.race_title"),
        told + simulated(about["n_simulated"], t) + picture + table(head, rows) + more,
    )


def _lane(one: Counted, key: str, t: Words) -> str:
    return in_language(one.asked.texts["options"][key], t.lang)


def taste(found: Results, t: Words) -> str:
    """What people chose, how right the reward model was, and the model before and after."""
    if not found.clicks:
        return ""
    seen = found.clicks
    said = t(
        "workshop.n_clicks",
        n=whole(seen["n_clicks"], t.lang),
        people=whole(seen["n_people"], t.lang),
        pairs=whole(seen["n"], t.lang),
    )
    parts = [_p(said), simulated(seen["n_simulated"], t)]
    if agreed := seen["agreement"]:
        low, high = (share(end, t.lang) for end in agreed["share_span"])
        said = t("workshop.agreement", share=share(agreed["share"], t.lang), low=low, high=high)
        parts.append(_p(said))
    if found.taste:
        parts.append(_learned(found.taste, t))
    return _section(t("workshop.taste_title"), "".join(parts), breaks=True)


def _learned(about: View, t: Words) -> str:
    """The two models that learned from the choices."""
    parts = list[str]()
    if held := about["reward"]["held_out"]:
        n = whole(held["n"], t.lang)
        parts.append(
            _p(t("workshop.reward_model", share=share(held["accuracy"], t.lang), n=n))
            + _p(
                t("workshop.span", low=share(held["low"], t.lang), high=share(held["high"], t.lang))
            )
        )
    parts.append(simulated(about["n_simulated"], t))
    aligned = about["aligned"]
    losses = [
        (t("workshop.curves_reward"), about["reward"]["loss"]),
        (t("workshop.curves_aligned"), aligned["loss"] if aligned else ()),
    ]
    for name, points in losses:
        if len(points) >= FEWEST_POINTS:
            parts.append(curves([Line(name, points)], t("workshop.loss_per_pair"), t))
    if aligned:
        parts += [_shares(aligned, t), _answers(aligned["answers"], t)]
    return "".join(parts)


def _shares(aligned: View, t: Words) -> str:
    """The shares of answers that keep a rule, before and after."""
    told = f"<h3>{escape(t('workshop.aligned_model'))}</h3>"
    if aligned["agreeing"]:
        last = share(aligned["agreeing"][-1][1], t.lang)
        told += _p(t("workshop.agreeing", share=last))
    if len(aligned["exams"]) < 2:
        return told
    before, after = aligned["exams"]
    rows = [
        (
            str(names.rule(rule, t)),
            share(before["rates"][rule], t.lang),
            share(after["rates"][rule], t.lang),
        )
        for rule in names.ORDER
    ]
    head = (t("workshop.col_rule", n=whole(after["n"], t.lang)), *_before_after(t))
    return told + table(head, rows)


def _answers(answers: Sequence[View], t: Words) -> str:
    """The same questions answered before and after, word for word."""
    told = ""
    for one in answers:
        said = zip(_before_after(t), (one["before"], one["now"]), strict=True)
        lines = "".join(f"<dd><b>{escape(name)}:</b> {escape(text)}</dd>" for name, text in said)
        told += f"<dt>{escape(one['question'])}</dt>{lines}"
    return f"<dl>{told}</dl>" if told else ""


def _before_after(t: Words) -> tuple[str, str]:
    return t("workshop.before"), t("workshop.after")


def corpus(found: Results, t: Words) -> str:
    """How many lines became a corpus, and of how many people."""
    made = found.corpus
    if not made:
        return ""
    n, people = whole(made["n_lines"], t.lang), whole(made.get("n_people", 0), t.lang)
    told = _p(t("workshop.corpus_of", n=n, people=people))
    if "n_train_tokens" in made:
        n_tokens = made["n_train_tokens"] + made.get("n_validation_tokens", 0)
        told += _p(t("workshop.corpus_tokens", n=whole(n_tokens, t.lang)))
    told += simulated(made.get("n_simulated", 0), t)
    return _section(t("workshop.corpus_title"), told)


def benches(found: Results, t: Words) -> str:
    """The curves of what people trained, a picture for each kind of run."""
    told = ""
    for program, runs in groupby(found.benches, key=lambda one: one.program):
        told += _bench_runs(program, list(runs), t)
    if not told:
        return ""
    about = f'<p class="soft">{escape(t("workshop.curves_about"))}</p>'
    return _section(t("workshop.curves_title"), about + told, breaks=True)


def _bench_runs(program: str, runs: Sequence[Trained], t: Words) -> str:
    lines = [Line(t("workshop.bench", n=one.bench), one.points) for one in runs]
    is_nats = all(one.loss == "loss_nats" for one in runs)
    axis = t("workshop.loss_nats") if is_nats else t("workshop.loss")
    rows = [
        (line.name, *_ends(line.points, t), whole(line.points[-1][0], t.lang)) for line in lines
    ]
    head = ("", *_end_names(t), t("workshop.curve_steps"))
    picture = curves(lines, axis, t)
    return f"<h3>{escape(_kind(program, t))}</h3>{picture}{table(head, rows)}"


def _kind(program: str, t: Words) -> str:
    """What a program does, in words; of what belongs to a limit also its name in the code."""
    known = PROGRAMS.get(program)
    if known is None:
        return program
    kind = {
        "checkpoint": t("workshop.curves_checkpoint"),
        "tuned": t("workshop.curves_tuned"),
        "reward": t("workshop.curves_reward"),
        "aligned": t("workshop.curves_aligned"),
    }[known.kind]
    if known.modality == PICTURES:
        return f"{kind} · {t('shell.pictures')}"
    return (
        kind
        if known.place.startswith(("core.training", "core.alignment"))
        else f"{kind} · {program}"
    )


def _ends(points: Sequence[Sequence[float]], t: Words) -> tuple[str, str]:
    if not points:
        return "", ""
    return decimal(points[0][1], t.lang), decimal(points[-1][1], t.lang)


def _end_names(t: Words) -> tuple[str, str]:
    return t("workshop.col_first"), t("workshop.col_last")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table: the first column are words, all others are numbers."""
    aligned = ['<{0} class="n">{1}</{0}>', "<{0}>{1}</{0}>"]

    def row(tag: str, cells: Sequence[str]) -> str:
        """One row."""
        drawn = (aligned[n == 0].format(tag, escape(cell)) for n, cell in enumerate(cells))
        return f"<tr>{''.join(drawn)}</tr>"

    return f"<table>{row('th', head)}{''.join(row('td', cells) for cells in rows)}</table>"


def simulated(n: int, t: Words) -> str:
    """How many of those counted here are simulated people, in the words used everywhere."""
    said = escape(t("workshop.n_simulated", n=whole(n, t.lang)))
    return f'<p class="simulated">{said}</p>' if n else ""


def _p(said: str) -> str:
    return f"<p>{escape(said)}</p>"


def _section(title: str, inner: str, *, breaks: bool = False) -> str:
    """A part of the page; one that may be longer than a sheet is allowed to break."""
    return f"<section{' class=breaks' if breaks else ''}><h2>{escape(title)}</h2>{inner}</section>"
