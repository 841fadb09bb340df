"""What a run shows: its curves, its numbers, what it writes, and what a pair comes to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from core.architecture.weights import read_checkpoint
from core.data.text.graphemes import token_spans
from core.errors import GlassboxError
from core.figures.curves import CHARACTER_PX, Axes, Curve, LogSteps, curves, powers_of_ten
from core.inference.surprise import token_losses
from core.jobs.failures import rebuilt
from core.services import services
from core.store import RunRecord
from pages.kit import components as parts
from pages.kit import controls, runs, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import change, decimal, duration, share, whole

HEIGHT: Final = 216  # pixels: figure, numbers and controls fit a laptop's screen together
NEWEST_SPEEDS: Final = 12
ROLES: Final = ("accent", "valid")  # of lane a and lane b, as the table of a pair draws them


@dataclass(frozen=True)
class Seen:
    """A run with what it has said."""

    run: RunRecord
    told: runs.Told
    name: str

    @property
    def is_judged(self) -> bool:
        """Whether grammar and truth are measured."""
        return self.run.settings.get("world") is not None

    @property
    def n_steps(self) -> int:
        """Steps planned."""
        return int(self.run.settings["n_steps"])


def see(owner: str, records: Sequence[RunRecord]) -> list[Seen]:
    """Runs with what they have said."""
    return [Seen(run, runs.told(owner, run), run.name) for run in records]


def curve_choice(t: Words, is_judged: bool) -> str:
    """What the figure counts; shares only where they are measured, nats for those who dig."""
    digging = state.depth() == "dig"
    names = {
        "bits": t("training.unit_bits") if digging else t("training.loss"),
        "nats": t("training.unit_nats"),
        "shares": t("training.unit_shares"),
    }
    options = ["bits", *(["nats"] if digging else []), *(["shares"] if is_judged else [])]
    if state.value("curve") not in options:
        st.session_state["curve"] = "bits"
    if len(options) == 1:
        return options[0]
    return controls.choice(
        "curve", t("training.curve"), names.__getitem__, options=options, show_label=False
    )


def loss_axis(t: Words) -> str:
    """What the axis of the loss counts: in a layman's words, with the unit for those who dig."""
    if state.value("curve") == "nats":
        return t("training.axis_nats")
    return t("training.axis_bits") if state.depth() == "dig" else t("training.axis_surprise")


def loss_range(lines: Sequence[Curve]) -> tuple[float, float] | None:
    """From nothing to a little above the highest point; None while there is none."""
    highest = max((max(line.y) for line in lines if line.y), default=0.0)
    return (0.0, 1.05 * highest) if highest else None


def figure(seen: Sequence[Seen], t: Words, kind: str) -> None:
    """The runs' curves, moved by their rows; the first steps get as much room as the many later."""
    draw = _shares if kind == "shares" else _losses
    lines, feeds = draw(seen, t, kind)
    n_steps = max(each.n_steps for each in seen)
    fig = curves(
        lines,
        Axes(
            t("training.axis_steps_log"),
            t("training.axis_shares") if kind == "shares" else loss_axis(t),
        ),
        percent=kind == "shares",
        y_range=(0.0, 1.0) if kind == "shares" else None,
        log_x=LogSteps(1, n_steps, sorted({*powers_of_ten(n_steps), n_steps})),
        marks=parts.marks(t),
    )
    if kind != "shares":
        fig.update_yaxes(rangemode="tozero")
        _quiet(fig, len(seen))
    parts.live_figure(
        fig, t, key="training_figure", alt=t("training.alt"), feeds=feeds, height=HEIGHT
    )


