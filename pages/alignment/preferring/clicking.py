"""Choosing by hand: which pairs are shown, and what a click does.

Invariant: a choice is stored before the page shows it, so neither a reload nor a killed server
loses one. Only pairs that this server has shown can be judged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

import streamlit as st

from core.alignment.preferring.preferences import Preference
from core.alignment.text.asking import STRANGER, asked
from core.alignment.text.examples import questions
from core.alignment.text.examples import state as stated
from core.alignment.text.rules import RULES, brusque
from core.data.world import Town, WorldSettings, town
from core.services import services
from core.store import PERSON, Ballot
from pages.alignment.preferring.pairs import N_AHEAD, Drawing, Pair, Question, once_more, pair_of
from pages.inference.experiments import language_of
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components.ballot import Candidate, Chosen, Votes, ballot_box, votes_of
from pages.kit.frame import note
from pages.kit.models import Model

BOX: Final = "ballot"  # the component's key
N_QUESTIONS: Final = 400  # drawn from the town; then from the start again, with other seeds
N_AGAIN: Final = 10  # pairs of a second pass
ENOUGH_TO_LEARN: Final = 10  # the fewest choices a reward model can learn from
FIRST, AGAIN = "first", "again"


@dataclass(frozen=True)
class Cast:
    """All choices on one model: first pass, second pass, and those of rules."""

    first: tuple[Ballot, ...]
    again: tuple[Ballot, ...]
    by_rule: tuple[Ballot, ...]

    @classmethod
    def on(cls, model: Model) -> "Cast":
        """What the store holds."""
        found = services().store.ballots.of(state.owner(), model.id)
        own = [one for one in found if one.judge == PERSON]
        return cls(
            tuple(one for one in own if one.again_of is None),
            tuple(one for one in own if one.again_of is not None),
            tuple(one for one in found if one.judge != PERSON),
        )

    @property
    def repeated(self) -> list[tuple[Preference, Preference]]:
        """Both choices on every pair that was shown twice."""
        by_key = {one.key: one for one in self.first}
        return [
            (preference(by_key[one.again_of]), preference(one))
            for one in self.again
            if one.again_of in by_key
        ]


def preference(ballot: Ballot) -> Preference:
    """A ballot as a preference, the form in which it is passed on."""
    return Preference(
        ballot.question,
        ballot.a,
        ballot.b,
        ballot.choice,
        ballot.lang,
        ballot.judge,
        min(ballot.seed_a, ballot.seed_b),
    )


def drawing_of(model: Model, t: Words, start: int) -> Drawing:
    """The queue of pairs of this session for one model, language and seed."""
    about = (model.id, language_of(model, t), state.seed())
    kept = st.session_state.setdefault("_drawings", {})
    if about not in kept:
        for drawing in kept.values():
            drawing.cancel()
        kept.clear()
        where = town(model.world) if model.world else None

        def tells_apart(pair: Pair) -> bool:
            return where is None or any(
                rule.prefers(pair.question, pair.a, pair.b, pair.lang, where)
                for rule in RULES.values()
            )

        kept[about] = new_drawing(model, t, start, tells_apart=tells_apart)
    drawing: Drawing = kept[about]
    return drawing


def new_drawing(
    model: Model,
    t: Words,
    start: int,
    n_ahead: int = N_AHEAD,
    tells_apart: Callable[[Pair], bool] = lambda _: True,
) -> Drawing:
    """A queue of pairs on the town's questions in the visitor's language, from number `start`;
    those first with a reason to choose.
    """
    lang = language_of(model, t)
    asked = _questions(model.world, lang, state.seed()) if model.world else ()

    def question_at(n: int) -> Question | None:
        return Question(asked[n % len(asked)], lang) if asked else None

    return Drawing(
        services(),
        state.owner(),
        model,
        question_at,
        seed=state.seed(),
        start=start,
        n_ahead=n_ahead,
        tells_apart=tells_apart,
    )


@lru_cache(maxsize=8)
def _questions(world: WorldSettings, lang: str, seed: int) -> tuple[str, ...]:
    return tuple(questions(town(world), lang, "train", N_QUESTIONS, seed))


def current_round(model: Model) -> str:
    """The current pass; a reload ends the second pass but keeps its choices."""
    known: dict[str, list[Pair]] = st.session_state.setdefault("_again", {})
    return AGAIN if model.id in known else FIRST


def begin_again(model: Model, cast: Cast, n: int = N_AGAIN) -> None:
    """Start a second pass over pairs that were judged once."""
    twice = {one.again_of for one in cast.again}
    once = [one for one in cast.first if one.key not in twice]
    pairs = once_more(once, n, state.seed() + len(cast.again))
    st.session_state.setdefault("_again", {})[model.id] = pairs


def end_again(model: Model) -> None:
    """Back to new pairs."""
    st.session_state.setdefault("_again", {}).pop(model.id, None)


def hear(model: Model, drawing: Drawing) -> None:
    """Store the clicks made since the last rerun."""
    said = votes_of((st.session_state.get(BOX) or {}).get("cast"))
    if said is None:
        return
    again = st.session_state.setdefault("_again", {}).get(model.id)
    heard: dict[str, int] = st.session_state.setdefault("_heard", {})
    n = heard.get(said.mount, 0)
    heard[said.mount] = take_votes(said, state.owner(), model.id, drawing, again, n)
    st.session_state["_heard_last"] = said.mount


def take_votes(
    said: Votes, owner: str, model_id: str, drawing: Drawing, again: list[Pair] | None, heard: int
) -> int:
    """Apply votes in order, undo included; each counts once.

    Args:
        said: what a browser tells; it may repeat itself.
        owner: who chose.
        model_id: between whose answers.
        drawing: where the pairs of the first pass wait.
        again: the pairs of a second pass, if one is under way.
        heard: the number of the last vote of this browser's component that was heard.

    Returns:
        that number now.
    """
    store = services().store
    shown = {pair.key: pair for pair in (drawing.ready if again is None else again)}
    for vote in said.votes:
        if vote.n <= heard:
            continue
        if vote.key in shown:
            store.ballots.cast(owner, [shown[vote.key].ballot(vote.choice)])  # type: ignore[arg-type]
        elif not vote.key:
            taken = store.ballots.take_back(owner, model_id, again=again is not None)
            if taken is not None and again is None:
                shown[taken.key] = pair_of(taken)
                drawing.put_back(shown[taken.key])
        heard = vote.n
    return heard


def box(model: Model, cast: Cast, drawing: Drawing, t: Words) -> None:
    """Show the pair to choose from, with the next ones queued behind it.

    Raises:
        Busy, WritingFailed: the model cannot write just now.
    """
    again: list[Pair] | None = st.session_state.setdefault("_again", {}).get(model.id)
    if again is None:
        done = list(cast.first)
        place = None if drawing.ready else st.empty()
        if place is not None:
            with place:
                note(t("preferring.next_pair"))
        pairs = drawing.waiting({one.key for one in done})
        if place is not None:
            place.empty()
    else:
        keys = {pair.key for pair in again}
        done = [one for one in cast.again if one.key in keys]
        pairs = [pair for pair in again if pair.key not in {one.key for one in done}]
    mount = st.session_state.get("_heard_last")
    heard = st.session_state.get("_heard", {})
    ballot_box(
        [_candidate(pair, model, t) for pair in pairs],
        t,
        key=BOX,
        round=f"{model.id} {AGAIN if again is not None else FIRST}",
        past=[one.choice for one in done],
        last=_chosen(done[-1]) if done else None,
        heard=(mount, heard.get(mount, 0)) if mount else None,
        of=None if again is None else len(again),
        goal=ENOUGH_TO_LEARN,
    )


def _candidate(pair: Pair, model: Model, t: Words) -> Candidate:
    rude = [brusque(answer, pair.lang) for answer in (pair.a, pair.b)]
    truth = known_truth(pair, town(model.world), t) if model.world else ""
    return Candidate(pair.key, pair.question, pair.a, pair.b, *rude, truth)


def known_truth(pair: Pair, where: Town, t: Words) -> str:
    """What the town's texts say to the question, or that they never did; empty where the question
    is not about the town.
    """
    about = asked(pair.question, pair.lang)
    if about is None:
        return ""
    if about.subject == STRANGER:
        return t("preferring.truth_stranger")
    if not where.tellable(about.subject, about.relation):
        return t("preferring.truth_untold")
    return t("preferring.truth_told", fact=stated(about, pair.lang, where, Random(0)))


def _chosen(ballot: Ballot) -> Chosen:
    answer = {"a": ballot.a, "b": ballot.b, "both_bad": ""}[ballot.choice]
    return Chosen(ballot.question, ballot.choice, answer)


def preferences(ballots: Iterable[Ballot]) -> Sequence[Preference]:
    """Ballots as preferences."""
    return [preference(one) for one in ballots]
