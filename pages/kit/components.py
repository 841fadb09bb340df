"""The parts of a page that live in the browser: figures, tokens, attention, the sampling lab.

Each is registered once and mounted with data alone; its code is a module under assets/, loaded by
a shim, so a rerun sends a few bytes. What somebody clicked comes back as a return value; all else
(hovering, dragging, live rows) happens without the server.
"""

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from core.architecture.config import ModelConfig
from core.architecture.sizes import parameters_by_part, shapes
from core.figures.look import LIGHT, Marks, variables
from pages.kit import numbers
from pages.kit.catalogue import Words
from pages.kit.frame import Figure

# A module from a blob cannot resolve "/assets/…" by itself.
_SHIM: Final = """
const address = new URL("/assets/%s.js", location.origin).href
export default async (c) => (await import(address)).default(c)
"""
_NAMES: Final = (
    "attention",
    "lanes",
    "model_map",
    "samples_feed",
    "sampling_lab",
    "tokens",
    "training_slider",
)
_MOUNT: Final[dict[str, Callable[..., Any]]] = {
    name: st.components.v2.component(f"glassbox_{name}", js=_SHIM % name) for name in _NAMES
}
# Plotly styles itself with a sheet in the document's head, which a shadow root would cut off.
_MOUNT["figure"] = st.components.v2.component(
    "glassbox_figure", js=_SHIM % "figure", isolate_styles=False
)

ALL_LAYERS_LIMIT: Final = 300_000
"""Bytes of attention weights up to which every layer travels at once."""


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it: NumPy's numbers as Python's, what is no number as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _mount(name: str, key: str, data: Mapping[str, Any], *heard: str) -> Any:
    """Mount a component; `heard` names what it may tell Python."""
    listening = {f"on_{event}_change": _nothing for event in heard}
    return _MOUNT[name](key=key, data=_plain(data), **listening)


def _nothing() -> None:
    """A value that is heard and read from the result needs a callback, if only an empty one."""


# Figures


def marks(t: Words) -> Marks:
    """How core.figures writes numbers in the visitor's language."""
    return Marks(",", numbers.THIN, numbers.THIN + "%") if t.lang == "de" else Marks()


@dataclass(frozen=True)
class Feed:
    """How a run's rows move a figure.

    Args:
        run: the run's id.
        kind: rows of this kind are taken: "step", "evaluation".
        to: (trace, name of x in the row, name of y in the row), any number of times.
        after: the last `seq` that the figure already holds.
        factor: y is multiplied by this, for other units.
    """

    run: str
    kind: str
    to: Sequence[tuple[int, str, str]]
    after: int = -1
    factor: float = 1.0


def figure(
    fig: go.Figure,
    t: Words,
    *,
    key: str,
    alt: str,
    height: int = 300,
    feeds: Sequence[Feed] = (),
    cursor: str | None = None,
) -> None:
    """Draw a figure of core.figures in the page's colours.

    Args:
        fig: the figure, drawn with the LIGHT look; the browser puts the page's own colours in.
        t: the catalogue.
        key: the element's key.
        alt: what the figure shows, in a sentence for those who cannot see it.
        height: in pixels.
        feeds: runs whose rows are appended as they come.
        cursor: figures of one name share their pointer along x.
    """
    fed = [
        {**asdict(feed), "to": [{"trace": i, "x": x, "y": y} for i, x, y in feed.to]}
        for feed in feeds
    ]
    data = {
        "fig": json.loads(fig.to_json() or "{}"),
        "look": variables(LIGHT),
        "height": height,
        "alt": alt,
        "feeds": fed,
        "cursor": cursor,
        "same": key,
        "lang": t.lang,
        "words": {"whole": t("components.whole_figure")},
    }
    _mount("figure", key, data)


def live_figure(
    fig: go.Figure,
    t: Words,
    *,
    key: str,
    alt: str,
    feeds: Sequence[Feed],
    height: int = 300,
    cursor: str | None = "step",
) -> None:
    """A figure that a run moves: `figure` with feeds, sharing its pointer with its neighbours."""
    figure(fig, t, key=key, alt=alt, height=height, feeds=feeds, cursor=cursor)


