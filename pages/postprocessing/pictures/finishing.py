"""The picture sent through the line, and what the page measures beside it; kept for everybody."""

from dataclasses import asdict
from datetime import UTC, datetime

import streamlit as st

from core.house.pictures.filtering import house_filter
from core.postprocessing.pictures.filter_trials import Exam, examined
from core.postprocessing.pictures.line import Finished, LineSettings, finish, is_held
from core.postprocessing.pictures.origin import PictureOrigin
from core.postprocessing.pictures.picture_filter import FilterSettings, PictureFilter, train
from pages.kit import state
from pages.postprocessing.pictures.arriving import Hand, arrived, wish_of

N_EXAM = 600  # pictures held out


@st.cache_resource(max_entries=12, show_spinner=False)
def trained(settings: FilterSettings) -> PictureFilter:
    """A picture filter; a few seconds of learning the first time."""
    return house_filter() if settings == FilterSettings() else train(settings)


@st.cache_resource(max_entries=12, show_spinner=False)  # hundreds of pictures, never changed
def exam(settings: FilterSettings) -> Exam:
    """That filter on pictures it has not learned from."""
    return examined(trained(settings), N_EXAM)


@st.cache_data(max_entries=12, show_spinner=False)
def exam_curve(settings: FilterSettings) -> list[tuple[float, float, float]]:
    """What every threshold misses there, and its false alarms; see `Exam.curve`."""
    return exam(settings).curve()


def filter_settings() -> FilterSettings:
    """How the filter learns, as the visitor chose."""
    noise = 25.0 if state.value("picture_filter_noise") else 0.0
    return FilterSettings(n_pictures=int(state.value("picture_filter_n")), noise=noise)


def line_settings() -> LineSettings:
    """What the stages do; here every stage lets go on, so that the page can show what follows.

    Where the filter holds a picture back is decided by the threshold in the visitor's hand.
    """
    return LineSettings(
        filter="mark",
        threshold=float(state.value("picture_threshold")),
        method=str(state.value("picture_method")),
        strength=float(state.value("picture_strength")),
        format=str(state.value("picture_format")),
    )


def finished_now(who: str, by: Hand) -> Finished:
    """The visitor's picture, through the line."""
    return finished(state.caption(), who, state.seed(), line_settings(), filter_settings(), by)


def finished(
    caption: str, who: str, seed: int, settings: LineSettings, of: FilterSettings, by: Hand
) -> Finished:
    """A picture through the line; kept for everybody, by the model that drew it."""
    return _finished(caption, who, seed, settings, of, by.id, by)


@st.cache_data(max_entries=64, show_spinner=False)
def _finished(
    caption: str,
    who: str,
    seed: int,
    settings: LineSettings,
    of: FilterSettings,
    model_id: str,
    _by: Hand,
) -> Finished:
    wish = wish_of(caption, _by.words_learned)
    if is_held(wish, settings):
        return finish(wish, None, PictureOrigin(model="", caption=caption), settings)
    drawn = arrived(caption, who, seed, _by)
    origin = PictureOrigin(
        model=drawn.model,
        seed=drawn.seed,
        caption=caption,
        settings=asdict(drawn.settings) if drawn.settings else {},
        written_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return finish(wish, drawn.picture, origin, settings, trained(of))


def leaves(found: Finished) -> bool:
    """Whether the picture may go out: no stage holds it back, nor the filter at its threshold."""
    score = -1.0 if found.score is None else found.score
    return not found.held_by and score < float(state.value("picture_threshold"))
