"""A clicked number of the glass view: its ingredients, its formula, and the number twice."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.architecture.config import ModelConfig
from core.architecture.inside import Inside
from core.architecture.positions import alibi_slopes, distance_penalty
from core.recheck.cells import KINDS, Cell, Place, cell
from pages.architecture.glass.seeing import Off
from pages.architecture.looking import Looked, texts_of
from pages.kit.catalogue import Words
from pages.kit.numbers import significant, whole

N_TERMS: Final = 6  # products that are spelled out, the largest first
TOLERANCE: Final = 1e-4  # of the tensor's largest value: what rounding explains
BY_TOKEN: Final = ("mixed",)
"""kinds whose products belong to a token each, not to a channel"""

Arrays = Mapping[str, NDArray[Any]]


def admitted(asked: object, config: ModelConfig, n_tokens: int) -> Place | None:
    """The number that the browser asks for, if there is one like it."""
    if not isinstance(asked, dict) or set(asked) != {"kind", "layer", "head", "at", "of"}:
        return None
    numbers = {name: asked[name] for name in ("layer", "head", "at", "of")}
    kind = asked["kind"]
    if (
        not isinstance(kind, str)
        or kind not in KINDS
        or any(type(each) is not int for each in numbers.values())
    ):
        return None
    limits = {
        "layer": config.n_layers,
        "head": config.n_heads,
        "at": n_tokens,
        "of": _columns(kind, config, n_tokens),
    }
    if not all(0 <= numbers[name] < limit for name, limit in limits.items()):
        return None
    if kind in ("score", "weight") and numbers["of"] > numbers["at"]:
        return None
    return Place(kind, **numbers)


def _columns(kind: str, config: ModelConfig, n_tokens: int) -> int:
    return {
        "query": config.head_size,
        "key": config.head_size,
        "value": config.head_size,
        "score": n_tokens,
        "weight": n_tokens,
        "mixed": config.n_heads * config.head_size,
        "hidden": config.n_hidden,
        "logit": config.n_vocab,
        "probability": config.n_vocab,
    }.get(kind, config.n_channels)


def arithmetic(looked: Looked, inside: Inside, place: Place, off: Off, t: Words) -> dict[str, Any]:
    """One number with its ingredients, computed by torch and again by NumPy alone."""
    found = cell(arrays(looked, off), looked.config.to_dict(), inside.tokens, place)
    by_torch, largest = by_model(inside, place)
    apart = abs(by_torch - found.value)
    texts = [text.strip() for text in texts_of(looked.encoder, inside.tokens, t)]
    six = {"lang": t.lang, "digits": 5}
    return {
        "place": asdict(place),
        "title": _title(place, texts, looked, t),
        "formula": formula_of(place.kind, looked.config),
        "terms_title": t("glass.terms", n=whole(len(found.left), t.lang)),
        "terms": _terms(found, place, texts, t),
        "more": _more(found, t),
        "steps": [
            [_step(name, t), significant(value, **six)] for name, value in found.steps.items()
        ],
        "by_torch": significant(by_torch, **six),
        "apart": significant(apart, t.lang, 2),
        "same": bool(apart <= TOLERANCE * max(largest, 1e-12)),
    }


def arrays(looked: Looked, off: Off) -> dict[str, NDArray[Any]]:
    """The model's weights by name; what is switched off brings nothing, so its matrix is zero."""
    found = {name: each.numpy() for name, each in looked.model.state_dict().items()}
    size = looked.config.head_size
    for kind, layer, *head in off:
        matrix = "feedforward.down" if kind == "feedforward" else "attention.out"
        name = f"blocks.{layer}.{matrix}"
        columns = slice(int(head[0]) * size, (int(head[0]) + 1) * size) if head else slice(None)
        found[f"{name}.weight"] = found[f"{name}.weight"].copy()
        found[f"{name}.weight"][:, columns] = 0.0
        if not head and f"{name}.bias" in found:
            found[f"{name}.bias"] = np.zeros_like(found[f"{name}.bias"])
    return found


def by_model(inside: Inside, place: Place) -> tuple[float, float]:
    """The number as the model computed it, and the largest of the tensor that it stands in."""
    block, at, of = inside.blocks[place.layer], place.at, place.of
    shared = place.head * len(block.keys) // len(block.queries)
    if place.kind == "score":
        size = block.queries.shape[-1]
        scores = block.queries[place.head] @ block.keys[shared].T / size**0.5  # (T, T)
        if inside.config.positions == "alibi":
            slope = alibi_slopes(inside.config.n_heads)[place.head]
            scores = (
                scores + distance_penalty(torch.tensor([slope]), torch.arange(len(scores)))[0, 0]
            )
        return float(scores[at, of]), float(scores.abs().max())
    tensor = {
        "embedding": lambda: inside.embedding,
        "query": lambda: block.queries[place.head],
        "key": lambda: block.keys[shared],
        "value": lambda: block.values[shared],
        "weight": lambda: block.weights[place.head],
        "final": lambda: inside.final,
        "logit": lambda: inside.logits,
        "probability": lambda: inside.logits.softmax(-1),
    }.get(place.kind, lambda: getattr(block, place.kind))()
    return float(tensor[at, of]), float(tensor.abs().max())