def _losses(seen: Sequence[Seen], t: Words, kind: str) -> tuple[list[Curve], list[parts.Feed]]:
    name = {"bits": "bits_per_byte", "nats": "loss_nats"}[kind]
    lines: list[Curve] = []
    feeds: list[parts.Feed] = []
    for lane, each in enumerate(seen):
        own, practised, unseen = ROLES[lane], t("training.practised"), t("training.unseen")
        if len(seen) > 1:
            practised, unseen = f"{each.name}, {practised}", each.name
        for kind_of_row, rows, y, words, role in (
            ("step", each.told.steps, name, practised, own if lane else "train"),
            ("evaluation", each.told.looks, f"validation_{name}", unseen, own),
        ):
            role = "valid" if kind_of_row == "evaluation" and len(seen) == 1 else role
            feeds.append(
                parts.Feed(each.run.id, kind_of_row, [(len(lines), "step", y)], each.told.after)
            )
            lines.append(_curve(words, rows, y, role, lane))
    return lines, feeds


def _curve(
    words: str, rows: Sequence[runs.Row], y: str, role: str, lane: int, digits: int = 2
) -> Curve:
    found = [row for row in rows if row.get(y) is not None]
    x, points = [row["step"] for row in found], [row[y] for row in found]
    return Curve(words, x, points, role, lane, digits)  # type: ignore[arg-type]


def _quiet(fig: Any, n_runs: int) -> None:
    """Of a pair, what was practised stands behind what is compared, without a name."""
    if n_runs < 2:
        return
    for trace in fig.data[::2]:
        trace.update(opacity=0.3, meta=None, mode="lines")
    names = {f"end:{trace.name}" for trace in fig.data[::2]}
    longest = max(len(trace.name) for trace in fig.data[1::2]) + len(" 0,00")
    fig.layout.margin.r = 22 + CHARACTER_PX * longest
    fig.layout.annotations = [each for each in fig.layout.annotations if each.name not in names]


def _shares(seen: Sequence[Seen], t: Words, _kind: str) -> tuple[list[Curve], list[parts.Feed]]:
    lines: list[Curve] = []
    feeds: list[parts.Feed] = []
    for lane, each in enumerate(seen):
        for y, role, words in (
            ("grammatical_share", "accent", t("training.grammatical_line")),
            ("true_share", "value", t("training.true_line")),
        ):
            to = [(len(lines), "step", y)]
            feeds.append(parts.Feed(each.run.id, "evaluation", to, each.told.after, 100.0))
            name = words if len(seen) == 1 else f"{words}, {each.name}"
            lines.append(_curve(name, each.told.looks, y, role, lane, digits=0))
    return lines, feeds


def numbers(seen: Sequence[Seen], t: Words, notice: str, *, shares: bool = True) -> None:
    """Steps, speed, time left, `shares` if wanted; `notice` is what else there is to know."""
    parts.run_numbers(
        [
            parts.RunNow(
                each.run.id,
                each.run.lane,
                each.run.status,
                each.told.after,
                {**each.told.known, "step": max(each.run.step, each.told.known.get("step", 0))},
                [row["tokens_per_s"] for row in each.told.steps[-NEWEST_SPEEDS:]],
            )
            for each in seen
        ],
        t,
        key="training_numbers",
        n_steps=seen[0].n_steps,
        judged=shares and seen[0].is_judged,
        notice=t("training.worker_lost") if _lost_and_goes_on(seen) else notice,
    )


def _lost_and_goes_on(seen: Sequence[Seen]) -> bool:
    return any(each.told.n_lost and not each.run.is_finished for each in seen)


def ending(seen: Sequence[Seen], t: Words) -> None:
    """How the runs ended, if they did."""
    for each in seen:
        run = each.run
        if run.error:
            show_error(rebuilt(run.error), t)
        elif each.told.diverged:
            note(t("training.diverged", step=whole(run.step, t.lang)))
        elif run.status == "stopped" and run.result is None:
            note(t("training.stopped_early"))
        elif run.is_finished:
            steps, took = whole(run.step, t.lang), duration(run.seconds, t.lang)
            note(t("training.finished", name=each.name, steps=steps, time=took))
        elif run.status == "paused":
            note(t("training.is_paused"))


