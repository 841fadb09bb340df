"""The text so far, steered token by token: what this visit has taken, what a click does to it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import Any, Final

import streamlit as st
import torch

from core.inference.branches import N_LIKELIEST, Branches, How, Taken
from core.inference.choosing import choose
from core.inference.generate import Reader
from core.inference.scoring import score_text
from core.lineage import content_id
from pages.inference.choosing import steps
from pages.inference.choosing.opened import Opened, texts_of
from pages.inference.choosing.steps import Setting
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import Branch, TextToken
from pages.kit.components.steering import Obstacle

N_MORE: Final = 10
MOST_TAKEN: Final = 400  # tokens in a tree that can still be looked at
MOST_BACK: Final = 100  # actions that can be undone
MOST_KEPT: Final = 8  # beginnings whose trees are kept in a session


@dataclass
class Steered:
    """What a visit has made of one beginning.

    Args:
        now: all branches, and the current text.
        past: as they were before each action, the latest last.
        n_thrown: darts thrown so far; each is thrown once.
    """

    now: Branches
    past: list[Branches] = field(default_factory=list)
    n_thrown: int = 0

    def to(self, next_: Branches) -> None:
        """Another state, from which `undo` leads back."""
        if next_ != self.now:
            self.past = [*self.past[1 - MOST_BACK :], self.now]
            self.now = next_

    def undo(self) -> None:
        """Back to before the last action."""
        if self.past:
            self.now = self.past.pop()


def steered(beginning: Opened) -> Steered:
    """What this session has made of a beginning so far."""
    kept: dict[Any, Steered] = st.session_state.setdefault("_choosing_steered", {})
    key = (beginning.of.id, beginning.tokens)
    if key not in kept:
        score = score_text(beginning.model, beginning.tokens, N_LIKELIEST)
        kept[key] = Steered(Branches.of(beginning.tokens, score))
    kept[key] = kept.pop(key)  # the one looked at last goes last
    for old in list(kept)[:-MOST_KEPT]:
        del kept[old]
    return kept[key]


def at_the_end(beginning: Opened, of: Steered) -> Opened:
    """The model with the current text in place of the beginning."""
    return replace(beginning, tokens=of.now.tokens())


def text_id(opened: Opened) -> str:
    """Which text a choice comes after: a click made before another one arrived is recognised."""
    return content_id(f"{opened.of.id} {opened.tokens}".encode())


def obstacle(opened: Opened, of: Steered) -> Obstacle:
    """Why nothing can be appended: "ended", "full" or "many"; empty if something can."""
    last = of.now.taken[of.now.current]
    if last.how != "given" and last.token == opened.encoder.end_id:
        return "ended"
    if len(opened.tokens) >= opened.of.config.n_context:
        return "full"
    return "many" if len(of.now.taken) - of.now.n_given >= MOST_TAKEN else ""


def beginning_of(of: Steered) -> Branches:
    """The beginning alone, without what has been taken since."""
    given = of.now.taken[: of.now.n_given]
    return Branches(given, len(given), len(given) - 1)


def act(beginning: Opened, of: Steered, asked: object, settings: Sequence[Setting]) -> None:
    """Do what a click asks for; what makes no sense is left undone.

    Args:
        beginning: the model and the text it began with.
        of: what is changed.
        asked: as the browser sent it: {"kind": "take", "token": 5, "how": "forced", ...}.
        settings: of the steps, in order.
    """
    if not isinstance(asked, Mapping):
        return
    kind, number = asked.get("kind"), asked.get("number")
    if kind == "undo":
        of.undo()
    elif kind == "reset":
        of.to(beginning_of(of))
    elif kind == "go" and _is_one_of(number, len(of.now.taken)):
        of.to(of.now.go(int(str(number))))
    elif kind == "take":
        _take(beginning, of, asked, settings)
    elif kind == "write":
        _write(beginning, of, settings)


def _take(
    beginning: Opened, of: Steered, asked: Mapping[str, Any], settings: Sequence[Setting]
) -> None:
    opened = at_the_end(beginning, of)
    token, thrown = asked.get("token"), asked.get("thrown")
    if asked.get("after") != text_id(opened):
        return
    logits = torch.from_numpy(opened.logits().copy())
    if obstacle(opened, of) or not _is_one_of(token, len(logits)):
        return
    how: How = "drawn" if asked.get("how") == "drawn" else "forced"
    order = steps.in_force(settings)
    of.to(of.now.take(int(str(token)), logits, order, opened.before, how))
    if _is_one_of(thrown, 1_000_000):
        of.n_thrown = max(of.n_thrown, int(str(thrown)))


def _write(beginning: Opened, of: Steered, settings: Sequence[Setting]) -> None:
    """Draw tokens by the same steps, each with the next dart of the seed, and append them."""
    opened = at_the_end(beginning, of)
    if obstacle(opened, of):
        return
    order, generator = steps.in_force(settings), Random(state.seed())
    list(islice(iter(generator.random, None), of.n_thrown))  # the darts that have been thrown
    reader, ahead = Reader(opened.model, opened.tokens), Steered(of.now)
    for _ in range(N_MORE):
        drawn = choose(reader.logits, opened.before, order, generator.random())
        of.n_thrown += 1
        ahead.to(ahead.now.take(drawn.token, reader.logits, order, opened.before, "drawn"))
        opened = at_the_end(beginning, ahead)
        if obstacle(opened, ahead):
            break
        reader.read(drawn.token)
    of.to(ahead.now)


def _is_one_of(given: object, n: int) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given < n


def shown_tokens(opened: Opened, of: Steered, t: Words) -> list[TextToken]:
    """The current text, token by token, with what the model said of each before it stood there."""
    texts = texts_of(opened.encoder)
    return [_shown(each, texts, opened, t) for each in of.now.path()]


def _shown(each: Taken, texts: list[str], opened: Opened, t: Words) -> TextToken:
    seen, special = each.seen, opened.encoder.special(each.token) is not None
    begins = special and each.number == 0
    return TextToken(
        number=each.number,
        text=t("architecture.text_begins") if begins else texts[each.token],
        special=special,
        how=each.how,
        share=each.share,
        steps=steps.told(each.order, t),
        p=math.exp(seen.logprob) if seen else None,
        bits=seen.bits if seen else None,
        entropy=seen.entropy / math.log(2) if seen else None,
        rank=seen.rank + 1 if seen else None,
        likeliest=[(texts[token], math.exp(logprob)) for token, logprob in seen.likeliest]
        if seen
        else [],
    )


def shown_branches(opened: Opened, of: Steered, t: Words) -> list[Branch]:
    """The whole tree, the beginning first."""
    texts, totals = texts_of(opened.encoder), dict[int, float]()
    for each in of.now.taken:  # a token comes after its parent
        totals[each.number] = totals.get(each.parent, 0.0) + (each.seen.logprob if each.seen else 0)
    return [
        Branch(
            number=each.number,
            parent=each.parent,
            text=texts[each.token],
            how=each.how,
            p=math.exp(each.seen.logprob) if each.seen else None,
            share=each.share,
            total=totals[each.number],
            steps=steps.told(each.order, t),
        )
        for each in of.now.taken
    ]
