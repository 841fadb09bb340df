"""The two experiments: ten times the learning rate, and twenty texts read over and over.

Both are real runs, outside all lanes: they leave the visitor's model and bench alone.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import streamlit as st

from core.architecture.sizes import size_of
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.data.world import Copies, sentences
from core.errors import EngineError
from core.figures.curves import Axes, Curve, curves
from core.inference.sampling import SamplingSettings
from core.jobs.engine import Plan
from core.jobs.failures import rebuilt
from core.lineage import canonical_json
from core.services import services
from core.training.text.evaluation import documents_of
from pages.kit import components as parts
from pages.kit import runs, state
from pages.kit.catalogue import Joined, Text, Words
from pages.kit.frame import Measured, note, predict
from pages.kit.numbers import decimal, share, whole
from pages.training.running import rate_text

SIZE: Final = "xs"  # so that a trial takes seconds
N_BATCH: Final = 16
RATE_STEPS: Final = 200
FEW_STEPS: Final = 320
LOOK_EVERY: Final = 10  # steps
BY_HEART: Final = 0.5  # from this share of copied sentences on, the model has memorised its texts
N_TEXTS: Final = 20
MOST_TOKENS: Final = 6_000  # of the twenty texts together
NOTICEABLE: Final = 0.03  # a smaller relative difference in loss counts as none
N_DRAWN: Final = 12
N_DRAWN_TOKENS: Final = 80
POLL_S: Final = 0.3
HIGHEST_RATE: Final = 10.0  # the highest learning rate a run accepts

Inputs = Mapping[str, bytes | str]


@dataclass(frozen=True)
class Result:
    """The outcome of a trial's runs.

    Args:
        looks: per run its validation losses as (step, nats per token).
        practised: per run the loss of its last step, in nats per token.
        diverged: per run whether its loss became infinite or undefined.
        checkpoints: per run the id of its model.
        n_tokens: per run the number of tokens read.
    """

    looks: list[list[tuple[int, float]]]
    practised: list[float]
    diverged: list[bool]
    checkpoints: list[str | None]
    n_tokens: list[int]


def trials(t: Words, ground: runs.Ground) -> None:
    """Both experiments, each with its question."""
    rate = state.value("learning_rate")
    low, high = rate_text(rate, t), rate_text(ten_fold(rate), t)
    left, right = st.columns(2)
    with left:
        predict(
            "ten_times",
            t,
            question=t("training.ten_times", low=low, high=high),
            options={
                "faster": t("training.ten_faster"),
                "same": t("training.ten_same"),
                "breaks": t("training.ten_breaks"),
            },
            measure=lambda: ten_times(t, ground, rate),
        )
    with right:
        predict(
            "few_texts",
            t,
            question=t("training.few_texts", n=N_TEXTS),
            options={
                "falls": t("training.few_falls"),
                "stays": t("training.few_stays"),
                "rises": t("training.few_rises"),
            },
            measure=lambda: few_texts(t, ground),
        )


def ten_fold(rate: float) -> float:
    """Ten times a learning rate, or the highest one that a run accepts."""
    return min(HIGHEST_RATE, 10 * rate)


def ten_times(t: Words, on: runs.Ground, rate: float) -> Measured:
    """Two short runs with the same seed; the second with a learning rate ten times as high."""
    inputs = _inputs(state.owner(), on)
    rates = (rate, ten_fold(rate))
    plans = [_plan(t, inputs, RATE_STEPS, each) for each in rates]
    names = [rate_text(each, t) for each in rates]
    result = _carry_out(t, plans, "ten_times", names)
    ends = [looks[-1][1] for looks in result.looks]
    outcome = outcome_of_rates(*ends, diverged=result.diverged[1])
    text = t(
        "training.ten_measured",
        n=whole(RATE_STEPS, t.lang),
        low=names[0],
        high=names[1],
        a=decimal(ends[0], t.lang),
        b="∞" if result.diverged[1] else decimal(ends[1], t.lang),
    )
    lines = [
        _line(name, looks, lane)
        for lane, (name, looks) in enumerate(zip(names, result.looks, strict=True))
    ]
    return Measured(outcome, text, lambda: _still(t, lines, "ten_times"))


def outcome_of_rates(a: float, b: float, *, diverged: bool = False) -> str:
    """Which option came true, given the final losses at the rate and at ten times it."""
    if diverged or b > (1 + NOTICEABLE) * a:
        return "breaks"
    return "faster" if b < (1 - NOTICEABLE) * a else "same"


def few_texts(t: Words, on: runs.Ground) -> Measured:
    """One short run on twenty texts, and how much of them its model has memorised."""
    owner, store = state.owner(), services().store
    encoder = Encoder.from_bytes(store.artifacts.read(owner, on.encoder.id))
    texts, dataset = first_texts(
        Dataset.from_bytes(store.artifacts.read(owner, on.dataset.id)), encoder
    )
    inputs = {**_inputs(owner, on), "dataset": dataset.to_bytes()}
    result = _carry_out(t, [_plan(t, inputs, FEW_STEPS, 0.02)], "few_texts", [t("training.unseen")])
    looks = result.looks[0]
    best, last = min(looks, key=lambda look: look[1]), looks[-1]
    written = _written(owner, result.checkpoints[0], encoder)
    found = [one for text in written for one in sentences(text, complete_only=True)]
    copies = Copies(texts)
    copied = [one for one in found if copies.verbatim(one)]
    text: Text | Joined = t(
        "training.few_measured",
        times=whole(result.n_tokens[0] / max(1, len(dataset.train)), t.lang),
        best=decimal(best[1], t.lang),
        step=whole(best[0], t.lang),
        last=decimal(last[1], t.lang),
        practised=decimal(result.practised[0], t.lang),
        copied=whole(len(copied), t.lang),
        found=whole(len(found), t.lang),
        share=share(len(copied) / max(1, len(found)), t.lang),
    )
    if len(copied) > BY_HEART * len(found):
        text = Joined((text, t("training.by_heart")))
    lines = [_line(t("training.unseen"), looks, 0)]

    def show() -> None:
        _still(t, lines, "few_texts")
        if copied:
            note(t("training.few_example"))
            st.text(max(copied, key=len))

    return Measured(outcome_of_few([loss for _, loss in looks]), text, show)


def outcome_of_few(losses: Sequence[float]) -> str:
    """Which option came true: the losses on new texts, in order."""
    best = min(losses)
    if losses[-1] > (1 + NOTICEABLE) * best:
        return "rises"
    half = losses[len(losses) // 2]
    return "stays" if half <= (1 + NOTICEABLE) * best else "falls"


def first_texts(dataset: Dataset, encoder: Encoder) -> tuple[list[str], Dataset]:
    """The first texts of a dataset, and a dataset of only those."""
    ends = np.flatnonzero(dataset.train == encoder.end_id)  # before the first and after each
    inside = ends[: N_TEXTS + 1]
    inside = inside[: max(2, int(np.searchsorted(inside, MOST_TOKENS)))]
    train = dataset.train[: inside[-1] + 1]
    texts = list(islice(documents_of(dataset, encoder), len(inside) - 1))
    return texts, Dataset(
        train=train,
        validation=dataset.validation,
        n_train_bytes=sum(len(text.encode()) for text in texts),
        n_validation_bytes=dataset.n_validation_bytes,
        n_train_documents=len(texts),
        n_validation_documents=dataset.n_validation_documents,
        n_vocab=dataset.n_vocab,
    )


def _inputs(owner: str, on: runs.Ground) -> dict[str, bytes | str]:
    """A trial's inputs: the lane's data, and a model small enough for a trial."""
    store = services().store
    config = size_of(SIZE, Encoder.from_bytes(store.artifacts.read(owner, on.encoder.id)).n_vocab)
    runs.check_length(
        Dataset.from_bytes(store.artifacts.read(owner, on.dataset.id)), config.n_context
    )
    return {
        "design": canonical_json(config.to_dict()),
        "encoder": on.encoder.id,
        "dataset": on.dataset.id,
    }


def _plan(t: Words, inputs: Inputs, n_steps: int, rate: float) -> Plan:
    wanted = runs.Wanted(
        n_steps=n_steps,
        n_batch=N_BATCH,
        optimizer=state.value("optimizer"),
        learning_rate=rate,
        seed=state.seed(),
    )
    settings = wanted.settings(None) | {
        "evaluate_every": LOOK_EVERY,
        "n_sample_tokens": 1,
        "n_validation_sequences": 16,
    }
    return Plan(inputs, settings, None, t("training.trial_name"))


def _carry_out(t: Words, plans: Sequence[Plan], key: str, names: Sequence[str]) -> Result:
    """Run a trial while its curves move; it ends early if the visitor leaves or presses stop.

    Raises:
        EngineError: it was stopped.
        GlassboxError: a run failed.
    """
    engine, owner = services().engine, state.owner()
    ids = engine.experiment(owner, plans)
    try:
        lines = [_line(name, [], lane) for lane, name in enumerate(names)]
        feeds = [
            parts.Feed(run, "evaluation", [(lane, "step", "validation_loss_nats")])
            for lane, run in enumerate(ids)
        ]
        n_steps = int(plans[0].settings["n_steps"])
        _draw(t, lines, f"{key}_live", feeds, n_steps)
        bar = st.progress(0.0, text=t("training.trial_runs"))
        st.button(t("training.trial_stop"), key=f"stop_{key}")  # its rerun ends this one
        while any(not engine.run(owner, run).is_finished for run in ids):
            steps = [newest_step(owner, run) for run in ids]
            bar.progress(min(1.0, sum(steps) / len(ids) / n_steps), text=t("training.trial_runs"))
            time.sleep(POLL_S)
    finally:
        for record in engine.under_way(owner):
            if record.id in ids:
                engine.stop(owner, record.id)
    return _result(owner, ids)


def newest_step(owner: str, run_id: str) -> int:
    """The step that a run has reported last."""
    return max(
        (row["step"] for row in services().engine.rows(owner, run_id) if row["kind"] == "step"),
        default=0,
    )


def _result(owner: str, ids: Sequence[str]) -> Result:
    records = [services().engine.run(owner, run) for run in ids]
    for record in records:
        if record.error:
            raise rebuilt(record.error)
        if record.status == "stopped":
            raise EngineError("the trial was stopped", status=record.status)
    told = [runs.told(owner, record) for record in records]
    return Result(
        looks=[
            [
                (row["step"], row["validation_loss_nats"])
                for row in each.looks
                if row.get("validation_loss_nats") is not None
            ]
            for each in told
        ],
        practised=[each.steps[-1]["loss_nats"] for each in told],
        diverged=[each.diverged for each in told],
        checkpoints=[record.result for record in records],
        n_tokens=[int(record.numbers.get("n_tokens", 0)) for record in records],
    )


def _written(owner: str, checkpoint: str | None, encoder: Encoder) -> list[str]:
    """Texts that a model writes without a prompt."""
    if checkpoint is None:
        return []
    writings = [
        services().write(
            owner,
            checkpoint,
            [encoder.end_id],
            SamplingSettings(temperature=1.0, seed=seed, max_tokens=N_DRAWN_TOKENS),
            end_id=encoder.end_id,
        )
        for seed in range(N_DRAWN)
    ]
    return [encoder.decode(event.token for event in writing) for writing in writings]


def _line(name: str, looks: Sequence[tuple[int, float]], lane: int) -> Curve:
    role = "valid" if lane else "accent"
    return Curve(name, [step for step, _ in looks], [loss for _, loss in looks], role, lane)  # type: ignore[arg-type]


def _still(t: Words, lines: Sequence[Curve], key: str) -> None:
    _draw(t, lines, f"{key}_done", (), int(max(line.x[-1] for line in lines)))


def _draw(
    t: Words, lines: Sequence[Curve], key: str, feeds: Sequence[parts.Feed], n_steps: int
) -> None:
    axes = Axes(t("training.axis_steps"), t("training.axis_nats_new"))
    fig = curves(lines, axes, marks=parts.marks(t))
    fig.update_xaxes(range=[0, n_steps])
    parts.figure(fig, t, key=f"trial_{key}", alt=t("training.trial_alt"), height=220, feeds=feeds)