# Tokens


class Span(Protocol):
    """What token_strip shows: core.data.graphemes.TokenSpan fits."""

    @property
    def text(self) -> str: ...
    @property
    def ids(self) -> Sequence[int]: ...


@dataclass(frozen=True)
class Scale:
    """What the values behind tokens mean.

    Args:
        name: such as "surprise".
        unit: such as "bit".
        top: the value that is drawn deepest; None: the largest present.
        digits: decimals shown.
    """

    name: str
    unit: str = ""
    top: float | None = None
    digits: int = 1


@dataclass(frozen=True)
class Picked:
    """A clicked token: which span, and the position of its first token."""

    span: int
    token: int


def token_strip(
    spans: Sequence[Span],
    t: Words,
    *,
    key: str,
    values: Sequence[float | None] | None = None,
    scale: Scale | None = None,
    group: str = "sentence",
    selectable: bool = False,
    small: bool = False,
    live_run: str | None = None,
    after: int = -1,
    label: str | None = None,
) -> Picked | None:
    """Text as coloured tokens; the one under the pointer is lit in every view of the same group.

    Args:
        spans: grapheme-safe spans, such as token_spans gives.
        values: one a span, to colour by; None: neighbours differ in hue.
        scale: what the values mean; needed with `values` or `live_run`.
        group: views of the same text share a name.
        selectable: whether a click is told to Python.
        small: for long texts.
        live_run: a run whose "sentence" rows (nats a token) replace the values, shown in bits.
        after: the last `seq` of that run already in `values`.

    Returns:
        What was clicked in this rerun, or None.
    """
    shown = scale or Scale("")
    data = {
        "spans": [{"text": span.text, "ids": list(span.ids)} for span in spans],
        "values": None if values is None else list(values),
        "legend": shown.name,
        "unit": shown.unit,
        "top": shown.top,
        "digits": shown.digits,
        "group": group,
        "selectable": selectable,
        "small": small,
        "live": {"run": live_run, "after": after, "factor": 1 / math.log(2)} if live_run else None,
        "label": label or t("components.tokens"),
        "hint": t("components.tokens_hint"),
        "lang": t.lang,
        "words": {"token": t("components.token_id"), "bytes": t("components.bytes")},
    }
    result = _mount("tokens", key, data, "picked")
    return Picked(**result.picked) if result.picked else None


# Attention


@dataclass(frozen=True)
class AttentionCell:
    """A clicked cell: in layer and head (from 0), the token that looks, the token looked at."""

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
) -> AttentionCell | None:
    """Every head at a glance, one large, and in words what a token looks at.

    Args:
        weights: (L, H, T, T) attention weights; each row sums to 1, nothing above the diagonal.
        tokens: (T,) texts of the tokens.
        layer, head: which is large at first, from 0.
        group: views of the same text share a name.

    Returns:
        The cell that was clicked in this rerun, to be rechecked, or None.

    Raises:
        ValueError: the shapes do not fit each other.
    """
    n_layers, n_heads, n_tokens, n_seen = weights.shape  # (L, H, T, T)
    if not len(tokens) == n_tokens == n_seen:
        raise ValueError(f"{len(tokens)} tokens do not fit weights of shape {weights.shape}")
    sent = list(range(n_layers)) if weights.size <= ALL_LAYERS_LIMIT else [layer]
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
        "lang": t.lang,
        "words": {
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
        },
    }
    result = _mount("attention", key, data, "cell", "layer")
    return AttentionCell(**result.cell) if result.cell else None


# Sampling


@dataclass(frozen=True)
class Sampling:
    """Where the sampling lab's handles stand."""

    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 7
    max_tokens: int = 60


