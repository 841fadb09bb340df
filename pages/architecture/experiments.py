"""The three experiments of step 2, each measured when the visitor asks for the result."""

from dataclasses import replace
from functools import partial
from html import escape
from typing import Any, Final

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.architecture.config import ModelConfig
from core.architecture.heads import even_share_at_distance, share_at_distance
from core.architecture.transformer import Transformer
from core.data.dataset import Dataset
from core.errors import TooShort
from core.lineage import content_id
from core.services import services
from core.training.text.evaluation import validation_sequences
from pages.architecture.looking import Looked, attention_of
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import decimal, millions, share, whole

N_TEXTS: Final = 16  # held-out texts on which each head is measured
N_TOKENS: Final = 64  # at most, per text
MOSTLY: Final = 0.5  # a head attends mainly to a position if it gives it more than this share

Scores = NDArray[np.float32]  # (L, H)


def show(looked: Looked | None, config: ModelConfig, sentence: str, t: Words) -> None:
    """The experiments side by side; the first one needs a trained model."""
    columns = iter(st.columns(3))
    if looked and looked.whose:
        with next(columns):
            predict(
                f"previous_{looked.key[:8]}",
                t,
                question=t("architecture.previous_question"),
                options={
                    "none": t("architecture.previous_none"),
                    "some": t("architecture.previous_some"),
                    "most": t("architecture.previous_most"),
                },
                measure=lambda: previous_token(looked, t),
            )
    if looked:
        with next(columns):
            predict(
                f"last_{content_id(f'{looked.key} {sentence}'.encode())[:8]}",
                t,
                question=t("architecture.last_question"),
                options={
                    "much": t("architecture.last_much"),
                    "little": t("architecture.last_little"),
                    "same": t("architecture.last_same"),
                },
                measure=lambda: last_word(looked, sentence, t),
            )
    with next(columns):
        predict(
            f"wide_{_counted(config)}",
            t,
            question=t("architecture.wide_question"),
            options={
                "two": t("architecture.wide_two"),
                "three": t("architecture.wide_three"),
                "four": t("architecture.wide_four"),
            },
            measure=lambda: twice_as_wide(config, t),
        )


def previous_token(looked: Looked, t: Words) -> Measured:
    """Which heads attend to the previous token, measured on held-out texts?"""
    store, owner = services().store, state.owner()
    dataset = store.artifacts.nearest(owner, looked.key, "dataset")
    n_tokens = min(N_TOKENS, looked.config.n_context)
    texts = validation_sequences(
        Dataset.from_bytes(store.artifacts.read(owner, dataset.id)), N_TEXTS, n_tokens
    )[:, :n_tokens]
    learned = _scores(looked.model, texts)
    fresh = _scores(Transformer(looked.config, seed=state.seed()), texts)
    n_looking, n_heads = int((learned > MOSTLY).sum()), learned.size
    outcome = "none" if n_looking == 0 else "some" if n_looking < n_heads / 2 else "most"
    layer, head = divmod(int(learned.argmax()), looked.config.n_heads)
    text = t(
        "architecture.previous_text",
        n=whole(n_looking, t.lang),
        all=whole(n_heads, t.lang),
        best=share(float(learned.max()), t.lang),
        layer=layer + 1,
        head=head + 1,
        fresh=share(float(fresh.max()), t.lang),
        chance=share(even_share_at_distance(n_tokens, 1), t.lang),
    )
    return Measured(outcome, text, partial(_grid, learned, layer, head))


def _scores(model: Transformer, texts: torch.Tensor) -> Scores:
    """(L, H) the mean attention each head gives to the previous token."""
    found: Scores = share_at_distance(attention_of(model, texts), 1).mean(1).numpy()
    return found


def _grid(scores: Scores, layer: int, head: int) -> None:
    """All heads with their shares, and a button that shows the strongest at work."""
    t = state.t()
    n_layers, n_heads = scores.shape
    first = "".join(f'<th scope="col">{h}</th>' for h in range(1, n_heads + 1))
    rows = "".join(
        f'<tr><th scope="row">{escape(t("components.layer", n=i + 1))}</th>'
        + "".join(
            f'<td style="--share:{100 * s:.0f}%"{" class=gb-mostly" if s > MOSTLY else ""}>'
            f"{share(float(s), t.lang)}</td>"
            for s in scores[i]
        )
        + "</tr>"
        for i in range(n_layers)
    )
    corner = escape(t("architecture.heads"))
    st.html(f'<table class="gb-scores"><tr><th scope="col">{corner}</th>{first}</tr>{rows}</table>')

    def show() -> None:
        st.session_state["layer"], st.session_state["head"] = layer + 1, head + 1

    label = t("architecture.show_head", layer=layer + 1, head=head + 1)
    st.button(label, key="show_head", on_click=show)


def last_word(looked: Looked, sentence: str, t: Words) -> Measured:
    """Does another last word change what the words before it attend to?"""
    words = sentence.split()
    if len(words) < 2:
        message = f"{len(words)} words, 2 are needed"
        raise TooShort(message, n=len(words), needed=2, unit=t("architecture.words"))
    other = t("architecture.other_word")
    other = words[0] if words[-1] == other else other
    before, after = looked.tokens(sentence), looked.tokens(" ".join([*words[:-1], other]))
    n_tokens = min(len(before), len(after))  # equal shapes, so rounding is equal too
    before, after = before[:n_tokens], after[:n_tokens]
    pairs = enumerate(zip(before, after, strict=True))
    n_same = next((i for i, (a, b) in pairs if a != b), n_tokens)
    a, b = (looked.attention(each)[..., :n_same, :n_same] for each in (before, after))
    largest = float(np.abs(a - b).max())
    outcome = "same" if largest < 1e-6 else "little" if largest < 0.1 else "much"
    text = t(
        "architecture.last_text",
        old=words[-1],
        new=other,
        n=whole(n_same * (n_same + 1) // 2 * a.shape[0] * a.shape[1], t.lang),
        largest=decimal(100 * largest, t.lang, 0 if largest == 0 else 6),
    )
    return Measured(outcome, text)


def twice_as_wide(config: ModelConfig, t: Words) -> Measured:
    """How many times the weights does a model with twice as many numbers per token need?"""
    wide = replace(
        config,
        n_channels=2 * config.n_channels,
        n_heads=2 * config.n_heads,
        n_kv_heads=2 * config.n_kv_heads,
        n_hidden=2 * config.n_hidden,
    )
    once, twice = (_counted(each) for each in (config, wide))
    factor = twice / once
    outcome = "two" if factor < 2.5 else "three" if factor < 3.5 else "four"
    text = t(
        "architecture.wide_text",
        once=millions(once, t.lang),
        twice=millions(twice, t.lang),
        factor=decimal(factor, t.lang, 1),
    )
    return Measured(outcome, text)


def _counted(config: ModelConfig) -> int:
    """The weights of a model that is really built; on the meta device it takes no memory."""
    model: Any = Transformer(config, seed=None, device="meta")
    return int(model.n_parameters)
