"""Let rules of the town choose: many pairs at once, each labelled with its rule.

What is judged is kept at once, so stopping loses nothing. Where a rule sees no difference between
two answers it chooses neither, and that pair is not kept.
"""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.alignment.preferring.preferences import judged_by_rule
from core.alignment.text.rules import RULES
from core.data.world import Town, town
from core.errors import GlassboxError
from core.services import services
from pages.alignment import names
from pages.alignment.preferring.clicking import Cast, new_drawing
from pages.inference.writing import OnProgress, watched
from pages.kit import controls, state
from pages.kit.catalogue import Joined, Words
from pages.kit.frame import card, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import whole

AMOUNTS: Final = (30, 50, 100, 200)
MOST_ASKED: Final = 6  # pairs examined per pair wanted, before giving up
AT_ONCE: Final = 8  # pairs drawn side by side
RULE: Final = "rule:"  # before the name of a rule that judges
FIRST_PAIR: Final = 10_000  # far beyond the numbers of pairs that a person sees


def rule_names(t: Words) -> dict[str, str]:
    """Rule -> its name, the same on every page, in the order of every page."""
    return {rule: names.rule(rule, t) for rule in names.ORDER}


def rule_texts(t: Words) -> dict[str, str]:
    """Rule -> what it prefers, in a sentence."""
    return {
        "polite": t("preferring.wants_polite"),
        "brief": t("preferring.wants_brief"),
        "truthful": t("preferring.wants_truthful"),
        "honest": t("preferring.wants_honest"),
        "on_topic": t("preferring.wants_on_topic"),
    }


def judge_name(judge: str, t: Words) -> str:
    """The name of a judge in the catalogue."""
    rule = judge.removeprefix(RULE)
    if rule == judge:
        return t("preferring.judge_you")
    return t("preferring.judge_rule", rule=rule_names(t).get(rule, rule))


def judges_text(judges: Sequence[str], t: Words) -> str:
    """The names of all judges, with rules grouped."""
    rules = [judge for judge in judges if judge.startswith(RULE)]
    if len(rules) < 2:
        return Joined((judge_name(judge, t) for judge in judges if judge), ", ")
    named = rule_names(t)
    plain = sorted(
        (rule.removeprefix(RULE) for rule in rules),
        key=lambda rule: names.ORDER.index(rule) if rule in named else len(names.ORDER),
    )
    quoted = Joined((t("preferring.quoted", rule=named.get(rule, rule)) for rule in plain), ", ")
    others = [judge_name(judge, t) for judge in judges if judge and judge not in rules]
    return Joined((*others, t("preferring.judge_rules", rules=quoted)), ", ")


def rules(model: Model, cast: Cast, t: Words) -> None:
    """The card of the rules: rule, amount, and what has been judged so far."""
    with card("rules", t("preferring.by_rule")):
        if model.world is None:
            note(t("preferring.no_world"))
            return
        rule = controls.choice(
            "prefer_rule",
            t("preferring.rule"),
            rule_names(t).__getitem__,
            options=names.ORDER,
            show_label=False,
        )
        note(rule_texts(t)[rule])
        with st.container(key="gb_rule_row", horizontal=True, vertical_alignment="bottom"):
            n = int(
                st.select_slider(
                    t("preferring.amount"),
                    AMOUNTS,
                    value=50,
                    key="prefer_amount",
                    format_func=lambda n: whole(n, t.lang),
                    width=180,
                )
            )
            asked = st.button(t("preferring.judge", n=whole(n, t.lang)), key="prefer_judge")
        if asked:
            _judge(model, cast, rule, n, t)
        _judged(model, cast, t)


def _judge(model: Model, cast: Cast, rule: str, n: int, t: Words) -> None:
    try:
        with watched(t, "judge") as progress:
            n_kept, n_looked = judge(model, cast, rule, n, t, progress)
    except GlassboxError as error:
        show_error(error, t)
        return
    st.session_state["_judged"] = (model.id, rule, n_kept, n_looked)
    st.rerun()


def judge(
    model: Model, cast: Cast, rule: str, n: int, t: Words, on_progress: OnProgress
) -> tuple[int, int]:
    """Draw pairs and let a rule choose until it has chosen `n` times or too few pairs differ.

    Returns:
        pairs it chose in, and pairs it looked at.

    Raises:
        Busy, WritingFailed: the model cannot write just now.
    """
    facts: Town = town(model.world)  # type: ignore[arg-type]  # only called for models of the town
    name = f"{RULE}{rule}"
    before = [one for one in cast.by_rule if one.judge == name]
    start = FIRST_PAIR + MOST_ASKED * len(before)
    drawing = new_drawing(model, t, start, AT_ONCE)
    done: set[str] = set()
    known = {one.key for one in before}
    n_kept = 0
    try:
        while n_kept < n and len(done) < MOST_ASKED * n and (pairs := drawing.waiting(done)):
            for pair in list(pairs):
                done.add(pair.key)
                found = judged_by_rule(
                    RULES[rule], rule, pair.question, pair.a, pair.b, pair.lang, facts
                )
                if found is None or found.choice == "both_bad" or n_kept == n:
                    continue
                ballot = pair.ballot(found.choice, name)
                if ballot.key not in known:
                    n_kept += services().store.ballots.cast(state.owner(), [ballot])
            on_progress(n_kept / n)
    finally:
        drawing.cancel()
    return n_kept, len(done)


def _judged(model: Model, cast: Cast, t: Words) -> None:
    said = st.session_state.get("_judged")
    if said and said[0] == model.id:
        _, rule, n_kept, n_looked = said
        values = {
            "rule": rule_names(t)[rule],
            "kept": whole(n_kept, t.lang),
            "looked": whole(n_looked, t.lang),
        }
        note(t("preferring.judged", **values))
    counts: dict[str, int] = {}
    for one in cast.by_rule:
        counts[one.judge] = counts.get(one.judge, 0) + 1
    for name, count in counts.items():
        with st.container(
            key=f"gb_judge_{name.removeprefix(RULE)}",
            horizontal=True,
            vertical_alignment="center",
        ):
            note(f"{judge_name(name, t)}: {whole(count, t.lang)}")
            st.button(
                t("preferring.discard"),
                key=f"prefer_discard_{name}",
                type="tertiary",
                on_click=_discard,
                args=(model, name),
            )


def _discard(model: Model, judge: str) -> None:
    services().store.ballots.discard(state.owner(), model.id, judge)
    st.session_state.pop("_judged", None)
