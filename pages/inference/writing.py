"""Texts written by the generation service for this page, timed as they come."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.api.writing import opening_tokens
from core.data.text.bpe import Encoder
from core.inference.sampling import SamplingSettings
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.models import Model

N_AT_ONCE = 24  # texts of one visitor side by side; the service has room for others too

OnProgress = Callable[[float], None]


@dataclass(frozen=True)
class Text:
    """A text as it was drawn.

    Args:
        tokens: those that were written, the end token included.
        probabilities: of each in what it was drawn from.
        seconds: from the question to the last token; 0 where several were written side by side.
        first_s: from the question to the first token.
    """

    tokens: tuple[int, ...]
    probabilities: tuple[float, ...]
    seconds: float = 0.0
    first_s: float = 0.0

    @property
    def tokens_per_s(self) -> float:
        """Tokens written in a second, reading the prompt included."""
        return len(self.tokens) / self.seconds if self.seconds else 0.0

    def read(self, encoder: Encoder) -> str:
        """What it says, without the mark of its end."""
        return encoder.decode([token for token in self.tokens if token != encoder.end_id])


def settings_now() -> SamplingSettings:
    """How the handles of the page stand."""
    return SamplingSettings(
        temperature=state.value("temperature"),
        top_k=state.value("top_k") or None,
        top_p=state.value("top_p"),
        seed=state.seed(),
        max_tokens=state.value("max_tokens"),
    )


def write(model: Model, prompt: str, settings: SamplingSettings, on_progress: OnProgress) -> Text:
    """One text, timed; progress is the share of `max_tokens`.

    Raises:
        Busy, WritingFailed: the service cannot write.
    """
    tokens = opening_tokens(model.kind, model.encoder, prompt)
    begun = time.perf_counter()
    drawn, moments = [], []
    for each in services().write(
        state.owner(), model.id, tokens, settings, end_id=model.encoder.end_id
    ):
        drawn.append(each)
        moments.append(time.perf_counter() - begun)
        on_progress(len(drawn) / settings.max_tokens)
    return Text(
        tuple(each.token for each in drawn),
        tuple(each.probability for each in drawn),
        moments[-1],
        moments[0],
    )


def write_all(
    model: Model,
    wanted: Sequence[tuple[str, SamplingSettings]],
    on_progress: OnProgress,
) -> list[Text]:
    """Many texts, some side by side, in the order asked for; stopping stops them all.

    Raises:
        Busy, WritingFailed: the service cannot write.
    """
    texts: list[Text] = []
    for first in range(0, len(wanted), N_AT_ONCE):
        writings = [
            services().write(
                state.owner(),
                model.id,
                opening_tokens(model.kind, model.encoder, prompt),
                settings,
                end_id=model.encoder.end_id,
            )
            for prompt, settings in wanted[first : first + N_AT_ONCE]
        ]
        try:
            for writing in writings:
                drawn = list(writing)
                texts.append(
                    Text(
                        tuple(each.token for each in drawn),
                        tuple(each.probability for each in drawn),
                    )
                )
                on_progress(len(texts) / len(wanted))
        finally:
            for writing in writings:
                writing.cancel()
    return texts


def next_scores(model: Model, prompt: str, begun: tuple[int, ...] = ()) -> np.ndarray:
    """(V,) the model's logits for what follows a prompt and some tokens, before any filter."""
    tokens = (*opening_tokens(model.kind, model.encoder, prompt), *begun)
    return _scores(model.id, tokens, state.owner())


@st.cache_data(max_entries=64, show_spinner=False)
def _scores(id_: str, tokens: tuple[int, ...], _owner: str) -> np.ndarray:
    one = SamplingSettings(max_tokens=1)
    (written,) = services().write(_owner, id_, tokens, one, with_logits=True)
    return np.frombuffer(written.logits or b"", np.float32)


def next_words(model: Model, prompt: str) -> list[tuple[str, tuple[tuple[int, ...], ...]]]:
    """The words that may follow a prompt, the likeliest first, each with its spellings in tokens.

    The last word of the prompt counts as finished, as on all other pages.

    Raises:
        Busy, WritingFailed: the service cannot read.
    """
    tokens = tuple(opening_tokens(model.kind, model.encoder, prompt))
    return _next_words(model.id, tokens, state.owner())


@st.cache_data(max_entries=64, show_spinner=False)
def _next_words(
    id_: str, tokens: tuple[int, ...], _owner: str
) -> list[tuple[str, tuple[tuple[int, ...], ...]]]:
    looking = services().look(_owner, id_, tokens, SamplingSettings(), closed=True)
    tree = looking.answer_here()["tree"]
    likely: Counter[str] = Counter()
    spellings: dict[str, list[tuple[int, ...]]] = {}
    for text, spelled, p in zip(tree["texts"], tree["tokens"], tree["learned"], strict=True):
        if text is not None and p > 0:
            likely[text] += p
            spellings.setdefault(text, []).append(tuple(spelled))
    return [(text, tuple(spellings[text])) for text, _ in likely.most_common()]


@contextmanager
def watched(t: Words, key: str) -> Iterator[OnProgress]:
    """A bar for something that takes a while, and a button that ends it.

    The click begins a new run of the page, which breaks off this one at the next move of the bar.
    """
    place = st.empty()
    with place.container(key=f"gb_watched_{key}", horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0)
        st.button(t("inference.stop"), key=f"stop_{key}")
    shown = 0

    def tell(share: float) -> None:
        nonlocal shown
        if int(50 * share) > shown:  # fifty moves are enough
            shown = int(50 * share)
            bar.progress(min(1.0, share))

    yield tell
    place.empty()
