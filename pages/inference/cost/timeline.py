"""The timeline of one text, to scale: read at once, then token by token; and its KV cache."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import streamlit as st

from core.architecture.config import ModelConfig
from core.inference.timing import TextTimes
from pages.inference.cost import measuring
from pages.inference.cost.opened import Opened
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, figures, note
from pages.kit.numbers import data_size, duration, share, significant, whole

HEAD_PX: Final = 3  # height of a head in the drawing of the cache
LEAST_PX: Final = 2
CALM: Final = 0.9  # share of the time that the processor gave to the measurement
N_BYTES: Final = 4  # of a number in float32


def line(prefill_s: float, times: Sequence[float], whole_s: float, name: str, t: Words) -> str:
    """One row: the prompt and every token, as wide as they took.

    Args:
        prefill_s: 0 where there is none.
        times: of every token.
        whole_s: what the full width stands for.
        name: of the row.
    """
    parts = []
    if prefill_s:
        parts.append(f'<i class="prefill" style="width:{100 * prefill_s / whole_s:.3f}%"></i>')
    parts += [f'<i style="width:{100 * each / whole_s:.3f}%"></i>' for each in times]
    told = duration(prefill_s + sum(times), t.lang)
    return (
        f'<div class="gb-cost-row"><b>{escape(name)}</b>'
        f'<span class="gb-cost-line" role="img" aria-label="{escape(f"{name}: {told}")}">'
        f"{''.join(parts)}</span><em>{escape(told)}</em></div>"
    )


def growing(opened: Opened, t: Words, progress: tuple[Any, ...]) -> str:
    """What has come so far of the round that is being measured."""
    _, prefill_s, so_far = progress
    times = list(so_far)  # a list that came from another process is a tuple
    whole_s = prefill_s + sum(times) / max(1, len(times)) * opened.n_tokens
    row = line(prefill_s, times, whole_s, t("cost.with_cache"), t)
    last = duration(times[-1], t.lang) if times else ""
    told = t("cost.live", n=whole(len(times), t.lang), of=whole(opened.n_tokens, t.lang), last=last)
    return f'<div class="gb-cost">{row}<p class="gb-soft">{escape(told)}</p></div>'


def show(found: TextTimes, opened: Opened, t: Words) -> None:
    """The times to scale, and the numbers."""
    each, n = found.of_each, len(found.without_s)
    kept = found.prefill.median + sum(each)
    longest = max(kept, sum(found.without_s))
    rows = line(found.prefill.median, each, longest, t("cost.with_cache"), t)
    rows += line(0.0, found.without_s, longest, t("cost.without_cache"), t)
    st.html(
        f'<div class="gb-cost">{rows}<p class="gb-cost-key"><i class="prefill"></i>'
        f"{escape(t('cost.key_prefill', n=whole(found.n_prompt, t.lang)))} <i></i>"
        f"{escape(t('cost.key_decode', n=whole(len(each), t.lang)))}</p></div>"
    )
    read = measuring.per_second([s / found.n_prompt for s in found.prefill_s])
    written = measuring.per_second([s for one in found.decode_s for s in one])
    figures(
        t,
        [
            Figure(significant(read.median, t.lang, 3), t("cost.prefill_rate")),
            Figure(significant(written.median, t.lang, 3), t("cost.decode_rate")),
            Figure(duration(found.per_token.median, t.lang), t("cost.per_token")),
        ],
    )
    note(
        t(
            "cost.spread",
            prefill=measuring.spread(found.prefill, t, 2, 1e3),
            rounds=whole(found.prefill.n, t.lang),
            token=measuring.spread(found.per_token, t, 2, 1e3),
            n=whole(found.per_token.n, t.lang),
        )
    )
    if found.computing < CALM:
        note(t("cost.not_calm", part=share(1.0 - found.computing, t.lang)))
    if n:
        factor = sum(found.without_s) / sum(each[:n])
        note(t("cost.cache_saves", n=whole(n, t.lang), factor=significant(factor, t.lang, 2)))
    st.html(f'<div class="gb-written">{escape(opened.read([*opened.tokens, *found.tokens]))}</div>')


def cache(found: TextTimes, opened: Opened, t: Words) -> None:
    """The cache to scale, as it stands after so many tokens, and its bytes."""
    last = found.n_prompt + len(found.tokens)
    n = last
    if len(found.tokens) > 1:
        n = st.slider(t("cost.cache_tokens"), found.n_prompt, last, last, key="cost_cache_tokens")
    measured, config = found.cache_bytes[n - found.n_prompt], opened.config
    formula = 2 * config.n_layers * config.n_kv_heads * config.head_size * n * N_BYTES
    st.html(_grid(n, found.n_prompt, config, t))
    st.html(_beside(measured, found.weight_bytes, t))
    note(
        t(
            "cost.cache_bytes",
            layers=whole(config.n_layers, t.lang),
            heads=whole(config.n_kv_heads, t.lang),
            size=whole(config.head_size, t.lang),
            n=whole(n, t.lang),
            formula=whole(formula, t.lang),
            measured=whole(measured, t.lang),
        )
    )
    full = inference_cache(config)
    note(
        t(
            "cost.cache_full",
            n=whole(config.n_context, t.lang),
            size=data_size(full, t.lang),
            part=share(full / found.weight_bytes, t.lang),
        )
    )


def inference_cache(config: ModelConfig) -> int:
    """Bytes of keys and values of one text that fills the context, in float32."""
    per_token = 2 * config.n_layers * config.n_kv_heads * config.head_size
    return config.n_context * per_token * N_BYTES


def _grid(n: int, n_prompt: int, config: ModelConfig, t: Words) -> str:
    """A row for each layer, as high as it has heads, filled as far as there are tokens."""
    height = max(LEAST_PX, HEAD_PX * config.n_kv_heads)
    prompt, written = (100 * each / config.n_context for each in (n_prompt, n - n_prompt))
    row = (
        f'<span style="height:{height}px"><i class="prefill" style="width:{prompt:.3f}%"></i>'
        f'<i style="width:{written:.3f}%"></i></span>'
    )
    about = t(
        "cost.cache_alt",
        layers=whole(config.n_layers, t.lang),
        heads=whole(config.n_kv_heads, t.lang),
        n=whole(n, t.lang),
        of=whole(config.n_context, t.lang),
    )
    return (
        f'<div class="gb-cost-cache" role="img" aria-label="{escape(about)}">'
        f"{row * config.n_layers}</div>"
        f'<p class="gb-soft">{escape(about)}</p>'
    )


def _beside(cache_bytes: int, model_bytes: int, t: Words) -> str:
    """Cache and weights as bars of one scale."""
    largest = max(cache_bytes, model_bytes)
    return (
        '<div class="gb-cost">'
        + "".join(
            f'<div class="gb-cost-row"><b>{escape(name)}</b><span class="gb-cost-line">'
            f'<i class="bar" style="width:{100 * size / largest:.3f}%"></i></span>'
            f"<em>{escape(data_size(size, t.lang))}</em></div>"
            for name, size in (
                (t("cost.weights"), model_bytes),
                (t("cost.cache_name"), cache_bytes),
            )
        )
        + "</div>"
    )
