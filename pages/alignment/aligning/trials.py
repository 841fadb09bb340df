"""Two experiments on alignment: a KL weight of zero, and ten clicks against a hundred.

Both are real runs that leave the bench alone; they end early if the visitor leaves or presses stop.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.alignment.settings import N_PARTS
from core.errors import EngineError
from core.jobs.engine import Plan
from core.jobs.failures import rebuilt
from core.jobs.programs import DPO, GRPO, REWARD
from core.services import services
from pages.alignment.aligning import answers_side_by_side
from pages.alignment.aligning.live_run import Row, newest, see
from pages.alignment.aligning.starting_point import Grounds, exam_settings, first_pairs, with_clicks
from pages.alignment.preferring.judging import rule_names
from pages.inference.writing import watched
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, note, predict
from pages.kit.numbers import decimal, share, share_span, whole

RULE: Final = "polite"
N_CLICKS: Final = 100
FEW: Final = 10
POLL_S: Final = 0.5
NOTICEABLE: Final = 0.1  # of 1; a smaller change of a share counts as none
CUT: Final = {"kl_weight": 0.0, "learning_rate": 1e-3, "n_steps": 30, "evaluate_every": 15}
CLICKED: Final = {"n_steps": 30, "evaluate_every": 30, "beta": 0.1}


@dataclass(frozen=True)
class Tried:
    """The result of a trial: its first and last exam, and its last answers."""

    first: Row
    last: Row
    samples: list[Row]


def trials(grounds: Grounds, t: Words) -> None:
    """Show both experiments."""
    predict(
        "kl_cut",
        t,
        question=t("aligning.cut_question"),
        options={
            "better": t("aligning.cut_better"),
            "rots": t("aligning.cut_rots"),
            "nothing": t("aligning.cut_nothing"),
        },
        measure=lambda: _cut(grounds, t),
    )
    predict(
        "ten_or_hundred",
        t,
        question=t("aligning.clicks_question"),
        options={
            "same": t("aligning.clicks_same"),
            "more": t("aligning.clicks_more"),
            "fewer": t("aligning.clicks_fewer"),
        },
        measure=lambda: _clicks(grounds, t),
    )


def outcome_of_cut(first: Row, last: Row) -> str:
    """Which option came true when the KL weight was zero."""
    if last["reward"] <= first["reward"]:
        return "nothing"
    lost = first["grammatical_share"] - last["grammatical_share"]
    return "rots" if lost > NOTICEABLE else "better"


def outcome_of_clicks(few: float, many: float) -> str:
    """Which option came true: the rates after few and after many clicks."""
    if abs(many - few) <= NOTICEABLE:
        return "same"
    return "more" if many > few else "fewer"


def _cut(grounds: Grounds, t: Words) -> Measured:
    """A reward model, then reinforcement learning by it with no KL penalty and in large steps."""
    inputs = grounds.inputs()
    if grounds.reward:
        inputs["reward"] = grounds.reward.id
    else:
        with watched(t, "cut_clicks") as progress:
            inputs["preferences"] = _pairs(grounds, progress)
        settings = {"n_steps": 40, "n_parts": N_PARTS}
        plan = Plan(inputs, settings, None, t("aligning.trial_reward"), REWARD)
        inputs["reward"] = str(_carry_out(plan, "cut_reward", t).result)
    asked = exam_settings(grounds, RULE, reward="model", **CUT)
    inputs.pop("preferences", None)
    plan = Plan(inputs, asked, None, t("aligning.trial_cut"), GRPO)
    tried = _tried(_carry_out(plan, "cut", t))
    text = t(
        "aligning.cut_text",
        before=decimal(tried.first["reward"], t.lang, 1),
        after=decimal(tried.last["reward"], t.lang, 1),
        sound=share(tried.first["grammatical_share"], t.lang),
        rotten=share(tried.last["grammatical_share"], t.lang),
        kl=decimal(tried.last["kl"], t.lang, 2),
    )
    rows = [(one["question"], one["before"], one["now"]) for one in tried.samples]
    return Measured(
        outcome_of_cut(tried.first, tried.last),
        text,
        lambda: answers_side_by_side.table(rows, grounds, t),
    )


def _clicks(grounds: Grounds, t: Words) -> Measured:
    """DPO twice: on the first ten and on all hundred of the same preferences."""
    with watched(t, "hundred") as progress:
        chosen = with_clicks(grounds, RULE, N_CLICKS, progress, keep=False)
    rates = []
    for n in (FEW, N_CLICKS):
        inputs = grounds.inputs() | {"preferences": first_pairs(chosen, n)}
        asked = exam_settings(grounds, RULE, **CLICKED)
        name = t("aligning.trial_clicks", n=whole(n, t.lang))
        plan = Plan(inputs, asked, None, name, DPO)
        rates.append(_tried(_carry_out(plan, f"clicks_{n}", t)))
    few, many = rates
    text = t(
        "aligning.clicks_text",
        rule=rule_names(t)[RULE],
        before=share(few.first["rate"], t.lang),
        few=_with_interval(few.last, t),
        many=_with_interval(many.last, t),
        n=whole(int(many.last["n_judged"]), t.lang),
    )
    return Measured(outcome_of_clicks(few.last["rate"], many.last["rate"]), text)


def _with_interval(exam: Row, t: Words) -> str:
    span = share_span(exam["rate_low"], exam["rate_high"], t.lang)
    return f"{share(exam['rate'], t.lang)} {span}"


def _pairs(grounds: Grounds, progress: Any) -> str:
    chosen = grounds.preferences if grounds.n_pairs else None
    return (chosen or with_clicks(grounds, RULE, N_CLICKS, progress, keep=False)).id


def _carry_out(plan: Plan, key: str, t: Words) -> Any:
    """Run a trial to its end, with a progress bar and a stop button.

    Raises:
        EngineError: it was stopped.
        GlassboxError: it failed, or another run goes on.
    """
    engine, owner = services().engine, state.owner()
    (run_id,) = engine.experiment(owner, [plan])
    n_steps = int(plan.settings["n_steps"])
    try:
        note(plan.name)
        with watched(t, f"trial_{key}") as progress:
            while not (record := engine.run(owner, run_id)).is_finished:
                progress(record.step / n_steps)
                time.sleep(POLL_S)
    finally:
        if any(one.id == run_id for one in engine.under_way(owner)):
            engine.stop(owner, run_id)
    if record.error:
        raise rebuilt(record.error)
    if record.status == "stopped":
        raise EngineError("the trial was stopped", status=record.status)
    return record


def _tried(record: Any) -> Tried:
    seen = see(record)
    exams: Sequence[Row] = seen.of("exam")
    return Tried(exams[0], exams[-1], newest(seen.of("sample")))
