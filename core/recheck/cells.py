"""Any single number inside a transformer, with all that it is computed from: NumPy alone, float64.

A number inside is a sum of products, a share, or a short chain of both. `cell` computes it again
from the text onwards and keeps its ingredients, so that a reader can follow it by hand.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.recheck.transformer import (
    Array,
    Config,
    Forward,
    Weights,
    forward,
    sinusoids,
    slope,
    softmax,
)


@dataclass(frozen=True)
class Place:
    """Which number is meant; all indices count from 0.

    Args:
        kind: one of KINDS.
        layer: the block; for kinds outside the blocks it is ignored.
        head: the attention head, for "query", "key", "value", "score" and "weight".
        at: the token whose number it is: the row.
        of: the column: a channel, a neuron, the token looked at, or a token of the vocabulary.
    """

    kind: str
    at: int
    of: int
    layer: int = 0
    head: int = 0


@dataclass(frozen=True)
class Cell:
    """A number and its ingredients.

    Args:
        value: the number.
        left, right: (n,) factors of the products that are summed first; empty where there are none.
        steps: what is done then, in order: name -> intermediate number. The last one is `value`.
    """

    value: float
    left: Array
    right: Array
    steps: Mapping[str, float] = field(default_factory=dict)


def cell(weights: Weights, config: Config, tokens: Sequence[int], place: Place) -> Cell:
    """One number, computed again from the tokens.

    Raises:
        ValueError: there is no such kind.
        IndexError: there is no such layer, head, token or column.
    """
    if place.kind not in KINDS:
        raise ValueError(f"{place.kind!r} is no kind of number")
    if not 0 <= place.at < len(tokens):
        raise IndexError(f"token {place.at} of {len(tokens)}")
    # No token looks ahead, so nothing after `at` plays a part.
    seen = forward(weights, config, tokens[: place.at + 1])
    return KINDS[place.kind](seen, weights, config, tokens, place)


def _embedding(
    seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
) -> Cell:
    row = _array(weights, "token_embedding.weight")[tokens[place.at]]
    steps = {"table": float(row[place.of])}
    if config["positions"] == "learned":
        position = _array(weights, "position_embedding.weight")[place.at, place.of]
        steps["position"] = float(position)
        steps["sum"] = float(row[place.of] + position)
    if config["positions"] == "sinusoidal":
        position = sinusoids(place.at + 1, len(row))[place.at, place.of]
        steps["position"] = float(position)
        steps["sum"] = float(row[place.of] + position)
    return _chain(steps)


def _norm_of(
    read: Callable[[Forward, Place], Array], name: str
) -> Callable[[Forward, Weights, Config, Sequence[int], Place], Cell]:
    def normalised(
        seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
    ) -> Cell:
        layer = name.format(place.layer)
        x = read(seen, place)  # (C,)
        gain = float(_array(weights, f"{layer}.weight")[place.of])
        steps = {"stream": float(x[place.of])}
        if config["norm"] == "layer":
            steps["mean"] = float(x.mean())
            x = x - x.mean()
        size = math.sqrt(float((x**2).mean()) + config["norm_eps"])
        steps |= {"size": size, "scaled": float(x[place.of]) / size, "gain": gain}
        result = steps["scaled"] * gain
        if f"{layer}.bias" in weights:
            steps["bias"] = float(_array(weights, f"{layer}.bias")[place.of])
            result += steps["bias"]
        return _chain({**steps, "result": result})

    return normalised


def _projected(
    kind: str,
) -> Callable[[Forward, Weights, Config, Sequence[int], Place], Cell]:
    def vector(
        seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
    ) -> Cell:
        name, head = f"blocks.{place.layer}.attention", seen.heads[place.layer][place.head]
        x = seen.parts[place.layer]["attention_input"][place.at]  # (C,)
        size = head.queries.shape[1]  # D
        n_heads, n_kv_heads = config["n_heads"], config["n_kv_heads"]
        shared = place.head * n_kv_heads // n_heads
        first = {
            "query": place.head,
            "key": n_heads + shared,
            "value": n_heads + n_kv_heads + shared,
        }[kind] * size
        rows = slice(first, first + size)
        matrix = _array(weights, f"{name}.qkv.weight")[rows]  # (D, C)
        raw = matrix @ x  # (D,)
        steps = {"product": float(raw[place.of])}
        if f"{name}.qkv.bias" in weights:
            raw = raw + _array(weights, f"{name}.qkv.bias")[rows]
            steps["bias"] = float(raw[place.of])
        if kind != "value":
            if config["qk_norm"]:
                gain = _array(weights, f"{name}.{kind}_norm.weight")
                raw = raw / math.sqrt(float((raw**2).mean()) + config["norm_eps"]) * gain
                steps["normalised"] = float(raw[place.of])
            if config["positions"] == "rotary":
                half = size // 2
                partner = raw[(place.of + half) % size] * (-1 if place.of < half else 1)
                pair = place.of % half
                angle = place.at * float(config["rope_base"]) ** (-pair / half)
                if config.get("rope_divisors"):
                    angle /= config["rope_divisors"][pair]
                steps["partner"] = float(partner)
                steps["angle"] = angle
                turned = raw[place.of] * math.cos(angle) + partner * math.sin(angle)
                steps["turned"] = float(turned)
        return _chain(steps, x, matrix[place.of])

    return vector


def _score(
    seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
) -> Cell:
    head = seen.heads[place.layer][place.head]
    q, k = head.queries[place.at], head.keys[place.of]
    product = float(q @ k)
    steps = {"product": product, "scaled": product / math.sqrt(len(q))}
    if config["positions"] == "alibi":
        steps["slope"] = slope(place.head, config["n_heads"])
        steps["distance"] = float(place.at - place.of)
        steps["lowered"] = steps["scaled"] - steps["slope"] * steps["distance"]
    return _chain(steps, q, k)


def _weight(
    seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
) -> Cell:
    scores = seen.heads[place.layer][place.head].scores[place.at]  # (at + 1,)
    return _share(scores, place.of)


def _mixed(
    seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
) -> Cell:
    heads = seen.heads[place.layer]
    head, channel = divmod(place.of, heads[0].values.shape[1])
    shares, values = heads[head].weights[place.at], heads[head].values[:, channel]
    return _chain({"sum": float(shares @ values)}, shares, values)


def _linear_of(
    read: str, name: str
) -> Callable[[Forward, Weights, Config, Sequence[int], Place], Cell]:
    def product(
        seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
    ) -> Cell:
        x = seen.parts[place.layer][read][place.at]
        matrix = name.format(place.layer)
        row = _array(weights, f"{matrix}.weight")[place.of]
        steps = {"product": float(x @ row)}
        if f"{matrix}.bias" in weights:
            bias = float(_array(weights, f"{matrix}.bias")[place.of])
            steps["bias"] = steps["product"] + bias
        return _chain(steps, x, row)

    return product


def _neuron(
    seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
) -> Cell:
    below = _linear_of("feedforward_input", "blocks.{}.feedforward.up")
    up = below(seen, weights, config, tokens, place)
    steps, part = dict(up.steps), seen.parts[place.layer]
    if "gate" in part:
        steps["gate"] = float(part["gate"][place.at, place.of])
    steps["neuron"] = float(part["hidden"][place.at, place.of])
    return _chain(steps, up.left, up.right)


def _sum_of(
    before: Callable[[Forward, Place], Array], added: str
) -> Callable[[Forward, Weights, Config, Sequence[int], Place], Cell]:
    def total(
        seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
    ) -> Cell:
        stream = float(before(seen, place)[place.of])
        more = float(seen.parts[place.layer][added][place.at, place.of])
        return _chain({"stream": stream, "added": more, "sum": stream + more})

    return total


def _logit(
    seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
) -> Cell:
    row = _output(weights, config)[place.of]
    final = seen.final[place.at]
    return _chain({"product": float(final @ row)}, final, row)


def _probability(
    seen: Forward, weights: Weights, config: Config, tokens: Sequence[int], place: Place
) -> Cell:
    found = _logit(seen, weights, config, tokens, place)
    share = _share(seen.logits[place.at], place.of)
    return _chain({**found.steps, **share.steps}, found.left, found.right)


def _share(scores: Array, of: int) -> Cell:
    """One share of a softmax; subtracting the largest score changes nothing and avoids overflow."""
    largest = float(scores.max())
    power = math.exp(float(scores[of]) - largest)
    total = float(np.exp(scores - largest).sum())
    steps = {
        "score": float(scores[of]),
        "largest": largest,
        "power": power,
        "total": total,
        "share": float(softmax(scores)[of]),
    }
    return _chain(steps)


def _chain(
    steps: Mapping[str, float], left: Array | None = None, right: Array | None = None
) -> Cell:
    nothing: NDArray[np.float64] = np.zeros(0)
    value = list(steps.values())[-1]
    return Cell(
        value, nothing if left is None else left, nothing if right is None else right, steps
    )


def _stream_before(seen: Forward, place: Place) -> Array:
    return np.asarray(seen.residuals[place.layer][place.at])


def _stream_between(seen: Forward, place: Place) -> Array:
    return np.asarray(seen.parts[place.layer]["middle"][place.at])


def _stream_last(seen: Forward, place: Place) -> Array:
    return np.asarray(seen.residuals[-1][place.at])


def _output(weights: Weights, config: Config) -> Array:
    return _array(weights, "token_embedding.weight" if config["tied"] else "unembedding.weight")


def _array(weights: Weights, name: str) -> Array:
    return np.asarray(weights[name], dtype=np.float64)


KINDS: Final[dict[str, Callable[[Forward, Weights, Config, Sequence[int], Place], Cell]]] = {
    "embedding": _embedding,
    "attention_input": _norm_of(_stream_before, "blocks.{}.attention_norm"),
    "query": _projected("query"),
    "key": _projected("key"),
    "value": _projected("value"),
    "score": _score,
    "weight": _weight,
    "mixed": _mixed,
    "attention_output": _linear_of("mixed", "blocks.{}.attention.out"),
    "middle": _sum_of(_stream_before, "attention_output"),
    "feedforward_input": _norm_of(_stream_between, "blocks.{}.feedforward_norm"),
    "hidden": _neuron,
    "feedforward_output": _linear_of("hidden", "blocks.{}.feedforward.down"),
    "after": _sum_of(_stream_between, "feedforward_output"),
    "final": _norm_of(_stream_last, "final_norm"),
    "logit": _logit,
    "probability": _probability,
}
"""Every kind of number in a transformer, in the order in which they come about."""
