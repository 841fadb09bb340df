"""Where every word of a caption acts on the picture that is being drawn."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

MOST_BYTES: Final = 400_000
"""So much of attention weights is sent; of a larger model fewer moments are shown."""

ALL: Final = -1  # layer and head that stand for the mean of all


@dataclass(frozen=True)
class Moment:
    """One step of a drawing.

    Args:
        step: from 1.
        noise: its share of noise, from 0 to 1.
        noisy: (S, S, 3) what the model is shown.
        guess: (S, S, 3) what it takes the finished picture to be.
        telling: layer and head in which most depends on the patch, from 0.
    """

    step: int
    noise: float
    noisy: NDArray[np.uint8]
    guess: NDArray[np.uint8]
    telling: tuple[int, int]


@dataclass(frozen=True)
class PatchCell:
    """A clicked weight: moment (from 0), layer and head (ALL, or from 0), patch and word."""

    moment: int
    layer: int
    head: int
    patch: int
    word: int


def word_maps(
    weights: NDArray[np.floating[Any]],
    moments: Sequence[Moment],
    words: Sequence[str],
    t: Words,
    *,
    key: str,
    known: Sequence[bool] = (),
    n_steps: int = 0,
    moment: int = 0,
    layer: int = ALL,
    head: int = ALL,
    word: int = 0,
    effects: NDArray[np.floating[Any]] | None = None,
    play: bool = False,
) -> PatchCell | None:
    """A word lights the patches on which it acts; every word as a small map; every head.

    Args:
        weights: (M, n_blocks, H, N, L) cross-attention of every moment; rows sum to 1.
        moments: (M,) of the drawing.
        words: (L,) of the caption.
        known: (L,) whether the model knows them.
        n_steps: of the whole drawing.
        moment, layer, head, word: what is shown at first; ALL: the mean of all heads.
        effects: (M, L, N) how much of the answer changes where a word is hidden, as a share of
            it; None: not measured yet, see `effects_wanted`.
        play: whether it moves through the drawing by itself.

    Returns:
        The weight clicked in this rerun, to be rechecked, or None.

    Raises:
        ValueError: the shapes do not match.
    """
    M, n_layers, n_heads, N, L = weights.shape
    if not (len(moments) == M and len(words) == L):
        raise ValueError(f"{len(moments)} moments and {len(words)} words for {weights.shape}")
    kept = _kept_moments(M, weights[0].size)
    shares = np.sqrt(np.clip(weights[kept], 0, 1))  # small weights keep their digits
    data = {
        "weights": _packed(np.rint(255 * shares)),
        "n_layers": n_layers,
        "n_heads": n_heads,
        "n_patches": N,
        "words": list(words),
        "known": list(known) or [True] * L,
        "moments": [
            {
                "at": at,
                "step": moments[at].step,
                "noise": moments[at].noise,
                "telling": list(moments[at].telling),
            }
            for at in kept
        ],
        "n_steps": n_steps or M,
        "size": moments[0].noisy.shape[0],
        "noisy": _packed(np.stack([moments[at].noisy for at in kept])),
        "guesses": _packed(np.stack([moments[at].guess for at in kept])),
        "moment": min(range(len(kept)), key=lambda k: abs(kept[k] - moment)),
        "layer": layer,
        "head": head,
        "word": word,
        "effects": None,
        "play": play,
        "lang": t.lang,
        "said": _said(t),
    }
    if effects is not None:
        shown = effects[kept]  # (K, L, N)
        largest = float(shown.max()) or 1.0
        data["effects"] = _packed(np.rint(255 * np.sqrt(shown / largest)))
        data["largest_effect"] = largest
    result = mount("word_maps", key, data, "cell", "view")
    return PatchCell(**result.cell) if result.cell else None


def effects_wanted(key: str) -> bool:
    """Whether the visitor asked for what changes where a word is hidden; the session knows it."""
    kept = st.session_state.get(key)
    return bool(kept and kept.get("view") == "effect")


def _kept_moments(n: int, n_bytes: int) -> list[int]:
    """As many moments, evenly spread, as can be sent; the first and the last among them."""
    most = max(1, min(n, MOST_BYTES // max(1, n_bytes)))
    if most == 1:
        return [n // 2]
    return sorted({round(at * (n - 1) / (most - 1)) for at in range(most)})


def _packed(numbers: NDArray[Any]) -> str:
    """One byte a number."""
    return base64.b64encode(numbers.astype(np.uint8).tobytes()).decode("ascii")


def _said(t: Words) -> dict[str, str]:
    """The view's words; the browser fills in the placeholders."""
    return {
        "picture": t("word_maps.picture"),
        "caption": t("word_maps.caption"),
        "caption_hint": t("word_maps.caption_hint"),
        "acts": t("word_maps.acts", word="{word}", share="{share}", n="{n}", all="{all}"),
        "takes": t("word_maps.takes", word="{word}", share="{share}", other="{other}",
                   second="{second}"),
        "hidden": t("word_maps.hidden", word="{word}", share="{share}"),
        "nothing": t("word_maps.nothing", word="{word}", share="{share}"),
        "unknown": t("word_maps.unknown"),
        "looks": t("word_maps.looks"),
        "effect": t("word_maps.effect"),
        "view": t("word_maps.view"),
        "heads": t("word_maps.heads", word="{word}"),
        "all": t("word_maps.all"),
        "telling": t("word_maps.telling"),
        "telling_here": t("word_maps.telling_here"),
        "layer": t("components.layer", n="{n}"),
        "head": t("components.head", n="{n}"),
        "moment": t("word_maps.moment", step="{step}", all="{all}", noise="{noise}"),
        "film": t("word_maps.film"),
        "hint": t("word_maps.hint"),
        "scale": t("word_maps.scale"),
        "scale_effect": t("word_maps.scale_effect"),
        "play": t("components.play"),
        "pause": t("components.pause"),
    }  # fmt: skip