def sampling_lab(
    prompt: str,
    t: Words,
    *,
    key: str,
    model: str,
    settings: Sampling | None = None,
    n_candidates: int = 16,
) -> Sampling | None:
    """The next token, before and after the filters, drawn step by step from the real model.

    Args:
        prompt: where it begins.
        model: id of the checkpoint that writes, as POST /live/write takes it.
        settings: where the handles stand at first.
        n_candidates: likeliest tokens shown.

    Returns:
        Where the handles stand, once a hand has let go of one; None before.
    """
    data = {
        "prompt": prompt,
        "model": model,
        "n_candidates": n_candidates,
        **asdict(settings or Sampling()),
        "lang": t.lang,
        "words": _sampling_words(t),
    }
    result = _mount("sampling_lab", key, data, "settings")
    return Sampling(**result.settings) if result.settings else None


def _sampling_words(t: Words) -> dict[str, str]:
    """What the sampling lab says; placeholders are filled in by the browser."""
    return {
        "step": t("components.step_on"),
        "run": t("components.run"),
        "stop": t("components.stop"),
        "reset": t("components.reset"),
        "temperature": t("components.temperature"),
        "top_k": t("components.top_k"),
        "top_p": t("components.top_p"),
        "seed": t("components.seed"),
        "all": t("components.all"),
        "candidate": t("components.candidate"),
        "before": t("components.before"),
        "after": t("components.after"),
        "share": t("components.share"),
        "out_k": t("components.out_k"),
        "out_p": t("components.out_p"),
        "cold": t("components.cold"),
        "kept": t("components.kept"),
        "entropy": t("components.entropy"),
        "as_many": t("components.as_many", n="{n}"),
        "others": t("components.others", n="{n}"),
        "hint": t("components.sampling_hint"),
        "force": t("components.force", token="{token}", before="{before}", after="{after}"),
        "rewind": t("components.rewind", token="{token}", share="{share}"),
        "was_drawn": t("components.was_drawn", token="{token}", share="{share}"),
        "was_forced": t("components.was_forced", token="{token}", share="{share}"),
        "ended": t("components.ended"),
        "full": t("components.full", n="{n}"),
        "failed": t("components.failed"),
        "busy": t("components.busy"),
    }


# Training


@dataclass(frozen=True)
class Stop:
    """One checkpoint on the way.

    Args:
        label: where it is, such as "step 200".
        text: how the model of that moment continues the prompt.
        numbers: what it could do then.
        surprise: its loss, drawn as a line over the slider; None: no line.
        surprise_label: the loss as it is written.
    """

    label: str
    text: str
    numbers: Sequence[Figure] = ()
    surprise: float | None = None
    surprise_label: str = ""


def training_slider(
    checkpoints: Sequence[Stop],
    t: Words,
    *,
    key: str,
    prompt: str,
    start: int | None = None,
    autoplay: bool = False,
) -> None:
    """One prompt through training time: drag, and noise becomes language.

    Args:
        checkpoints: in the order of training.
        prompt: what every checkpoint continues.
        start: the checkpoint shown at first; None: the last.
        autoplay: play through once by itself, unless the visitor prefers no motion.
    """
    data = {
        "checkpoints": [asdict(stop) for stop in checkpoints],
        "prompt": prompt,
        "start": len(checkpoints) - 1 if start is None else start,
        "autoplay": autoplay,
        "lang": t.lang,
        "words": {
            "slider": t("components.training_slider"),
            "end": t("components.trained"),
            "play": t("components.play"),
            "pause": t("components.pause"),
        },
    }
    _mount("training_slider", key, data)


@dataclass(frozen=True)
class Sample:
    """What a run wrote at a step."""

    step: int
    text: str


def samples_feed(
    samples: Sequence[Sample],
    t: Words,
    *,
    key: str,
    prompt: str,
    live_run: str | None = None,
    after: int = -1,
    limit: int = 5,
) -> None:
    """What the model writes now, newest first, fed by a run's "sample" rows.

    Args:
        samples: those already known.
        prompt: what each continues; a text may repeat it.
        live_run: the run to follow.
        after: the last `seq` of that run already in `samples`.
        limit: so many are shown.
    """
    data = {
        "samples": [asdict(sample) for sample in samples],
        "prompt": prompt,
        "run": live_run,
        "after": after,
        "limit": limit,
        "lang": t.lang,
        "words": {
            "label": t("components.samples"),
            "step": t("components.step", n="{n}"),
            "empty": t("components.samples_empty"),
        },
    }
    _mount("samples_feed", key, data)


