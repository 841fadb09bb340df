"""The stage of fine-tuning: an example token by token, the run's curves, and answers."""

import math
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from core.alignment.asking import draw_questions
from core.alignment.examples import Example
from core.alignment.rules import brusque
from core.alignment.supervised import MaskedSpan, masked_spans
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.bpe import Encoder
from core.errors import GlassboxError
from core.figures.curves import Axes, Curve, curves
from core.inference.sampling import SamplingSettings
from core.services import services
from pages.alignment import teaching
from pages.alignment.example_loss import BIT
from pages.alignment.telling import language_of, own_question
from pages.alignment.verdicts import pieces
from pages.inference.writing import write_all
from pages.kit import components as parts
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share
from pages.training.showing import Seen

HEIGHT: Final = 196  # pixels
N_QUESTIONS: Final = 3
N_TOKENS: Final = 26
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
            services().store.opened(state.owner(), each, read_checkpoint)[0]
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
    unit = t("alignment.bits") if state.depth() == "dig" else ""
    parts.token_strip(
        spans,
        t,
        key="tuning_mask",
        values=values,
        scale=parts.Scale(t("tuning.surprise"), unit, top=max(1.0, math.ceil(top)), digits=0),
        live_run=going.run.id if going and follows else None,
        after=going.told.after if going else -1,
        label=t("tuning.mask_label"),
        small=True,
    )


def mask_line(one: Example, t: Words) -> None:
    """The legend, a remark if the answer is brusque on purpose, and a button for the next one."""
    with st.container(key="gb_mask_line", horizontal=True, vertical_alignment="center"):
        note(t("tuning.mask_note"))
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
    what = t("tuning.axis_shares") if shares else t("tuning.axis_bits")
    fig = curves(
        lines,
        Axes(t("training.axis_steps"), what),
        percent=shares,
        y_range=(0.0, 1.0) if shares else None,
        marks=parts.marks(t),
    )
    fig.update_xaxes(range=[0, seen.n_steps])
    alt = t("tuning.alt")
    parts.live_figure(fig, t, key="tuning_figure", alt=alt, feeds=feeds, height=HEIGHT)


def _losses(seen: Seen, t: Words) -> tuple[list[Curve], list[parts.Feed]]:
    found = (
        ("step", seen.told.steps, "loss_nats", t("tuning.practised"), "train"),
        ("evaluation", seen.told.looks, "held_out_loss_nats", t("tuning.unseen"), "valid"),
    )
    lines, feeds = [], []
    for trace, (kind, rows, y, name, role) in enumerate(found):
        points = [row for row in rows if row.get(y) is not None]
        x, bits = [row["step"] for row in points], [row[y] * BIT for row in points]
        lines.append(Curve(name, x, bits, role))  # type: ignore[arg-type]
        feeds.append(parts.Feed(seen.run.id, kind, [(trace, "step", y)], seen.told.after, BIT))
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


def answers(model: Model, tuned: Model | None, seen: Sequence[Seen], t: Words) -> None:
    """The same questions before and now: from the run, or from the example models."""
    if own_question() is None:
        note(t("alignment.no_question", sentence=state.sentence()))
    try:
        if seen and (seen[0].told.samples or not seen[0].run.is_finished):
            return _of_run(model, tuned, seen[0], t)
        rows = _drawn(model, tuned, t)
    except GlassboxError as error:
        show_error(error, t)
        return
    now = t("alignment.tuned") if tuned else ""
    parts.answers(rows, t, key="tuning_answers", before=t("alignment.base"), now=now)
    note(t("tuning.base_fails"))


def _of_run(model: Model, tuned: Model | None, seen: Seen, t: Words) -> None:
    """Answers from the run's rows, where step 0 is before; the visitor's own question first."""
    first: dict[str, str] = {}
    newest: dict[str, tuple[int, str]] = {}
    for row in seen.told.samples:
        if row["step"] == 0:
            first[row["question"]] = row["answer"]
        else:
            newest[row["question"]] = (row["step"], row["answer"])
    rows = [
        _row(ask, before, newest[ask][1] if ask in newest else None, model, t)
        for ask, before in _own_language(first, seen, t).items()
    ]
    if own := own_question():
        made = tuned if tuned and tuned.id == seen.run.result else None
        now = _texts(made, [own])[0] if made else None
        rows.insert(0, _row(own, _texts(model, [own])[0], now, model, t))
    parts.answers(
        rows,
        t,
        key="tuning_answers",
        before=t("tuning.before"),
        now=t("tuning.now"),
        step=max((step for step, _ in newest.values()), default=None),
        live_run=None if seen.run.is_finished else seen.run.id,
        after=seen.told.after,
    )


def _row(asked: str, before: str, now: str | None, model: Model, t: Words) -> parts.AnswerRow:
    """A question with both answers, the newer one with the judge's marks."""
    where = teaching.town_of(model)
    read = pieces(now, language_of(asked, t), where) if now and where else []
    return parts.AnswerRow(asked, before, now, [(one.text, one.mark or "") for one in read])


def _own_language(first: dict[str, str], seen: Seen, t: Words) -> dict[str, str]:
    """Questions in the visitor's language first."""
    spoken = {row["question"]: row["lang"] for row in seen.told.samples}
    order = sorted(first, key=lambda question: spoken[question] != t.lang)
    return {question: first[question] for question in order}


def _drawn(model: Model, tuned: Model | None, t: Words) -> list[parts.AnswerRow]:
    """Drawn now: how the base model continues a question, and what a tuned one answers."""
    asked = _questions(model, t)
    before = _texts(model, asked)
    now: Sequence[str | None] = _texts(tuned, asked) if tuned else [None] * len(asked)
    return [_row(*row, model, t) for row in zip(asked, before, now, strict=True)]


def _questions(model: Model, t: Words) -> list[str]:
    town = teaching.town_of(model)
    if town is None:
        return [state.sentence()]
    own = [asked] if (asked := own_question()) else []
    sorts: Any = (("told", 2), ("untold", 1), ("business", 1))
    drawn = [
        one.text
        for sort, n in sorts
        for one in draw_questions(town, (t.lang,), "held_out", n, state.seed(), (sort,))
    ]
    return [*own, *(one for one in drawn if one not in own)][:N_QUESTIONS]


def _texts(model: Model, asked: Sequence[str]) -> list[str]:
    key = tuple(asked)
    kept = st.session_state.setdefault("_tuning_texts", {})
    if (model.id, key, state.seed()) not in kept:
        settings = SamplingSettings(temperature=0.7, seed=state.seed(), max_tokens=N_TOKENS)
        texts = write_all(model, [(one, settings) for one in asked], lambda _: None)
        kept.clear() if len(kept) > 8 else None
        kept[(model.id, key, state.seed())] = [text.read(model.encoder).strip() for text in texts]
    return list(kept[(model.id, key, state.seed())])


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
