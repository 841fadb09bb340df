"""What tokens look at: every head of a model at a glance, one of them enlarged."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

ALL_LAYERS_LIMIT: Final = 300_000
"""Up to this size of attention weights, all layers are sent at once."""


@dataclass(frozen=True)
class AttentionCell:
    """A clicked cell: layer and head (from 0), the token looking, and the token looked at."""

    layer: int
    head: int
    query: int
    key: int


def attention_view(
    weights: NDArray[np.floating[Any]],
    tokens: Sequence[str],
    t: Words,
    *,
    key: str,
    layer: int = 0,
    head: int = 0,
    group: str = "sentence",
    play: bool = False,
) -> AttentionCell | None:
    """Every head at a glance, one enlarged, and a description of what each token looks at.

    Args:
        weights: (L, H, T, T) attention weights; each row sums to 1, zero above the diagonal.
        tokens: (T,) the tokens' texts.
        layer, head: which one is enlarged at first, from 0.
        group: views of the same text share a name.
        play: whether it moves from token to token automatically, head by head.

    Returns:
        The cell clicked in this rerun, to be rechecked, or None.

    Raises:
        ValueError: the shapes do not match.
    """
    n_layers, n_heads, n_tokens, n_seen = weights.shape  # (L, H, T, T)
    if not len(tokens) == n_tokens == n_seen:
        raise ValueError(f"{len(tokens)} tokens do not fit weights of shape {weights.shape}")
    all_fit = weights.size <= ALL_LAYERS_LIMIT
    layer = layer if all_fit else _wanted_layer(key, layer, n_layers)
    sent = list(range(n_layers)) if all_fit else [layer]
    shares = np.rint(np.clip(weights[sent], 0, 1) * 255).astype(np.uint8)  # (sent, H, T, T)
    data = {
        "weights": base64.b64encode(shares.tobytes()).decode("ascii"),
        "sent": sent,
        "n_layers": n_layers,
        "n_heads": n_heads,
        "tokens": list(tokens),
        "layer": layer,
        "head": head,
        "group": group,
        "play": play,
        "lang": t.lang,
        "words": _words(t),
    }
    result = mount("attention", key, data, "cell", "layer")
    return AttentionCell(**result.cell) if result.cell else None


def _wanted_layer(key: str, start: int, n_layers: int) -> int:
    """The layer last chosen in the component, which stores it in the session."""
    kept = st.session_state.get(key)
    chosen = kept.get("layer") if kept else None
    return chosen if isinstance(chosen, int) and 0 <= chosen < n_layers else start


def _words(t: Words) -> dict[str, str]:
    """The view's words; the browser fills in the placeholders."""
    return {
        "heads": t("components.heads"),
        "layer": t("components.layer", n="{n}"),
        "head": t("components.head", n="{n}"),
        "looks": t("components.looks", token="{token}", share="{share}", other="{other}"),
        "sentence": t("components.attention_sentence"),
        "matrix": t("components.attention_matrix"),
        "query": t("components.query_axis"),
        "key": t("components.key_axis"),
        "hint": t("components.attention_hint"),
        "future": t("components.future"),
        "play": t("components.play"),
        "pause": t("components.pause"),
    }
