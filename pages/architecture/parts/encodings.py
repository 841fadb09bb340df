"""The second experiment: five encodings of positions, read far beyond the trained length."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.figures.comparing import side_by_side
from core.figures.curves import Axes, Curve
from core.jobs.programs import ENCODINGS
from core.training.text.ablation import ENCODINGS as NAMES
from core.training.text.ablation import REACH, of_encodings, small_plan
from pages.architecture.parts import lanes as side
from pages.architecture.parts import verdicts
from pages.architecture.parts.lanes import Comparison, Lane
from pages.kit import components as parts
from pages.kit import runs
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import duration, whole

N_CONTEXT: Final = 32
N_BATCH: Final = 16
HEIGHT: Final = 300


def comparison(n_vocab: int) -> Comparison:
    """Five plans that differ in their positions alone."""
    plans = of_encodings(small_plan(n_vocab, N_CONTEXT))
    return Comparison(ENCODINGS, plans, NAMES[1:], N_BATCH, "encoding_steps", REACH)


def names_of(t: Words) -> dict[str, str]:
    """What the encodings are called."""
    return {
        "learned": t("parts.learned"),
        "sinusoidal": t("parts.sinusoidal"),
        "rotary": t("parts.rotary"),
        "alibi": t("parts.alibi"),
        "none": t("parts.none"),
    }


def show(owner: str, on: runs.Ground, t: Words) -> list[Lane]:
    """The guess, the runs, and what came of them."""
    names = names_of(t)
    compared = comparison(side.n_vocab(owner, on))
    seen = side.of_visitor(owner, compared)
    note(t("parts.encodings_about", trained=N_CONTEXT, reach=REACH * N_CONTEXT))
    side.ask(compared, seen, names, t("parts.question_further"), t("parts.start_encodings"), t)
    if not seen:
        return []
    if side.going(seen):
        side.curves(seen, names, t)
        side.progress(compared, names, t)
    else:
        _result(compared, seen, names, t)
        side.again(compared, t)
    return seen


def _result(compared: Comparison, seen: Sequence[Lane], names: dict[str, str], t: Words) -> None:
    found = verdicts.results(seen)
    best = verdicts.most_lasting(found)
    if best is not None:
        said = verdicts.sentence_of_encodings(found, names, t)
        side.found(compared, names, best.name, said, t)
    if found:
        _by_position(seen, names, t)
        _table(seen, found, names, t)
        steps = whole(max(lane.run.step for lane in seen), t.lang)
        seconds = sum(lane.run.seconds for lane in seen)
        n = whole(found[0].loss.n, t.lang)
        note(t("parts.how", n=n, steps=steps, time=duration(seconds, t.lang)))
        note(t("parts.learned_ends", trained=N_CONTEXT))
        note(f"{t('parts.order_about')} {verdicts.sentence_of_order(found, names, t)}")
    side.ends(seen, names, t)


def _by_position(seen: Sequence[Lane], names: dict[str, str], t: Words) -> None:
    """Loss against position, with the trained length as a line."""
    lines, halves, trained = [], [], N_CONTEXT
    for lane in seen:
        if (row := lane.measured) is None:
            continue
        bits, measured = float(row["bits_per_nat"]), row["by_position"]
        trained = int(row["trained"])
        lines.append(
            Curve(names[lane.name], measured["places"], [bits * y for y in measured["nats"]])
        )
        halves.append([bits * y for y in measured["half"]])
    fig = side_by_side(
        lines,
        Axes(t("parts.axis_position"), t("parts.axis_loss")),
        limit=(trained + 0.5, t("parts.trained_until", n=trained)),
        halves=halves,
        x_range=(0.0, REACH * trained + 1.0),
        marks=parts.marks(t),
    )
    key = f"by_position_{seen[0].run.id[:8]}"
    parts.figure(fig, t, key=key, alt=t("parts.position_alt"), height=HEIGHT)


def _table(
    seen: Sequence[Lane], found: Sequence[verdicts.Result], names: dict[str, str], t: Words
) -> None:
    by_name = {one.name: one for one in found}
    rows = []
    for lane in seen:
        one = by_name.get(lane.name)
        figures = ["–", "–", "–"]
        if one is not None:
            further = verdicts.signed(one.further, t) if one.further else t("parts.no_further")
            loss, order = verdicts.plus_minus(one.loss, t), verdicts.plus_minus(one.order, t)
            figures = [loss, further, order]
        rows.append((names[lane.name], figures, lane.text))
    heads = (t("parts.loss"), t("parts.further"), t("parts.order"))
    st.html(side.table(heads, rows, t, side.prompt(seen)))
