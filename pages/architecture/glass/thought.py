"""Following the thought: which part pushed the word up, and where another sentence tips it over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
import torch

from core.architecture.attribution import Share
from core.architecture.inside import Inside, look_inside
from core.architecture.one_by_one import patched_answers
from core.architecture.transformer import Transformer
from core.figures.parts import ROW_PX, bars, heat
from core.recheck.cells import Place, cell
from pages.architecture import looking
from pages.architecture.glass import cells
from pages.architecture.glass.seeing import N_TOKENS, Off, Seen, quickly
from pages.architecture.looking import Looked
from pages.kit.catalogue import Words
from pages.kit.components import figure, marks
from pages.kit.frame import note
from pages.kit.numbers import decimal, significant, whole
from pages.kit.recheck import Recheck, recheckable

N_PARTS: Final = 11  # parts that have a bar of their own
MOST_WORK: Final = 3e11  # products of a weight and a number: some eight seconds of one core

Shown = tuple[int, str]  # a token of the vocabulary and how it is read


@dataclass(frozen=True)
class Followed:
    """A possible next token, and what every part of the model adds to its logit."""

    word: Shown
    shares: Sequence[Share]


def word_of(looked: Looked, inside: Inside, t: Words, wanted: int | None = None) -> Shown:
    """The token that is followed: the one asked for, else the likeliest next one."""
    token = int(inside.logits[-1].argmax()) if wanted is None else wanted
    return token, looking.texts_of(looked.encoder, [token], t)[0].strip()


def title(followed: Followed, t: Words) -> str:
    """What the card is about."""
    return t("glass.thought", word=followed.word[1])


def show(looked: Looked, seen: Seen, followed: Followed, off: Off, t: Words) -> None:
    """Every part's share of the word's logit, the largest first; all together are the logit."""
    at = len(seen.inside.tokens) - 1
    word, shares = followed.word, followed.shares
    logit = float(seen.inside.logits[-1, word[0]])
    note(t("glass.thought_about", logit=decimal(logit, t.lang)))
    ordered = sorted(shares, key=lambda share: -abs(share.logit))
    named = [(_name(share, t), share.logit) for share in ordered[:N_PARTS]]
    rest = ordered[N_PARTS:]
    if rest:
        others = t("glass.part_others", n=whole(len(rest), t.lang))
        named.append((others, sum(share.logit for share in rest)))
    figure(
        bars(
            [name for name, _ in named],
            [value for _, value in named],
            t("glass.thought_part"),
            marks=marks(t),
        ),
        t,
        key=f"glass_shares_{looked.key[:12]}",
        alt=t("glass.thought_alt", best=named[0][0]),
        height=70 + ROW_PX * len(named),
    )
    total = sum(share.logit for share in shares)

    def by_numpy() -> float:
        """The logit itself, from the tokens onwards, by NumPy alone."""
        place = Place("logit", at=at, of=word[0])
        weights = cells.arrays(looked, off)
        return cell(weights, looked.config.to_dict(), seen.inside.tokens, place).value

    recheckable(
        "glass_sum",
        t,
        value=significant(total, t.lang, 5),
        label=t("glass.sum_label"),
        compute=lambda: Recheck(
            inputs=[(name, significant(value, t.lang, 5)) for name, value in named],
            operation=t("glass.sum_operation"),
            by_torch=total,
            by_numpy=by_numpy(),
        ),
    )


def _name(share: Share, t: Words) -> str:
    if share.layer is None:
        return t("glass.part_embedding") if share.part == "embedding" else t("glass.part_constants")
    n = share.layer + 1
    if share.head is not None:
        return t("glass.part_head", n=n, h=share.head + 1)
    return t("glass.part_mlp", n=n) if share.part == "feedforward" else t("glass.part_constants")


def patching(looked: Looked, seen: Seen, sentence: str, off: Off, t: Words) -> None:
    """One place of the lane after the other taken from another sentence: where the answer tips."""
    name = "glass_other"
    st.session_state.setdefault(name, sentence)
    other = st.text_input(t("glass.patch_other"), key=name, max_chars=200)
    mine, theirs = list(seen.inside.tokens), looked.tokens(other)[:N_TOKENS]
    if len(mine) != len(theirs):
        n, n_other = whole(len(mine), t.lang), whole(len(theirs), t.lang)
        note(t("glass.patch_length", n=n, other=n_other))
        return
    places = _from_first_difference(mine, theirs)
    n_passes = len(places) * (looked.config.n_layers + 1)
    if n_passes * len(mine) * looked.model.n_parameters > MOST_WORK:
        note(t("glass.patch_too_much", n=whole(n_passes, t.lang)))
        return

    def best(tokens: Sequence[int]) -> int:
        """The likeliest next token, with everything on."""
        if tokens == mine and not off:
            return int(seen.inside.logits[-1].argmax())
        return quickly(looked, _best, looked.key, tuple(tokens), looked.model)

    first, second = (word_of(looked, seen.inside, t, best(each)) for each in (mine, theirs))
    if first[0] == second[0]:
        note(t("glass.patch_same", word=first[1]))
        return
    note(t("glass.patch_about"))
    both, words = (tuple(mine), tuple(theirs)), (first[0], second[0])
    share = quickly(looked, _tipped, looked.key, *both, *words, looked.model)
    texts = looking.texts_of(looked.encoder, theirs, t)
    depths = [t("glass.patch_entry")]
    depths += [t("glass.block", n=n + 1) for n in range(looked.config.n_layers)]
    figure(
        heat(
            share,
            [texts[place].strip() for place in places],
            depths,
            t("glass.patch_depth"),
            marks=marks(t),
        ),
        t,
        key=f"glass_patch_{looked.key[:12]}",
        alt=t("glass.patch_alt"),
        height=110 + 38 * len(depths),
    )
    note(t("glass.patch_result", mine=first[1], theirs=second[1]))


@st.cache_data(max_entries=32, show_spinner=False)
def _best(key: str, tokens: tuple[int, ...], _model: Transformer) -> int:
    """The likeliest next token."""
    with torch.inference_mode():
        return int(_model(torch.tensor([tokens]), only_last=True).argmax())


@st.cache_data(max_entries=16, show_spinner=False)
def _tipped(
    key: str,
    mine: tuple[int, ...],
    theirs: tuple[int, ...],
    first: int,
    second: int,
    _model: Transformer,
) -> list[list[float]]:
    """(L + 1, places) share of the second answer among the two, from the first difference on."""
    places, own = _from_first_difference(mine, theirs), look_inside(_model, mine)
    other = look_inside(_model, theirs, known=own)
    logits = patched_answers(_model, own, other.residuals, places)  # (L + 1, places, V)
    found: list[list[float]] = logits[..., [first, second]].softmax(-1)[..., 1].tolist()
    return found


def _from_first_difference(mine: Sequence[int], theirs: Sequence[int]) -> list[int]:
    """Places from the first different token on: before it, both sentences are the same."""
    pairs = enumerate(zip(mine, theirs, strict=True))
    first = next((n for n, (a, b) in pairs if a != b), len(mine))
    return list(range(first, len(mine)))
