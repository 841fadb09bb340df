"""The stage: the visitor's own experiment, or the recorded way of the example model."""

from collections.abc import Sequence

import streamlit as st

from core.house import checkpoints_over_time
from core.store import RunRecord
from pages.home.shipped import measured_then
from pages.kit import controls, runs, site, state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import Figure, card, computed_now, note
from pages.kit.numbers import decimal, share, whole
from pages.training import recorded, running, showing


def of_runs(t: Words, owner: str, ground: runs.Ground | None, both: bool) -> list[showing.Seen]:
    """The visitor's own experiment, live or as it ended."""
    records = runs.latest(owner)
    going = [run for run in records if not run.is_finished]
    running.follow_sentence(going, state.sentence())
    seen = showing.see(owner, records)
    left, right = st.columns([1.62, 1], gap="small")
    with left, card("stage"):
        if state.depth() != "watch":
            running.run_controls(t, records, ground)
        if seen:
            show_runs(t, seen, going, both)
            one_step(t)
    now = computed_now(t) if going else None
    with right, card("writes", t("training.writes"), now):
        for each in seen:
            if len(seen) > 1:
                note(each.name)
            showing.writes(each, t, limit=3 if len(seen) == 1 else 1)
            showing.sentence(each, t, owner)
        if not seen:
            note(t("training.writes_later"))
    return seen


def show_runs(
    t: Words, seen: Sequence[showing.Seen], going: Sequence[RunRecord], both: bool
) -> None:
    """Curves and numbers; a pair that is over is compared."""
    with st.container(key="gb_curve_line", horizontal=True, vertical_alignment="center"):
        kind = showing.curve_choice(t, seen[0].is_judged)
        _whose(t, both)
    showing.figure(seen, t, kind)
    showing.numbers(seen, t, running.waiting(t, going))
    showing.ending(seen, t)
    if len(seen) > 1 and not going:
        showing.compared(seen, t)


def of_house(t: Words, _owner: str, ground: runs.Ground | None, both: bool) -> list[showing.Seen]:
    """The example model's recorded way; before the first run it stands where the run will."""
    checkpoints = checkpoints_over_time()
    left, right = st.columns([1.62, 1], gap="small")
    with left, card("stage"):
        if state.depth() != "watch":
            running.run_controls(t, [], ground)
        if checkpoints:
            with st.container(key="gb_curve_line", horizontal=True, vertical_alignment="center"):
                showing.curve_choice(t, True)
                _whose(t, both)
            recorded.curve(checkpoints, t)
            note(t("training.house_record", n=whole(len(checkpoints), t.lang)))
            if state.depth() == "dig" and (branches := recorded.branches(checkpoints, t)):
                note(branches)
            one_step(t)
        elif ground:
            note(t("training.invitation"))
        else:
            note(t("training.no_data"))
            st.page_link(
                site.page("data", t), label=t("training.to_data"), query_params=state.shared()
            )
    badge = None
    if checkpoints:
        badge = measured_then(t) if recorded.is_recorded(checkpoints) else computed_now(t)
    title = t("training.wrote") if checkpoints else t("training.writes")
    with right, card("writes", title, badge):
        if checkpoints:
            recorded.written(checkpoints, t)
            note(t("training.free"))
        else:
            note(t("training.writes_later"))
    return []


def one_step(t: Words) -> None:
    """What happens in one step of training, part by part, with the field's names."""
    items = "".join(
        f"<li><b>{rich(name)}</b> {rich(text)}</li>"
        for name, text in (
            (t("training.forward"), t("training.forward_text")),
            (t("training.loss_part"), t("training.loss_text")),
            (t("training.backward"), t("training.backward_text")),
            (t("training.update"), t("training.update_text")),
        )
    )
    st.html(f'<div class="gb-one-step"><p>{rich(t("training.one_step"))}</p><ol>{items}</ol></div>')


def _whose(t: Words, both: bool) -> None:
    """The choice between one's own run and the example model's, where there are both."""
    if both:
        names = {"yours": t("training.yours"), "house": t("training.house")}
        label = t("training.whose")
        controls.choice("run_shown", label, names.__getitem__, show_label=False)


def knobs(t: Words, owner: str, ground: runs.Ground | None) -> None:
    """Everything else a run can be asked for."""
    with card("knobs", t("training.knobs")):
        a, b, c, d = st.columns(4)
        with a:
            controls.number("n_batch", t("training.n_batch"))
        with b:
            names = {"muon": "Muon", "adamw": "AdamW"}
            controls.choice("optimizer", t("training.optimizer"), names.__getitem__)
        with c:
            controls.number("seed", t("training.seed"))
        if ground:
            config = runs.config_of(owner, ground)
            tokens = whole(state.value("n_batch") * config.n_context, t.lang)
            with d:
                note(t("training.context", n=whole(config.n_context, t.lang), tokens=tokens))


def passed_on(seen: Sequence[showing.Seen], t: Words) -> list[Figure]:
    """The numbers of the visitor's newest model, and of how many sentences they are."""
    known = seen[0].told.known if seen and seen[0].run.result else {}
    found = []
    if (bits := known.get("validation_bits_per_byte")) is not None:
        found.append(Figure(decimal(bits, t.lang), t("training.axis_surprise"), "yours"))
    if "grammatical_share" in known:
        n = whole(known["n_sentences"], t.lang)
        label = t("training.grammatical_of", n=n)
        found.append(Figure(share(known["grammatical_share"], t.lang), label))
    if "true_share" in known:
        n = whole(known["n_checkable"], t.lang)
        found.append(Figure(share(known["true_share"], t.lang), t("training.true_of", n=n)))
    return found
