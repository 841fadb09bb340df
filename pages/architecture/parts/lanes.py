"""Lanes of a comparison: several small models trained side by side, as one experiment of a visitor.

They are the engine's runs, so they go on while nobody looks and are found again. They lie in no
lane of the bench: the visitor's own model stays where it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import streamlit as st

from core.architecture.config import ModelConfig
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.errors import GlassboxError, TooShort
from core.figures.comparing import side_by_side
from core.figures.curves import Axes, Curve
from core.jobs.engine import Plan
from core.jobs.events import course
from core.jobs.failures import rebuilt
from core.lineage import canonical_json
from core.services import services
from core.store import RunRecord
from core.training.text.ablation import MIN_WINDOWS
from pages.alignment.other_run import show_refused
from pages.kit import components as parts
from pages.kit import controls, runs, state
from pages.kit.catalogue import Words, rich
from pages.kit.components.clock import look_again
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole
from pages.kit.prediction import reveal

N_LOOKS: Final = 10
N_VALIDATION: Final = 16
N_WRITTEN: Final = 28  # tokens: about two lines
LOOK_AGAIN_S: Final = 1.2
HEIGHT: Final = 250
ROW: Final = "measured"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Which models are trained side by side.

    Args:
        program: the engine's name for it.
        plans: each lane's own plan, by the lane's name; the first is what others are held against.
        guesses: the lanes among which a guess is made.
        n_batch: sequences per step.
        steps: the setting that says how long.
        reach: how far each is read at the end, in trained lengths.
    """

    program: str
    plans: Mapping[str, ModelConfig]
    guesses: Sequence[str]
    n_batch: int
    steps: str
    reach: int = 1


@dataclass(frozen=True)
class Lane:
    """One lane and what it has reported.

    Args:
        name: which one.
        run: its record.
        looks: its evaluations: step and held-out loss in bits per letter.
        text: what it wrote last after the visitor's sentence.
        measured: what was measured at the end; None before that.
        diverged: whether its loss stopped being a number.
        after: the number of its latest row.
    """

    name: str
    run: RunRecord
    looks: Sequence[tuple[int, float]]
    text: str
    measured: Row | None
    diverged: bool
    after: int


def n_vocab(owner: str, on: runs.Ground) -> int:
    """Tokens in the vocabulary of the data at hand."""
    return Encoder.from_bytes(services().store.artifacts.read(owner, on.encoder.id)).n_vocab


def of_visitor(owner: str, comparison: Comparison) -> list[Lane]:
    """The lanes of the visitor's newest comparison, in their order; empty if there is none."""
    names = list(comparison.plans)
    newest = [
        run for run in services().store.runs.of_owner(owner) if run.program == comparison.program
    ][: len(names)]
    if len(newest) < len(names):
        return []
    pairs = zip(names, reversed(newest), strict=True)  # they were started in this order
    return [_lane(owner, name, services().engine.run(owner, run.id)) for name, run in pairs]


