"""Choosing between two pictures, by hand or by a rule, and what was preferred.

Invariant: a choice is stored before the page shows it. Only pairs drawn here can be judged.
"""

from collections.abc import Mapping
from html import escape
from typing import Final, cast

import streamlit as st
import torch

from core.alignment.pictures.preferring import (
    RULE,
    YOU,
    PicturePair,
    PicturePreference,
    agreement,
    judging_pairs,
)
from core.alignment.pictures.rules import RULES, Left, open_wishes
from core.errors import NoPreferences
from core.services import services
from pages.alignment.pictures import ground as grounds
from pages.alignment.pictures.ground import Chosen, Ground
from pages.kit import components as parts
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.components.ballot import Votes, votes_of
from pages.kit.frame import note
from pages.kit.numbers import whole
from pages.training.pictures.showing import png

BOX: Final = "picture_ballot"
GOAL: Final = 30  # pairs
ENOUGH: Final = 10  # own clicks from which a model may learn
N_AHEAD: Final = 6  # pairs sent ahead
N_CAPTIONS: Final = 240  # at most, until a rule has found its pairs
JUDGE_SEED: Final = 50_000  # a rule sees other captions than the visitor


def rule_names(t: Words) -> Mapping[str, str]:
    """What the rules are called."""
    return {
        "night": t("alignment_pictures.night"),
        "day": t("alignment_pictures.day"),
        "red": t("alignment_pictures.red"),
        "close": t("alignment_pictures.close"),
        "apart": t("alignment_pictures.apart"),
    }


def kind_now(t: Words) -> Left:
    """Choose what the captions leave open."""
    names = {
        "sky": t("alignment_pictures.open_sky"),
        "distance": t("alignment_pictures.open_distance"),
    }
    label = t("alignment_pictures.left_open")
    return cast(Left, controls.choice("picture_open", label, names.__getitem__))


def choose(on: Ground, left_open: Left, t: Words) -> Chosen:
    """Hear the clicks, show the next pair, and return all choices made so far."""
    owner, size = state.owner(), grounds.model_of(state.owner(), on).size
    _hear(on, left_open, t)
    cast_ = grounds.chosen(owner, on, left_open, size)
    waiting = _waiting(on, left_open, cast_, t)
    mount = st.session_state.get("_pictures_heard_last")
    heard = st.session_state.get("_pictures_heard", {})
    parts.picture_ballot(
        [
            parts.PicturePairShown(grounds.key_of(pair), pair.caption, png(pair.a), png(pair.b))
            for pair in waiting
        ],
        t,
        key=BOX,
        round=f"{on.model.id} {left_open} {t.lang}",
        past=[one.choice for one in cast_.own],
        heard=(mount, heard.get(mount, 0)) if mount else None,
        goal=GOAL,
    )
    return cast_


def _waiting(on: Ground, left_open: Left, cast_: Chosen, t: Words) -> list[PicturePair]:
    """The next pairs that have not been judged."""
    found: list[PicturePair] = []
    n = 0
    while len(found) < N_AHEAD:
        batch = grounds.batch(state.owner(), on, left_open, t.lang, state.seed(), n)
        found += [pair for pair in batch if grounds.key_of(pair) not in cast_.keys]
        n += 1
    shown = st.session_state.setdefault("_pictures_shown", {})
    shown[on.model.id, left_open] = {grounds.key_of(pair): pair for pair in found}
    return found


def _hear(on: Ground, left_open: Left, t: Words) -> None:
    """Store the clicks made since the last rerun."""
    said = votes_of((st.session_state.get(BOX) or {}).get("cast"))
    if said is None:
        return
    heard: dict[str, int] = st.session_state.setdefault("_pictures_heard", {})
    shown = st.session_state.get("_pictures_shown", {}).get((on.model.id, left_open), {})
    heard[said.mount] = take_votes(said, state.owner(), on, shown, heard.get(said.mount, 0))
    st.session_state["_pictures_heard_last"] = said.mount


