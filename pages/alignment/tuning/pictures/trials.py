"""The experiments of fine-tuning pictures: what if no book is read, and which way forgets more?

Both are real runs, outside all lanes: they leave the visitor's model and bench alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from core.data.pictures.collecting.corpus import Corpus
from core.inference.pictures.model import PictureModel
from pages.alignment.pictures.ground import Ground
from pages.alignment.pictures.trials import carried_out
from pages.alignment.tuning.pictures import teaching
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import share, whole

N_STEPS: Final = 300
N_JUDGED: Final = 24  # captions in an exam, with the word and without
NEVER: Final = 10_000
CLEARLY: Final = 0.15  # a smaller difference between two shares is called none


def trials(on: Ground, model: PictureModel, examples: Corpus, t: Words) -> None:
    """Both experiments, each with its question."""
    what = teaching.subject()
    key = f"{on.model.id[:8]}_{what}"
    left, right = st.columns(2)
    with left:
        predict(
            f"book_{key}",
            t,
            question=t("tuning_pictures.book_question", n=whole(N_STEPS, t.lang)),
            options={
                "spreads": t("tuning_pictures.book_spreads"),
                "same": t("tuning_pictures.book_same"),
            },
            measure=lambda: without_book(on, model, examples, t),
        )
    with right:
        predict(
            f"ways_{key}",
            t,
            question=t("tuning_pictures.ways_question", n=whole(N_STEPS, t.lang)),
            options={
                "all": t("tuning_pictures.ways_all"),
                "low": t("tuning_pictures.ways_low"),
                "same": t("tuning_pictures.ways_same"),
            },
            measure=lambda: which_forgets(on, model, examples, t),
        )


def without_book(on: Ground, model: PictureModel, examples: Corpus, t: Words) -> Measured:
    """The same adapters with and without pages of the book read beside the examples."""
    with_book, without = _carry_out(
        on, model, examples, ({"n_plain": teaching.N_PLAIN}, {"n_plain": 0}), "tuning_book", t
    )
    text = t(
        "tuning_pictures.book_measured",
        before=share(with_book["plain_share_before"], t.lang),
        a=share(with_book["plain_share"], t.lang),
        b=share(without["plain_share"], t.lang),
        leaked_a=share(with_book["leaked_share"], t.lang),
        leaked_b=share(without["leaked_share"], t.lang),
        n=N_JUDGED,
    )
    return Measured(outcome_of_book(with_book, without), text)


def outcome_of_book(with_book: Mapping[str, Any], without: Mapping[str, Any]) -> str:
    """Which option came true, by what is still drawn right without the word."""
    lost = with_book["plain_share"] - without["plain_share"]
    return "spreads" if lost > CLEARLY else "same"


def which_forgets(on: Ground, model: PictureModel, examples: Corpus, t: Words) -> Measured:
    """The same examples and steps with all weights and with adapters."""
    rank = teaching.rank_now(model) or int(state.SETTINGS["picture_tune_rank"].start or 8)
    whole_model, low = _carry_out(
        on, model, examples, ({"rank": 0}, {"rank": rank}), "tuning_ways", t
    )
    text = t(
        "tuning_pictures.ways_measured",
        r=whole(rank, t.lang),
        before=share(low["plain_share_before"], t.lang),
        a=share(whole_model["plain_share"], t.lang),
        b=share(low["plain_share"], t.lang),
        learned_a=share(whole_model["learned_share"], t.lang),
        learned_b=share(low["learned_share"], t.lang),
        n=N_JUDGED,
    )
    return Measured(outcome_of_ways(whole_model, low), text)


def outcome_of_ways(whole_model: Mapping[str, Any], low: Mapping[str, Any]) -> str:
    """Which option came true, by what is still drawn right without the word."""
    apart = low["plain_share"] - whole_model["plain_share"]
    return "same" if abs(apart) <= CLEARLY else "all" if apart > 0 else "low"


def _carry_out(
    on: Ground,
    model: PictureModel,
    examples: Corpus,
    ways: Sequence[Mapping[str, Any]],
    key: str,
    t: Words,
) -> list[dict[str, Any]]:
    short = {"n_steps": N_STEPS, "n_held_out": N_JUDGED, "look_every": NEVER,
             "evaluate_every": NEVER, "learning_rate": None}  # fmt: skip
    one = teaching.plan(on, model, examples, t, **short)
    plans = teaching.trials(one, ways, t("training.trial_name"))
    text = t("tuning_pictures.trial_runs")
    return carried_out(plans, t, key=key, text=text, needed="plain_share_before")
