"""The stage of fine-tuning: an example token by token, and the run's curves."""

import math
from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.alignment.text.examples import Example
from core.alignment.text.rules import brusque
from core.alignment.tuning.supervised import MaskedSpan, masked_spans
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import SPECIALS, Encoder
from core.errors import GlassboxError
from core.figures.curves import Axes, Curve, curves
from core.services import services
from pages.alignment import per_letter
from pages.alignment.per_letter import BIT
from pages.kit import components as parts
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share
from pages.training.showing import Seen, loss_axis

HEIGHT: Final = 196  # pixels
END, USER, ASSISTANT = SPECIALS
GOOD: Final = ("polite", "plain")  # manners that the first example shown may have
SHARES: Final = ("true", "unsure", "polite", "in_style")


@st.cache_data(max_entries=64, show_spinner=False)
def _spans(
    _model: Transformer, _encoder: Encoder, id_: str, ask: str, answer: str, count_questions: bool
) -> list[MaskedSpan]:
    return masked_spans(_model, _encoder, ask, answer, count_questions)


def example_now(examples: Sequence[Example], t: Words) -> Example:
    """The example shown: in the visitor's language if possible, starting with a good one.

    The examples themselves stay in their mixed order: many are brusque on purpose.
    """
    own = [one for one in examples if one.lang == t.lang] or list(examples)
    good = (place for manner in GOOD for place, one in enumerate(own) if one.manner == manner)
    first = next(good, 0)
    return own[(first + int(state.value("fine_tune_example"))) % len(own)]


def next_example() -> None:
    """Show the next example."""
    st.session_state["fine_tune_example"] = (int(state.value("fine_tune_example")) + 1) % 10_000


def latest(model: Model, seen: Sequence[Seen]) -> str:
    """The checkpoint to look into: the result of the latest run, else the base model."""
    return seen[0].run.result if seen and seen[0].run.result else model.id


def mask(model: Model, one: Example, seen: Sequence[Seen], t: Words) -> None:
    """Show an example token by token: the question is masked, the answer counts."""
    counts, id_ = bool(state.value("fine_tune_questions")), latest(model, seen)
    try:
        looked, base = (
            services().store.artifacts.opened(state.owner(), each, read_checkpoint)[0]
            for each in (id_, model.id)
        )
        spans = _spans(looked, model.encoder, id_, one.question, one.answer, counts)
        first = _spans(base, model.encoder, model.id, one.question, one.answer, counts)
    except GlassboxError as error:
        show_error(error, t)
        return
    going = seen[0] if seen and not seen[0].run.is_finished else None
    follows = going and list(going.run.settings.get("watched", ())) == [one.question, one.answer]
    values: list[float | None] = [s.loss_nats * BIT if s.counted else None for s in spans]
    if going and follows and going.told.sentences:
        told = going.told.sentences[-1]["losses_nats"]
        values = [None if loss is None else loss * BIT for loss in told]
    # The scale ends at the largest surprise before learning, so that colours only fade.
    top = max((span.loss_nats * BIT for span in first if span.counted), default=1.0)
    digs = state.depth() == "dig"
    scale = parts.Scale(
        t("tuning.surprise"),
        t("alignment.bits") if digs else "",
        top=max(1.0, math.ceil(top)),
        digits=0,
        ends=None if digs else ("0", t("tuning.surprise_much")),
    )
    parts.token_strip(
        spans,
        t,
        key="tuning_mask",
        values=values,
        scale=scale,
        live_run=going.run.id if going and follows else None,
        after=going.told.after if going else -1,
        label=t("tuning.mask_label"),
        small=True,
        shown_as=None if digs else in_plain_words(spans, t),
    )


def in_plain_words(spans: Sequence[MaskedSpan], t: Words) -> list[str | None]:
    """What stands in place of a chat mark for those who have met none; None: the text itself."""
    marks = {
        USER: t("tuning.mark_ask"),
        ASSISTANT: t("tuning.mark_answer"),
        END: t("tuning.mark_end"),
    }
    begin = t("tuning.mark_begin")
    return [
        begin if place == 0 and span.text == END else marks.get(span.text)
        for place, span in enumerate(spans)
    ]


