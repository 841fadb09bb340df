"""Controls of an alignment run: method, reward, KL weight; start, pause, resume, stop.

Invariant: no run is stopped without asking, and every failure is shown on the page.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from core.errors import GlassboxError
from core.jobs.engine import Plan
from core.jobs.programs import DPO, GRPO
from core.services import services
from core.store import RunRecord
from pages.alignment.aligning.starting_point import N_CLICKS, Grounds, exam_settings, with_clicks
from pages.alignment.names import ORDER
from pages.alignment.other_run import show_refused
from pages.alignment.preferring.judging import judges_text, rule_names
from pages.inference.writing import watched
from pages.kit import controls, runs, site, state
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import decimal, whole

KL_WEIGHTS: Final = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
SMALLEST_BETA: Final = 0.01  # without a KL weight DPO has no optimum
N_EXAMS: Final = 8  # over a whole run
ERROR: Final = "_align_error"
GOES_ON: Final = ("queued", "running", "paused")


def latest(owner: str) -> list[RunRecord]:
    """The latest run of either method."""
    found = [run for program in (DPO, GRPO) for run in runs.latest(owner, program)]
    return sorted(found, key=lambda run: run.created_at)[-1:]


def choices(grounds: Grounds, t: Words, shows_example: bool) -> None:
    """The two ways in plain words, what happens then, and the one button that starts a run."""
    names = {"dpo": t("aligning.dpo"), "grpo": t("aligning.grpo")}
    _follow(grounds)
    with st.container(key="gb_align_ways"):
        if "align_way" not in st.session_state:
            st.session_state["align_way"] = state.value("align_way")
        st.radio(
            t("aligning.way"),
            list(names),
            index=list(names).index(st.session_state["align_way"]),
            format_func=names.__getitem__,
            captions=[t("aligning.dpo_term"), t("aligning.grpo_term")],
            key="align_way",
            horizontal=True,
        )
        state.put_in_url("align_way")
        with st.container(key="gb_align_start", horizontal=True, vertical_alignment="center"):
            begin = st.button(t("aligning.start"), key="align_start", type="primary")
            if shows_example:
                way = str(state.value("align_way"))
                takes = t("aligning.takes_dpo") if way == "dpo" else t("aligning.takes_grpo")
                note(t("aligning.example_now", takes=takes))
            else:
                note(_happens(grounds, t))
        if shows_example:
            note(_happens(grounds, t))
    if begin:
        _begin(grounds, t)


def _happens(grounds: Grounds, t: Words) -> str:
    """What the chosen way will do, in a sentence."""
    rule = rule_names(t)[rule_now(grounds)]
    if state.value("align_way") == "dpo":
        if grounds.n_pairs:
            return t("aligning.happens_dpo", n=whole(grounds.n_pairs, t.lang))
        return t("aligning.will_judge", n=whole(N_CLICKS, t.lang), rule=rule)
    if reward_now(grounds) == "model":
        return t("aligning.happens_model")
    return t("aligning.happens_rule", rule=rule)


def _follow(grounds: Grounds) -> None:
    """Take over the rule that the preferences follow; once, then the visitor's choice counts."""
    chosen = grounds.preferences.id if grounds.preferences else ""
    if grounds.follows and st.session_state.get("_align_rule_of") != chosen:
        st.session_state["_align_rule_of"] = chosen
        st.session_state["align_rule"] = grounds.follows


def reward_now(grounds: Grounds) -> str:
    """What gives the reward: "rule", or "model" where there is a reward model."""
    return str(state.value("align_reward")) if grounds.reward else "rule"


def more(grounds: Grounds, going: Sequence[RunRecord], t: Words) -> None:
    """Everything else that can be set, folded away unless one digs."""
    with st.expander(t("aligning.more"), expanded=state.depth() == "dig", key="align_more"):
        if going:
            kl_weight_slider(t, on_change=_hand_over_kl_weight, args=(going[0],))
            return
        with st.container(key="gb_align_more", horizontal=True, vertical_alignment="bottom"):
            if state.value("align_way") == "grpo":
                rewards = {"rule": t("aligning.by_rule"), "model": t("aligning.by_model")}
                options = ("rule", "model") if grounds.reward else ("rule",)
                if state.value("align_reward") not in options:
                    st.session_state["align_reward"] = "rule"
                controls.choice(
                    "align_reward", t("aligning.reward"), rewards.__getitem__, options=options
                )
            kl_weight_slider(t)
        _rule(grounds, t)
        _said_of(grounds, t)
        if state.depth() == "dig":
            controls.slider("align_steps", t("aligning.steps"))


def decides(grounds: Grounds) -> bool:
    """Whether a rule decides: as the reward, or because nobody has chosen yet."""
    by_rule = state.value("align_way") == "grpo" and reward_now(grounds) == "rule"
    return by_rule or not grounds.n_pairs


def _rule(grounds: Grounds, t: Words) -> None:
    """Choose the rule that decides, or, with preferences at hand, the one that measures success."""
    if not decides(grounds) and grounds.by_one_rule:
        return
    label = t("aligning.rule") if decides(grounds) else t("aligning.measured_by")
    controls.choice("align_rule", label, rule_names(t).__getitem__, options=ORDER)