def take_votes(
    said: Votes, owner: str, on: Ground, shown: Mapping[str, PicturePair], heard: int
) -> int:
    """Apply votes in order, undo included; each counts once.

    Args:
        said: what a browser tells; it may repeat itself.
        owner: who chose.
        on: the model whose pictures were compared.
        shown: the pairs that were shown, by key.
        heard: the number of the last vote that was heard.

    Returns:
        that number now.
    """
    store = services().store
    for vote in said.votes:
        if vote.n <= heard:
            continue
        if vote.key in shown and vote.choice in ("a", "b"):
            choice = "a" if vote.choice == "a" else "b"
            kept = grounds.ballot(shown[vote.key], choice, YOU, on.model.id)  # type: ignore[arg-type]
            store.ballots.cast(owner, [kept])
        elif not vote.key:
            store.ballots.take_back(owner, on.model.id)
        heard = vote.n
    return heard


def rule_now(left_open: str) -> str:
    """The rule that would judge, or by which success is measured."""
    options = grounds.rules_for(left_open)
    return state.value("picture_rule") if state.value("picture_rule") in options else options[0]


def rule_control(left_open: str, t: Words) -> str:
    """Choose the rule, where there is a choice."""
    options = grounds.rules_for(left_open)
    if st.session_state.get("picture_rule") not in options:
        st.session_state["picture_rule"] = rule_now(left_open)
    names = rule_names(t)
    return controls.choice(
        "picture_rule", t("alignment_pictures.rule"), names.__getitem__, options=options
    )


def judge(on: Ground, rule: str, t: Words) -> list[PicturePreference]:
    """Let a rule choose, and store its choices in place of any rule's earlier ones."""
    owner, store = state.owner(), services().store
    found = judged(on, rule, t)
    for name in grounds.rules_for(RULES[rule].left_open):
        store.ballots.discard(owner, on.model.id, RULE + name)
    store.ballots.cast(
        owner, [grounds.ballot(one.pair, one.choice, one.judge, on.model.id) for one in found]
    )
    return found


def let_judge(on: Ground, rule: str, t: Words) -> None:
    """What a button asks for: as `judge`."""
    judge(on, rule, t)


def judged(on: Ground, rule: str, t: Words, n: int = GOAL) -> list[PicturePreference]:
    """What a rule chooses between pairs drawn now, while a bar moves.

    Raises:
        NoPreferences: the model draws too much alike for the rule to choose.
    """
    model, left_open = grounds.model_of(state.owner(), on), RULES[rule].left_open
    wishes = open_wishes(left_open, N_CAPTIONS, JUDGE_SEED + state.seed())
    bar = st.progress(0.0, text=t("alignment_pictures.judging"))
    torch.set_num_threads(1)
    work = judging_pairs(model, wishes, rule, n)
    while True:
        try:
            bar.progress(min(1.0, next(work) / n), text=t("alignment_pictures.judging"))
        except StopIteration as end:
            found: list[PicturePreference] = end.value
            break
    bar.empty()
    if not found:
        raise NoPreferences("the rule finds all pictures alike", n=0, n_contradicting=0)
    return found


def preferred(said: Chosen, t: Words) -> None:
    """What was preferred, measured by each rule that has a say in it."""
    counting = said.counting(ENOUGH)
    if not counting:
        note(t("alignment_pictures.nothing_chosen"))
        return
    names, found = rule_names(t), agreement(counting)
    by = (
        t("alignment_pictures.by_you", n=whole(len(counting), t.lang))
        if counting[0].judge == YOU
        else t(
            "alignment_pictures.by_rule",
            n=whole(len(counting), t.lang),
            rule=names[counting[0].judge.removeprefix(RULE)],
        )
    )
    note(by)
    if not found:
        note(t("alignment_pictures.no_rule_says"))
        return
    lines = []
    for name, (n_agreeing, n) in sorted(found.items(), key=lambda each: -each[1][0]):
        text = t("alignment_pictures.agrees", n=whole(n_agreeing, t.lang), of=whole(n, t.lang))
        lines.append(
            f"<li><span>{escape(names[name])}</span><b>{escape(text)}</b>"
            f'<span class="bar"><span style="width:{100 * n_agreeing / n:.1f}%"></span></span></li>'
        )
    st.html(f'<ul class="gb-follows">{"".join(lines)}</ul>')
