"""The experiments of fine-tuning: which way forgets more, and what if the question counts too?

Both are real runs, outside all lanes: they leave the visitor's model and bench alone.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from core.alignment.text.examples import Example
from core.errors import EngineError
from core.jobs.engine import Plan
from core.jobs.failures import rebuilt
from core.services import services
from pages.alignment import per_letter
from pages.alignment.tuning import teaching
from pages.kit import runs, state
from pages.kit.catalogue import Joined, Text, Words
from pages.kit.frame import Measured, predict
from pages.kit.models import Model
from pages.kit.numbers import decimal, share, whole

N_STEPS: Final = 150
RANK: Final = 2
N_ASKED: Final = 32
POLL_S: Final = 0.3
NOTICEABLE: Final = 0.05  # a smaller difference, as a share, is called none

Numbers = Mapping[str, Any]


def trials(model: Model, examples: list[Example], t: Words) -> None:
    """Both experiments, each with its question."""
    left, right = st.columns(2)
    with left:
        predict(
            f"rank_{model.id[:8]}_{teaching.subject(model)}",
            t,
            question=t("tuning.rank_question", r=whole(RANK, t.lang), n=whole(N_STEPS, t.lang)),
            options={
                "all": t("tuning.rank_all"),
                "low": t("tuning.rank_low"),
                "same": t("tuning.rank_same"),
            },
            measure=lambda: which_forgets(model, examples, t),
        )
    with right:
        predict(
            f"mask_{model.id[:8]}_{teaching.subject(model)}",
            t,
            question=t("tuning.mask_question", n=whole(N_STEPS, t.lang)),
            options={
                "worse": t("tuning.mask_worse"),
                "same": t("tuning.mask_same"),
                "better": t("tuning.mask_better"),
            },
            measure=lambda: questions_too(model, examples, t),
        )


def which_forgets(model: Model, examples: list[Example], t: Words) -> Measured:
    """The same examples and steps with all weights and with adapters of rank 2."""
    ways = ({"rank": 0}, {"rank": RANK})
    (whole_model, low), factor = _carry_out(model, examples, ways, "rank", t)
    before = float(whole_model["plain_bits_per_byte_before"])
    a, b = (float(each["plain_bits_per_byte_after"]) for each in (whole_model, low))
    text = t(
        "tuning.rank_measured",
        n=whole(N_STEPS, t.lang),
        r=whole(RANK, t.lang),
        before=decimal(before, t.lang, 3),
        a=decimal(a, t.lang, 3),
        b=decimal(b, t.lang, 3),
        learned_a=decimal(float(whole_model["held_out_loss_nats"]) * factor, t.lang),
        learned_b=decimal(float(low["held_out_loss_nats"]) * factor, t.lang),
    )
    return Measured(outcome_of_forgetting(a - before, b - before), text)


def outcome_of_forgetting(whole_model: float, low: float) -> str:
    """Which option came true: what each way added to the surprise on plain text."""
    if abs(whole_model - low) <= NOTICEABLE * max(abs(whole_model), abs(low)):
        return "same"
    return "all" if whole_model > low else "low"


def questions_too(model: Model, examples: list[Example], t: Words) -> Measured:
    """The same run with the loss on answers alone, and on every token."""
    ways = ({"count_questions": False}, {"count_questions": True})
    (masked, unmasked), factor = _carry_out(model, examples, ways, "mask", t)
    a, b = (float(each["held_out_loss_nats"]) for each in (masked, unmasked))
    text: Text | Joined = t(
        "tuning.mask_measured",
        n=whole(N_STEPS, t.lang),
        a=decimal(a * factor, t.lang),
        b=decimal(b * factor, t.lang),
    )
    if "true_share" in masked and "true_share" in unmasked:
        shares = [share(float(each["true_share"]), t.lang) for each in (masked, unmasked)]
        asked = whole(int(masked["n_true"]), t.lang)
        text = Joined((text, t("tuning.mask_true", a=shares[0], b=shares[1], n=asked)))
    return Measured(outcome_of_mask(a, b), text)


def outcome_of_mask(masked: float, unmasked: float) -> str:
    """Which option came true: the loss on held-out answers without and with the questions."""
    if unmasked > (1 + NOTICEABLE) * masked:
        return "worse"
    return "better" if unmasked < (1 - NOTICEABLE) * masked else "same"


def _carry_out(
    model: Model, examples: list[Example], ways: Sequence[dict[str, Any]], key: str, t: Words
) -> tuple[list[Numbers], float]:
    """Run a trial's two ways side by side; it ends early if the visitor leaves or presses stop.

    Returns:
        the numbers of both, and the bits per letter that a nat per token of the exam comes to.

    Raises:
        EngineError: it was stopped.
        GlassboxError: a run failed.
    """
    engine, owner = services().engine, state.owner()
    short = {"n_steps": N_STEPS, "evaluate_every": N_STEPS, "n_asked": N_ASKED, "n_sentences": 0}
    plans: list[Plan] = [
        teaching.trial(teaching.plan(model, examples, t, **short, **way), t("training.trial_name"))
        for way in ways
    ]
    ids = engine.experiment(owner, plans)
    try:
        bar = st.progress(0.0, text=t("training.trial_runs"))
        st.button(t("training.trial_stop"), key=f"stop_tune_{key}")  # its rerun ends this one
        while any(not engine.run(owner, run).is_finished for run in ids):
            done = sum(_newest_step(owner, run) for run in ids)
            bar.progress(min(1.0, done / len(ids) / N_STEPS), text=t("training.trial_runs"))
            time.sleep(POLL_S)
    finally:
        for record in engine.under_way(owner):
            if record.id in ids:
                engine.stop(owner, record.id)
    records = [engine.run(owner, run) for run in ids]
    for record in records:
        if record.error:
            raise rebuilt(record.error)
        if record.status == "stopped":
            raise EngineError("the trial was stopped", status=record.status)
    return [record.numbers for record in records], per_letter.of_run(records[0])[1]


def _newest_step(owner: str, run_id: str) -> int:
    record = services().engine.run(owner, run_id)
    steps = runs.told(owner, record).steps
    return int(steps[-1]["step"]) if steps else 0