def rule_now(grounds: Grounds) -> str:
    """The rule that answers are measured by: that of the preferences, else the selected one."""
    if not decides(grounds) and grounds.by_one_rule:
        return grounds.by_one_rule
    return str(state.value("align_rule"))


def kl_weight_slider(t: Words, **changed: Any) -> None:
    """The KL weight, the one control that can be moved during a run."""
    if "kl_weight" not in st.session_state:
        st.session_state["kl_weight"] = min(
            KL_WEIGHTS, key=lambda x: abs(x - state.value("kl_weight"))
        )
    names = {0.0: t("aligning.no_kl")}
    st.select_slider(
        t("aligning.kl_weight"),
        KL_WEIGHTS,
        value=st.session_state["kl_weight"],
        key="kl_weight",
        format_func=lambda x: names.get(x) or decimal(x, t.lang, 2 if x < 0.1 else 1),
        help=t("aligning.kl_weight_help"),
        width=300,
        **changed,
    )
    state.put_in_url("kl_weight")


def _said_of(grounds: Grounds, t: Words) -> None:
    """Say whose preferences are used, if any are."""
    if state.value("align_way") == "grpo" and reward_now(grounds) == "rule":
        return
    if grounds.n_pairs:
        judges = judges_text(grounds.judges.split(","), t)
        note(t("aligning.uses", n=whole(grounds.n_pairs, t.lang), judges=judges))
        if grounds.follows and not grounds.by_one_rule:
            note(t("aligning.follows", rule=rule_names(t)[grounds.follows]))


def settings_now(grounds: Grounds) -> dict[str, Any]:
    """The settings that the controls currently describe."""
    n_steps, kl_weight = int(state.value("align_steps")), float(state.value("kl_weight"))
    every = max(1, n_steps // N_EXAMS)
    asked = exam_settings(grounds, rule_now(grounds), n_steps=n_steps, evaluate_every=every)
    if state.value("align_way") == "dpo":
        return asked | {"beta": max(kl_weight, SMALLEST_BETA)}
    by_model = reward_now(grounds) == "model"
    return asked | {
        "kl_weight": kl_weight,
        "reward": "model" if by_model else f"rule:{asked['rule']}",
    }


def run_controls(
    grounds: Grounds, going: Sequence[RunRecord], t: Words, *, shows_example: bool = False
) -> None:
    """The controls that apply: choose and start, or pause and stop.

    `shows_example`: whether the bars below are the example model's, so that this is said.
    """
    if going:
        with st.container(key="gb_align_run", horizontal=True, vertical_alignment="bottom"):
            _while_it_runs(going[0], t)
    else:
        choices(grounds, t, shows_example)
    if (error := st.session_state.pop(ERROR, None)) is not None:
        show_refused(error, t)


def _while_it_runs(run: RunRecord, t: Words) -> None:
    engine, paused, stopping = services().engine, run.status == "paused", run.status == "stopping"
    st.button(
        t("training.resume") if paused else t("training.pause"),
        key="align_pause",
        type="primary",
        on_click=_try,
        args=(engine.resume if paused else engine.pause, run.id),
        disabled=stopping,
    )
    st.button(
        t("training.stopping") if stopping else t("training.stop"),
        key="align_stop",
        on_click=_try,
        args=(engine.stop, run.id),
        disabled=stopping,
    )


def _hand_over_kl_weight(run: RunRecord) -> None:
    """Pass the current KL weight to the run."""
    kl_weight = float(st.session_state["kl_weight"])
    dpo = run.program == DPO
    change = {"beta": max(kl_weight, SMALLEST_BETA)} if dpo else {"kl_weight": kl_weight}
    _try(lambda owner, run_id: services().engine.control(owner, run_id, change), run.id)


def _begin(grounds: Grounds, t: Words) -> None:
    """Start a run; if it needs preferences and there are none, a rule chooses first."""
    owner, way = state.owner(), str(state.value("align_way"))
    try:
        inputs, settings = grounds.inputs(), settings_now(grounds)
        if way == "dpo":
            preferences = grounds.preferences if grounds.n_pairs else None
            if preferences is None:
                note(t("aligning.judging"))
                with watched(t, "align_clicks") as progress:
                    preferences = with_clicks(grounds, rule_now(grounds), N_CLICKS, progress)
            inputs["preferences"] = preferences.id
        elif settings["reward"] == "model" and grounds.reward:
            inputs["reward"] = grounds.reward.id
        name = t("aligning.run_dpo") if way == "dpo" else t("aligning.run_grpo")
        plan = Plan(inputs, settings, grounds.model.lane, name, way)
        services().engine.experiment(owner, [plan])
    except GlassboxError as error:
        st.session_state[ERROR] = error
    st.rerun()


def _try(act: Callable[[str, str], Any], run_id: str) -> None:
    """Apply an action to a run; a failure is shown in the next rerun."""
    try:
        if services().engine.run(state.owner(), run_id).status in (*GOES_ON, "stopping"):
            act(state.owner(), run_id)
    except GlassboxError as error:
        st.session_state[ERROR] = error


def to_tuning(t: Words) -> None:
    """Point to fine-tuning when there is no answering model."""
    note(t("aligning.none"))
    st.page_link(site.page("tuning", t), label=t("aligning.to_tuning"))