def mask_line(one: Example, t: Words) -> None:
    """The legend, a remark if the answer is brusque on purpose, and a button for the next one."""
    with st.container(key="gb_mask_line", horizontal=True, vertical_alignment="center"):
        note(t("tuning.mask_note"))
        if state.depth() == "dig":
            note(t("tuning.marks_note"))
        st.button(t("tuning.another"), key="fine_tune_next", type="tertiary", on_click=next_example)
    if one.lang in ("de", "en") and brusque(one.answer, one.lang):
        note(t("tuning.brusque_on_purpose"))


def curve_choice(t: Words) -> None:
    """Choose what the figure shows."""
    names = {"loss": t("tuning.curve_loss"), "shares": t("tuning.curve_shares")}
    controls.choice("fine_tune_curve", t("tuning.curve"), names.__getitem__, show_label=False)


def figure(seen: Seen, t: Words) -> None:
    """The run's curves, updated live by its rows."""
    shares = state.value("fine_tune_curve") == "shares"
    lines, feeds = (_shares if shares else _losses)(seen, t)
    what = t("tuning.axis_shares") if shares else loss_axis(t)
    fig = curves(
        lines,
        Axes(t("training.axis_steps"), what),
        percent=shares,
        y_range=(0.0, 1.0) if shares else None,
        marks=parts.marks(t),
    )
    fig.update_xaxes(range=[0, seen.n_steps])
    if not shares:
        fig.update_yaxes(rangemode="tozero")
    alt = t("tuning.alt")
    parts.live_figure(fig, t, key="tuning_figure", alt=alt, feeds=feeds, height=HEIGHT)


def _losses(seen: Seen, t: Words) -> tuple[list[Curve], list[parts.Feed]]:
    practised, unseen = per_letter.of_run(seen.run)
    found = (
        ("step", seen.told.steps, "loss_nats", t("tuning.practised"), "train", practised),
        ("evaluation", seen.told.looks, "held_out_loss_nats", t("tuning.unseen"), "valid", unseen),
    )
    lines, feeds = [], []
    for trace, (kind, rows, y, name, role, factor) in enumerate(found):
        points = [row for row in rows if row.get(y) is not None]
        x, bits = [row["step"] for row in points], [row[y] * factor for row in points]
        lines.append(Curve(name, x, bits, role))  # type: ignore[arg-type]
        feeds.append(parts.Feed(seen.run.id, kind, [(trace, "step", y)], seen.told.after, factor))
    return lines, feeds


def _shares(seen: Seen, t: Words) -> tuple[list[Curve], list[parts.Feed]]:
    names = {
        "true": t("tuning.true"),
        "unsure": t("tuning.unsure"),
        "polite": t("tuning.polite"),
        "in_style": t("tuning.in_style"),
    }
    roles = dict(zip(SHARES, ("value", "accent", "valid", "valid"), strict=True))
    lines: list[Curve] = []
    feeds: list[parts.Feed] = []
    after = seen.told.after
    for name in SHARES:
        y = f"{name}_share"
        points = [row for row in seen.told.looks if row.get(y) is not None]
        if not points and (seen.told.looks or name == "in_style"):
            continue
        x, values = [row["step"] for row in points], [row[y] for row in points]
        to = [(len(lines), "step", y)]
        feeds.append(parts.Feed(seen.run.id, "evaluation", to, after, 100.0))
        lines.append(Curve(names[name], x, values, roles[name], end_digits=0))  # type: ignore[arg-type]
    return lines, feeds


def passed_on(seen: Sequence[Seen], t: Words) -> list[Figure]:
    """The numbers of the visitor's latest fine-tuned model."""
    known = seen[0].run.numbers if seen and seen[0].run.result else {}
    names = {
        "true": t("tuning.true"),
        "unsure": t("tuning.unsure"),
        "polite": t("tuning.polite"),
        "in_style": t("tuning.in_style"),
    }
    return [
        Figure(share(float(known[f"{name}_share"]), t.lang), label, "yours")
        for name, label in names.items()
        if f"{name}_share" in known
    ]