def _lane(owner: str, name: str, run: RunRecord) -> Lane:
    if run.is_finished:
        told, after = _rows_whole(owner, run.id, run.updated_at)
    else:
        told, after = _rows(owner, run.id)
    samples, measured = told.get("sample", []), told.get(ROW, [])
    looks = [
        (row["step"], row["validation_bits_per_byte"])
        for row in told.get("evaluation", [])
        if row.get("validation_bits_per_byte") is not None
    ]
    return Lane(
        name=name,
        run=run,
        looks=looks,
        text=samples[-1]["text"] if samples else "",
        measured=measured[-1] if measured else None,
        diverged="diverged" in told,
        after=after,
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _rows_whole(owner: str, run_id: str, updated_at: str) -> tuple[dict[str, list[Row]], int]:
    return _rows(owner, run_id)


def _rows(owner: str, run_id: str) -> tuple[dict[str, list[Row]], int]:
    rows = services().engine.rows(owner, run_id)
    by_kind: dict[str, list[Row]] = {}
    for row in course(rows):
        if row["kind"] != "step":
            by_kind.setdefault(row["kind"], []).append(row)
    return by_kind, rows[-1]["seq"] if rows else 0


def going(lanes: Sequence[Lane]) -> list[Lane]:
    """Those that are not at their end."""
    return [lane for lane in lanes if not lane.run.is_finished]


def ask(
    comparison: Comparison,
    lanes: Sequence[Lane],
    names: Mapping[str, str],
    question: str,
    label: str,
    t: Words,
) -> None:
    """The guess, how long, and the button that begins; or, while it runs, the one that ends it.

    Of a comparison that is over only its result is shown, until somebody asks again.

    Args:
        names: what the lanes are called.
        question: what is guessed, among the lanes that a guess can name.
        label: of the button.
    """
    program, under_way = comparison.program, going(lanes)
    if lanes and not under_way and not st.session_state.get(f"_{program}_again"):
        return
    guess = None
    if not under_way:
        guess = st.radio(
            question,
            list(comparison.guesses),
            format_func=names.__getitem__,
            index=None,
            key=f"{program}_guess",
            horizontal=True,
        )
    with st.container(key=f"gb_lanes_{program}", horizontal=True, gap="medium"):
        if under_way:
            st.button(
                t("parts.stop"),
                key=f"{program}_stop",
                on_click=_stop,
                args=(under_way,),
                disabled=all(lane.run.status == "stopping" for lane in under_way),
            )
        else:
            st.button(
                label,
                key=f"{program}_start",
                type="primary",
                disabled=guess is None,
                on_click=_begin,
                args=(comparison, guess, names, t),
            )
            with st.container(width=280):
                controls.slider(comparison.steps, t("parts.steps"))
    if (error := st.session_state.pop(f"_{program}_error", None)) is not None:
        show_refused(error, t)


def found(
    comparison: Comparison, names: Mapping[str, str], outcome: str, said: str, t: Words
) -> None:
    """What was measured in a sentence, beside the guess where one was made in this session."""
    guess = st.session_state.get(f"_{comparison.program}_guessed")
    if guess is not None:
        reveal(t, names[guess], names[outcome], guess == outcome, said)
    else:
        st.html(f'<p class="gb-found" role="status">{rich(said)}</p>')


def again(comparison: Comparison, t: Words) -> None:
    """Below a result: the way to another guess and another run."""
    flag = f"_{comparison.program}_again"
    if state.depth() == "watch" or st.session_state.get(flag):
        return
    if st.button(t("frame.again"), key=f"{comparison.program}_again", type="tertiary"):
        st.session_state[flag] = True
        st.rerun()


def _stop(lanes: Sequence[Lane]) -> None:
    for lane in lanes:
        services().engine.stop(state.owner(), lane.run.id)


def _begin(comparison: Comparison, guess: str | None, names: Mapping[str, str], t: Words) -> None:
    owner = state.owner()
    try:
        on = runs.ground(owner)
        if on is None:
            raise GlassboxError("there is nothing to learn from")
        _check(owner, on, comparison)
        inputs = {"encoder": on.encoder.id, "dataset": on.dataset.id}
        plans = [
            Plan(
                {**inputs, "design": canonical_json(config.to_dict())},
                _settings(comparison),
                None,
                t("parts.run_name", name=names[name]),
                comparison.program,
            )
            for name, config in comparison.plans.items()
        ]
        services().engine.experiment(owner, plans)
        st.session_state[f"_{comparison.program}_guessed"] = guess
        st.session_state[f"_{comparison.program}_again"] = False
    except GlassboxError as error:
        st.session_state[f"_{comparison.program}_error"] = error


def _check(owner: str, on: runs.Ground, comparison: Comparison) -> None:
    dataset = Dataset.from_bytes(services().store.artifacts.read(owner, on.dataset.id))
    trained = max(config.n_context for config in comparison.plans.values())
    runs.check_length(dataset, trained)
    needed = MIN_WINDOWS * (comparison.reach * trained + 1)
    if len(dataset.validation) < needed:
        message = f"{len(dataset.validation)} held-out tokens are fewer than {needed}"
        raise TooShort(message, n=len(dataset.validation), needed=needed, unit="tokens")


def _settings(comparison: Comparison) -> dict[str, Any]:
    n_steps = state.value(comparison.steps)
    return {
        "n_steps": n_steps,
        "n_batch": comparison.n_batch,
        "evaluate_every": max(1, n_steps // N_LOOKS),
        "n_validation_sequences": N_VALIDATION,
        "n_measured_sentences": 0,
        "n_sample_tokens": N_WRITTEN,
        "prompt": state.sentence(),
        "precision": "float32",
        "seed": state.seed(),
    }


def curves(lanes: Sequence[Lane], names: Mapping[str, str], t: Words) -> None:
    """The held-out loss of every lane over its steps, moved by their rows."""
    lines = [
        Curve(names[lane.name], [x for x, _ in lane.looks], [y for _, y in lane.looks])
        for lane in lanes
    ]
    n_steps = max(int(lane.run.settings["n_steps"]) for lane in lanes)
    axes = Axes(t("training.axis_steps"), t("parts.axis_loss"))
    fig = side_by_side(lines, axes, x_range=(0.0, float(n_steps)), marks=parts.marks(t))
    fig.update_yaxes(rangemode="tozero")
    feeds = [
        parts.Feed(lane.run.id, "evaluation", [(n, "step", "validation_bits_per_byte")], lane.after)
        for n, lane in enumerate(lanes)
        if not lane.run.is_finished
    ]
    key = f"lanes_{lanes[0].run.program}_{lanes[0].run.id[:8]}"
    parts.live_figure(fig, t, key=key, alt=t("parts.curves_alt"), feeds=feeds, height=HEIGHT)


def progress(comparison: Comparison, names: Mapping[str, str], t: Words) -> None:
    """While it runs: how far it is and what each lane writes, looked at again and again."""
    st.fragment(_progress)(comparison, names, t)


def _progress(comparison: Comparison, names: Mapping[str, str], t: Words) -> None:
    lanes = of_visitor(state.owner(), comparison)
    still = going(lanes)
    seen = f"_{comparison.program}_going"
    if st.session_state.get(seen, 0) > len(still) == 0 or not lanes:
        st.session_state[seen] = 0
        st.rerun(scope="app")
    st.session_state[seen] = len(still)
    if not still:
        return
    look_again(comparison.program, LOOK_AGAIN_S)
    planned = sum(int(lane.run.settings["n_steps"]) for lane in lanes)
    done = sum(
        int(lane.run.settings["n_steps"]) if lane.run.is_finished else lane.run.step
        for lane in lanes
    )
    share = min(1.0, done / max(1, planned))
    text = t("parts.progress", done=whole(done, t.lang), planned=whole(planned, t.lang))
    if all(lane.run.status == "queued" for lane in still):
        text = t("parts.waits")
    st.progress(share, text=text)
    st.html(table((), [(names[lane.name], [], lane.text) for lane in lanes], t, prompt(lanes)))


def ends(lanes: Sequence[Lane], names: Mapping[str, str], t: Words) -> None:
    """What went wrong in a lane, if anything did, and whether it was ended early."""
    for lane in lanes:
        if lane.run.error:
            show_error(rebuilt(lane.run.error), t)
        elif lane.diverged:
            note(t("parts.diverged", name=names[lane.name], step=whole(lane.run.step, t.lang)))
    stopped = [lane for lane in lanes if lane.run.status == "stopped" and lane.measured is None]
    if stopped:
        note(t("parts.stopped"))


def prompt(lanes: Sequence[Lane]) -> str:
    """The sentence that all lanes were asked to go on with."""
    return str(lanes[0].run.settings.get("prompt", ""))


def table(
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str], str]],
    t: Words,
    prompt: str = "",
    *,
    is_said: bool = False,
) -> str:
    """A table: a lane's name, its figures, and what it writes.

    Args:
        heads: over the figures.
        rows: name, figures, text; the text is a model's and is escaped.
        prompt: what the texts go on with.
        is_said: whether the first figure is none but words, which may need several lines.
    """
    writes = any(text for _, _, text in rows)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (t("parts.lane"), *heads))
    head += f'<th scope="col">{escape(t("parts.writes", prompt=prompt))}</th>' if writes else ""
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(
            f'<td class="gb-said">{escape(figure)}</td>'
            if is_said and n == 0
            else f"<td>{escape(figure)}</td>"
            for n, figure in enumerate(figures)
        )
        + (f'<td class="gb-written">{escape(text.strip())}</td>' if writes else "")
        + "</tr>"
        for name, figures, text in rows
    )
    return (
        f'<div class="gb-lanes" role="region" tabindex="0" aria-label="{escape(t("parts.lane"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