def writes(each: Seen, t: Words, *, limit: int) -> None:
    """What a run writes now: the same beginning and the same draws every time, and the verdict."""
    prompt = each.run.settings.get("prompt", "")
    parts.samples_feed(
        [
            parts.Sample(
                row["step"],
                row["text"],
                row.get("n_judged"),
                row.get("ungrammatical", ()),
                row.get("untrue", ()),
            )
            for row in each.told.samples
        ],
        t,
        key=f"training_samples_{each.run.lane}",
        prompt=prompt,
        live_run=None if each.run.is_finished else each.run.id,
        after=each.told.after,
        limit=limit,
    )


def sentence(each: Seen, t: Words, owner: str) -> None:
    """The travelling sentence, coloured by how much each piece surprises the run's model."""
    text = state.sentence()
    encoder = runs.encoder_of(owner, each.run)
    spans = token_spans(encoder, encoder.encode(text))
    told = [row for row in each.told.sentences if "".join(row["tokens"]) == text]
    values = told[-1]["losses_nats"] if told else None
    if values is None and each.run.result:
        values = losses_of(owner, each.run.result, text, each.run)
    note(t("training.sentence"))
    parts.token_strip(
        spans,
        t,
        key=f"training_sentence_{each.run.lane}",
        values=[None] * len(spans) if values is None else [v / math.log(2) for v in values],
        scale=_scale(float(round(math.log2(encoder.n_vocab))), t),
        live_run=None if each.run.is_finished else each.run.id,
        after=each.told.after,
        label=t("training.sentence"),
        small=True,
    )


def _scale(top: float, t: Words) -> parts.Scale:
    """What a token's colour means: in words, and in bits for those who dig."""
    digs = state.depth() == "dig"
    ends = None if digs else ("0", t("training.surprise_much"))
    return parts.Scale(t("training.surprise"), "bit" if digs else "", top=top, ends=ends)


def losses_of(owner: str, checkpoint_id: str, text: str, run: RunRecord) -> list[float] | None:
    """Surprise at each span of a text, in nats, by a finished model; None if it is gone."""
    try:
        return _losses_of(owner, checkpoint_id, text, run)
    except GlassboxError:
        return None


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs={RunRecord: lambda run: run.id})
def _losses_of(owner: str, checkpoint_id: str, text: str, run: RunRecord) -> list[float]:
    encoder = runs.encoder_of(owner, run)
    model, _ = read_checkpoint(services().store.artifacts.read(owner, checkpoint_id))
    ids = encoder.encode(text)
    each = token_losses(model, [encoder.end_id, *ids]).tolist()  # one a token
    found, at = [], 0
    for span in token_spans(encoder, ids):
        found.append(sum(each[at : at + len(span.ids)]))
        at += len(span.ids)
    return found


def compared(seen: Sequence[Seen], t: Words) -> None:
    """What the one difference of a pair has come to, measured at the same step."""
    a, b = (each.told.known for each in seen)
    rows = [
        _consequence(t, t("training.unseen_loss"), a, b, "validation_bits_per_byte"),
        *(
            _consequence(t, label, a, b, name)
            for label, name in (
                (t("training.grammatical"), "grammatical_share"),
                (t("training.true"), "true_share"),
                (t("training.verbatim"), "verbatim_share"),
            )
            if name in a and name in b
        ),
    ]
    parts.lanes(
        rows,
        t,
        key="training_pair",
        names=(seen[0].name, seen[1].name),
        label=t("training.pair_label"),
    )


def _consequence(t: Words, label: str, a: Any, b: Any, name: str) -> parts.Consequence:
    is_share = name.endswith("_share")

    def shown(x: float | None) -> str:
        if x is None:
            return "–"
        return share(x, t.lang) if is_share else decimal(x, t.lang)

    one, two = a.get(name), b.get(name)
    apart = ""
    if one is not None and two is not None:
        points = t("training.points", n=change(100 * (two - one), t.lang, 0))
        apart = points if is_share else change(two - one, t.lang)
    return parts.Consequence(
        label, one, two, shown(one), shown(two), apart, top=1.0 if is_share else None
    )