def _title(place: Place, texts: Sequence[str], looked: Looked, t: Words) -> str:
    name, token = names_of(t)[place.kind], texts[place.at]
    where = t("glass.in_block", n=place.layer + 1)
    in_head = t("glass.in_head", n=place.layer + 1, head=place.head + 1)
    if place.kind in ("score", "weight"):
        return t("glass.title_pair", name=name, token=token, other=texts[place.of], place=in_head)
    if place.kind in ("logit", "probability"):
        word = texts_of(looked.encoder, [place.of], t)[0].strip()
        return t("glass.title_word", name=name, word=word, token=token)
    if place.kind == "embedding":
        where = t("glass.at_start")
    elif place.kind in ("query", "key", "value"):
        where = in_head
    n = whole(place.of + 1, t.lang)
    return t("glass.title_number", name=name, token=token, n=n, place=where)


def _terms(found: Cell, place: Place, texts: Sequence[str], t: Words) -> list[list[str]]:
    products = found.left * found.right
    largest = np.argsort(-np.abs(products), kind="stable")[:N_TERMS]
    return [
        [
            texts[n] if place.kind in BY_TOKEN else t("glass.number", n=whole(n + 1, t.lang)),
            significant(float(found.left[n]), t.lang, 4),
            significant(float(found.right[n]), t.lang, 4),
            significant(float(products[n]), t.lang, 4),
        ]
        for n in largest
    ]


def _more(found: Cell, t: Words) -> list[str] | None:
    n_more = len(found.left) - N_TERMS
    if n_more <= 0:
        return None
    products = found.left * found.right
    largest = np.argsort(-np.abs(products), kind="stable")[:N_TERMS]
    rest = float(products.sum() - products[largest].sum())
    return [t("glass.more_terms", n=whole(n_more, t.lang)), significant(rest, t.lang, 4)]


def _step(name: str, t: Words) -> str:
    return {
        "table": t("glass.step_table"),
        "position": t("glass.step_position"),
        "sum": t("glass.step_sum"),
        "stream": t("glass.step_stream"),
        "mean": t("glass.step_mean"),
        "size": t("glass.step_size"),
        "scaled": t("glass.step_scaled"),
        "gain": t("glass.step_gain"),
        "bias": t("glass.step_bias"),
        "result": t("glass.step_result"),
        "product": t("glass.step_product"),
        "normalised": t("glass.step_normalised"),
        "partner": t("glass.step_partner"),
        "angle": t("glass.step_angle"),
        "turned": t("glass.step_turned"),
        "slope": t("glass.step_slope"),
        "distance": t("glass.step_distance"),
        "lowered": t("glass.step_lowered"),
        "gate": t("glass.step_gate"),
        "neuron": t("glass.step_neuron"),
        "added": t("glass.step_added"),
        "score": t("glass.step_score"),
        "largest": t("glass.step_largest"),
        "power": t("glass.step_power"),
        "total": t("glass.step_total"),
        "share": t("glass.step_share"),
    }[name]


def names_of(t: Words) -> dict[str, str]:
    """What every kind of number is called."""
    return {
        "embedding": t("glass.name_embedding"),
        "attention_input": t("glass.name_attention_input"),
        "query": t("glass.name_query"),
        "key": t("glass.name_key"),
        "value": t("glass.name_value"),
        "score": t("glass.name_score"),
        "weight": t("glass.name_weight"),
        "mixed": t("glass.name_mixed"),
        "attention_output": t("glass.name_attention_output"),
        "middle": t("glass.name_middle"),
        "feedforward_input": t("glass.name_feedforward_input"),
        "hidden": t("glass.name_hidden"),
        "feedforward_output": t("glass.name_feedforward_output"),
        "after": t("glass.name_after"),
        "final": t("glass.name_final"),
        "logit": t("glass.name_logit"),
        "probability": t("glass.name_probability"),
    }


FORMULAS: Final = {
    "embedding": "x₀[t, c] = E[token, c]",
    "attention_input": "x̂ = x / √(mean(x²) + ε) · g",
    "query": "q = norm(W_Q x̂)",
    "key": "k = norm(W_K x̂)",
    "value": "v = W_V x̂",
    "score": "s = q · k / √D",
    "weight": "w = e^s / Σ e^s",
    "mixed": "z = Σ_j w_j · v_j",
    "attention_output": "a = W_O z",
    "middle": "x' = x + a",
    "feedforward_input": "x̂' = x' / √(mean(x'²) + ε) · g",
    "hidden": "h = f(W_up x̂')",
    "feedforward_output": "m = W_down h",
    "after": "x'' = x' + m",
    "final": "x̂ = x / √(mean(x²) + ε) · g",
    "logit": "z = x̂ · E[word]",
    "probability": "p = e^z / Σ e^z",
}
"""In the letters of the field; what norm and f are is the model's choice."""
POSITIONED: Final = {
    ("learned", "embedding"): "x₀[t, c] = E[token, c] + P[t, c]",
    ("sinusoidal", "embedding"): "x₀[t, c] = E[token, c] + sin(t / 10000^(c/C))",
    ("rotary", "query"): "q = RoPE(norm(W_Q x̂))",
    ("rotary", "key"): "k = RoPE(norm(W_K x̂))",
    ("alibi", "score"): "s = q · k / √D − m · (i − j)",
}
"""Where an encoding of positions comes in; sinusoids are cosines in every second number."""


def formula_of(kind: str, config: ModelConfig) -> str:
    """How a number is computed, with the model's own encoding of positions."""
    return POSITIONED.get((config.positions, kind), FORMULAS[kind])
