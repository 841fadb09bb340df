"""What a reward model of pictures has learned: its exam, what it likes, the best of many, hacks.

Everything is computed when it is shown, in one thread, and kept for a while.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
import streamlit as st
import torch

from core.alignment.pictures.preferring import YOU, PicturePreference, drawing_each
from core.alignment.pictures.reward import (
    FEWEST,
    Accuracy,
    Climbed,
    PictureReward,
    Taught,
    climb,
    features,
    taught,
)
from core.alignment.pictures.rules import Left, OpenWish, open_wishes
from core.data.pictures.drawing.backdrop import empty_page
from core.data.pictures.drawing.painting import Pixels, averaged
from core.data.pictures.reading.reader import read
from core.data.pictures.tensors import to_pixels
from core.inference.pictures.model import PictureModel
from core.lineage import content_id
from core.pieces import outcome_of
from pages.kit import components as parts
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import decimal, share, share_span, whole

WALL_SEED: Final = 60_000  # other captions than the visitor, the rules and the exams see
DISAGREE_FROM: Final = 12  # choices; before, no pattern may only mean too few
N_WALL: Final = 24
N_BEST: Final = 16
LOOKS: Final = (0, 5, 10, 20, 40)  # steps of the climb that are shown
RATE: Final = 0.02
_turns: Final = threading.Semaphore(2)  # at a time, so that a room shares the machine


@st.cache_resource(max_entries=64, show_spinner=False)
def _taught(key: tuple[str, ...], _model: PictureModel, _said: list[PicturePreference]) -> Taught:
    with _turns:
        torch.set_num_threads(1)
        return taught(_model, _said)


def learn(model_id: str, model: PictureModel, said: Sequence[PicturePreference]) -> Taught | None:
    """The reward model of these choices; None while they are too few."""
    if len(said) < FEWEST:
        return None
    told = [f"{one.pair.seed_a}-{one.pair.seed_b}-{one.pair.left_open}-{one.choice}"
            for one in said]  # fmt: skip
    return _taught((model_id, *told), model, list(said))


@dataclass(frozen=True)
class Unseen:
    """Captions that nobody has chosen on, with pictures of each."""

    wishes: Sequence[OpenWish]
    pictures: Sequence[Sequence[Pixels]]


def unseen(
    model_id: str, model: PictureModel, left_open: Left, lang: str, *, first: int, n: int, each: int
) -> Unseen:
    """Some pictures of n captions, from a place on; drawn once."""
    return _unseen(model_id, left_open, lang, first, n, each, model)


@st.cache_resource(max_entries=64, show_spinner=False)
def _unseen(
    model_id: str,
    left_open: Left,
    lang: str,
    first: int,
    n: int,
    each: int,
    _model: PictureModel,
) -> Unseen:
    wishes = open_wishes(left_open, first + n, WALL_SEED, (lang,), held_out=True)[first:]
    with _turns:
        torch.set_num_threads(1)
        return Unseen(wishes, outcome_of(drawing_each(_model, wishes, each)))


def exam(found: Taught, said: Sequence[PicturePreference], t: Words) -> None:
    """How often it agrees with choices it did not learn from, after more and more of them."""
    n = whole(len(said), t.lang)
    yours = said[0].judge == YOU
    note(t("preferring_pictures.from_you", n=n) if yours else t("preferring_pictures.by_rule", n=n))
    lines = "".join(_line(one, t) for one in found.accuracies)
    st.html(f'<ul class="gb-follows">{lines}</ul>')
    note(t("preferring_pictures.coin"))
    last = found.accuracies[-1]
    if not last.beats_a_coin:
        disagrees = len(said) >= DISAGREE_FROM
        note(
            t("preferring_pictures.no_pattern") if disagrees else t("preferring_pictures.too_early")
        )


def _line(one: Accuracy, t: Words) -> str:
    text = f"{share(one.share, t.lang)} ({share_span(*one.interval, t.lang)})"
    label = t("preferring_pictures.after", n=whole(one.n, t.lang))
    sure = " sure" if one.beats_a_coin else ""
    width = f"{100 * one.share:.1f}%"
    return (
        f"<li><span>{escape(label)}</span><b>{escape(text)}</b>"
        f'<span class="bar{sure}"><span style="width:{width}"></span></span></li>'
    )


def rewards_of(
    model: PictureModel, reward: PictureReward, pictures: Sequence[Pixels]
) -> list[float]:
    """The reward of each picture."""
    return _rewards(
        _name(reward), content_id(np.stack(pictures).tobytes()), model, reward, pictures
    )


@st.cache_data(max_entries=200, show_spinner=False)
def _rewards(
    name: str,
    shown: str,
    _model: PictureModel,
    _reward: PictureReward,
    _pictures: Sequence[Pixels],
) -> list[float]:
    with _turns:
        torch.set_num_threads(1)
        found: list[float] = _reward.of(features(_model, _pictures)).tolist()
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _climbed(
    name: str, begin: bytes, _model: PictureModel, _reward: PictureReward, _picture: Pixels
) -> list[Climbed]:
    with _turns:
        torch.set_num_threads(1)
        return climb(_model, _reward, _picture, LOOKS, RATE)


def _name(reward: PictureReward) -> str:
    """The same for the same reward, which only follows from the same model and choices."""
    return content_id(reward.to_bytes())


def wall(model: PictureModel, reward: PictureReward, on: Unseen, t: Words) -> None:
    """Pictures it never saw, from the highest reward to the lowest."""
    pictures = [each[0] for each in on.pictures]
    values = rewards_of(model, reward, pictures)
    order = sorted(range(len(values)), key=lambda place: -values[place])
    parts.picture_wall(
        np.stack([pictures[k] for k in order]),
        key="reward_wall",
        label=t("preferring_pictures.wall"),
        notes=[
            parts.PictureNote(text=signed(values[k], t), spoken=on.wishes[k].caption) for k in order
        ],
        columns=12,
        narrow=6,
    )
    note(t("preferring_pictures.wall_note", n=whole(len(values), t.lang)))


def best_of(model: PictureModel, reward: PictureReward, on: Unseen, t: Words) -> None:
    """Sixteen pictures of one caption; the one with the highest reward is marked."""
    (wish,), (pictures,) = on.wishes, on.pictures
    values = rewards_of(model, reward, pictures)
    best = int(np.argmax(values))
    st.html(f'<p class="gb-asked">{escape(wish.caption)}</p>')
    parts.picture_wall(
        np.stack(pictures),
        key="reward_best",
        label=t("preferring_pictures.best_label"),
        notes=[
            parts.PictureNote(
                text=signed(value, t),
                sign="yes" if place == best else "",
                spoken=t("preferring_pictures.reward_of", reward=signed(value, t)),
            )
            for place, value in enumerate(values)
        ],
        columns=8,
        narrow=4,
    )
    n = whole(len(values), t.lang)
    note(t("preferring_pictures.best_note", n=n, reward=signed(values[best], t)))


def hacked(model: PictureModel, reward: PictureReward, on: Unseen, t: Words) -> None:
    """A picture changed by nothing but the reward, and a page with nothing on it."""
    pictures = [each[0] for each in on.pictures]
    values = rewards_of(model, reward, pictures)
    worst = int(np.argmin(values))
    with st.spinner(t("preferring_pictures.climbing")):
        begin = pictures[worst]
        way = _climbed(_name(reward), begin.tobytes(), model, reward, begin)
    empty = [_empty(night, model.size) for night in (False, True)]
    blank = max(zip(rewards_of(model, reward, empty), empty, strict=True), key=lambda one: one[0])
    shown = [to_pixels(one.picture)[0] for one in way]
    notes = [
        parts.PictureNote(
            title=t("components.step", n=whole(one.step, t.lang)),
            text=f"{signed(one.reward, t)} · {_met(on.wishes[worst], picture, t)}",
        )
        for one, picture in zip(way, shown, strict=True)
    ]
    notes.append(parts.PictureNote(title=t("preferring_pictures.empty"), text=signed(blank[0], t)))
    st.html(f'<p class="gb-asked">{escape(on.wishes[worst].caption)}</p>')
    parts.picture_wall(
        np.stack([*shown, blank[1]]),
        key="reward_hacked",
        label=t("preferring_pictures.hacked"),
        notes=notes,
        columns=6,
        narrow=3,
    )
    n_below = sum(value < blank[0] for value in values)
    note(
        t(
            "preferring_pictures.hacked_note",
            best=signed(max(values), t),
            top=signed(way[-1].reward, t),
            n=whole(n_below, t.lang),
            of=whole(len(values), t.lang),
        )
    )


def _met(wish: OpenWish, picture: Pixels, t: Words) -> str:
    """Whether the reader still finds all that the caption says."""
    is_met = wish.is_met(read(picture))
    return t("preferring_pictures.still") if is_met else t("preferring_pictures.no_longer")


def _empty(night: bool, size: int) -> Pixels:
    page = averaged(empty_page(night), size)
    levels: Pixels = np.rint(np.clip(page, 0, 255)).astype(np.uint8)
    return levels


def signed(reward: float, t: Words) -> str:
    """A reward with its sign: only differences mean something."""
    return f"{'+' if reward > 0 else '−' if reward < 0 else ''}{decimal(abs(reward), t.lang, 1)}"