# A pair, the model


@dataclass(frozen=True)
class Consequence:
    """One consequence of a pair's difference, in both lanes.

    Args:
        label: what was measured.
        a, b: the measurements; None: not yet.
        a_shown, b_shown: as they are written.
        change: the difference as it is written.
        note: a word on how it was measured.
        top: what a full bar means; None: the larger of the two.
        bar: whether bars make sense.
        href: where it was measured.
    """

    label: str
    a: float | None
    b: float | None
    a_shown: str
    b_shown: str
    change: str = ""
    note: str = ""
    top: float | None = None
    bar: bool = True
    href: str = ""


def lanes(
    rows: Sequence[Consequence], t: Words, *, key: str, names: tuple[str, str], label: str
) -> None:
    """Two lives that differ in one thing, measured side by side.

    Args:
        rows: the measurements, in the order of the steps.
        names: what the lanes are called.
        label: what is compared, for those who hear the table.
    """
    data = {
        "rows": [asdict(row) for row in rows],
        "names": list(names),
        "label": label,
        "words": {"measured": t("components.measured"), "change": t("components.change")},
    }
    _mount("lanes", key, data)


def model_map(config: ModelConfig, t: Words, *, key: str, n_tokens: int) -> None:
    """The model as a picture: parts as large as their parameters, and the shapes between them.

    Args:
        config: the model.
        n_tokens: tokens on their way through it.
    """
    counts = parameters_by_part(config)
    total = sum(counts.values())
    per_block = {"attention", "feedforward"}

    def part(name: str, source: str, title: str, note: str, none: str = "") -> dict[str, Any]:
        count = counts.get(source, 0)
        share = numbers.share(count / total, t.lang) if count else ""
        return {
            "name": name,
            "title": title,
            "note": note,
            "each": count / config.n_layers if name in per_block else count,
            "shown": share,
            "detail": t("components.parameters", n=numbers.whole(count, t.lang), share=share)
            if count
            else none,
            "none": none,
        }

    shape = {stage.name: stage for stage in shapes(config, n_tokens)}

    def flow(name: str) -> dict[str, str]:
        stage = shape[name]
        return {
            "letters": " × ".join(stage.axes[1:]),
            "sizes": " × ".join(numbers.whole(n, t.lang) for n in stage.shape[1:]),
        }

    table = "token_embedding" if config.tied else "unembedding"
    shared = t("components.part_tied") if config.tied else ""
    data = {
        "parts": [
            part("tokens", "", t("components.part_tokens"), t("components.note_tokens")),
            part(
                "embedding",
                "token_embedding",
                t("components.part_embedding"),
                t("components.note_embedding"),
            ),
            part(
                "attention",
                "attention",
                t("components.part_attention"),
                t("components.note_attention", n=config.n_heads),
            ),
            part(
                "feedforward",
                "feedforward",
                t("components.part_feedforward"),
                t("components.note_feedforward"),
            ),
            part(
                "unembedding",
                "" if config.tied else table,
                t("components.part_unembedding"),
                t("components.note_unembedding"),
                shared,
            ),
            part(
                "probabilities",
                "",
                t("components.part_probabilities"),
                t("components.note_probabilities"),
            ),
        ],
        "flows": [
            flow("tokens"),
            flow("embedding"),
            flow("attention"),
            flow("block"),
            flow("logits"),
        ],
        "n_layers": config.n_layers,
        "words": {
            "label": t("components.model_map"),
            "blocks": t("components.blocks", n=config.n_layers),
            "total": t("components.total", n=numbers.whole(total, t.lang)),
            "hint": t("components.map_hint"),
        },
    }
    _mount("model_map", key, data)
