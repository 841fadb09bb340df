"""The transformer computed a second time: NumPy alone, float64, straight from the papers.

Written to be checked, not to be fast, and to share nothing with the model it checks: no step is
imported, one head at a time, rotations as complex numbers. Every result keeps its ingredients.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = Mapping[str, NDArray[Any]]
"""the model's arrays by name, of any float type; widened to float64, which is exact"""
Config = Mapping[str, Any]
"""the model's config as plain values"""


@dataclass
class Head:
    """One head's attention, from its inputs to its result."""

    queries: Array
    """(T, D) as compared: after norm and rotation"""
    keys: Array
    """(T, D) as compared: after norm and rotation"""
    values: Array
    """(T, D)"""
    scores: Array
    """(T, T) queries . keys / sqrt(D), with ALiBi less slope . distance; minus infinity
    where a token would be looking ahead"""
    weights: Array
    """(T, T) softmax of the scores, row by row; every row sums to 1"""


@dataclass
class Forward:
    """A whole forward pass over one text."""

    heads: list[list[Head]] = field(default_factory=list)
    """heads[layer][head]"""
    residuals: list[Array] = field(default_factory=list)
    """(T, C) the embedding, then the residual stream after every block"""
    parts: list[dict[str, Array]] = field(default_factory=list)
    """for every block, by name: attention_input, mixed, attention_output, middle,
    feedforward_input and feedforward_output (T, C); up, gate (if there is one) and hidden
    (T, hidden)"""
    final: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """(T, C) the last residual after the final norm"""
    logits: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """(T, V) the score of every token as the next token"""


@dataclass(frozen=True)
class AttentionCell:
    """One attention weight and everything it is computed from."""

    query: Array
    """(D,) query of the token looking"""
    keys: Array
    """(n, D) keys of all tokens it may look at: from the first to itself"""
    scores: Array
    """(n,) query . key / sqrt(D), with ALiBi less slope . distance"""
    weights: Array
    """(n,) exp(score) / sum of exp(scores)"""
    weight: float
    """the cell: weights[key]"""


@dataclass(frozen=True)
class ProbabilityCell:
    """The probability of one next token and everything it is computed from."""

    final: Array
    """(C,) the final residual stream of the last token"""
    token_row: Array
    """(C,) the token's row in the output table"""
    logits: Array
    """(V,) final . row, for every token"""
    tempered: Array
    """(V,) softmax(logits / temperature)"""
    after_top_k: Array
    """(V,) the k likeliest, renormalised to sum to 1"""
    after_top_p: Array
    """(V,) their nucleus, renormalised to sum to 1"""
    probability: float
    """the cell: after_top_p[token]"""


def attention_cell(
    weights: Weights,
    config: Config,
    tokens: Sequence[int],
    *,
    layer: int,
    head: int,
    query: int,
    key: int,
) -> AttentionCell:
    """How much token `query` looks at token `key` (key <= query) in one head, recomputed."""
    seen = forward(weights, config, tokens[: query + 1]).heads[layer][head]
    return AttentionCell(
        query=seen.queries[query],
        keys=seen.keys,
        scores=seen.scores[query],
        weights=seen.weights[query],
        weight=float(seen.weights[query, key]),
    )


def probability_cell(
    weights: Weights,
    config: Config,
    tokens: Sequence[int],
    token: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
    excluded: Array | None = None,
) -> ProbabilityCell:
    """The probability that `token` is drawn after `tokens`, recomputed.

    Args:
        excluded: (V,) True for every token that cannot be drawn, whatever its logit; None: none.
    """
    end = forward(weights, config, tokens)
    logits = end.logits[-1]
    if excluded is not None:
        logits = np.where(excluded, -np.inf, logits)
    tempered = temper(logits, temperature)
    after_top_k = tempered if top_k is None else keep_likeliest(tempered, top_k)
    after_top_p = keep_nucleus(after_top_k, top_p)
    return ProbabilityCell(
        final=end.final[-1],
        token_row=_output_table(weights, config)[token],
        logits=logits,
        tempered=tempered,
        after_top_k=after_top_k,
        after_top_p=after_top_p,
        probability=float(after_top_p[token]),
    )


def token_losses(weights: Weights, config: Config, tokens: Sequence[int]) -> Array:
    """(T - 1,) nats: minus the log-probability of every token but the first, T <= n_context."""
    logits = forward(weights, config, tokens[:-1]).logits  # (T - 1, V)
    return np.array(
        [-math.log(softmax(row)[token]) for row, token in zip(logits, tokens[1:], strict=True)]
    )


def forward(weights: Weights, config: Config, tokens: Sequence[int]) -> Forward:
    """The model on one text of T tokens, 1 <= T <= n_context, keeping every intermediate result.

    Source: Vaswani et al. 2017, arXiv:1706.03762, with the norm before each layer as in Radford
        et al. 2019 (GPT-2), section 2.3.
    """
    seen = Forward()
    x = _array(weights, "token_embedding.weight")[list(tokens)]  # (T, C)
    if config["positions"] == "learned":
        x = x + _array(weights, "position_embedding.weight")[: len(tokens)]
    if config["positions"] == "sinusoidal":
        x = x + sinusoids(len(tokens), x.shape[1])
    without = config.get("without", ())
    stays = 0.0 if "residual" in without else 1.0  # what a layer's answer is added to
    seen.residuals.append(x)
    for layer in range(config["n_layers"]):
        name = f"blocks.{layer}"
        part: dict[str, Array] = {}
        heads: list[Head] = []
        if "attention" not in without:
            part["attention_input"] = norm(x, weights, config, f"{name}.attention_norm")
            heads = attend(weights, config, name, part["attention_input"])
            part["mixed"] = np.concatenate([h.weights @ h.values for h in heads], axis=-1)
            part["attention_output"] = linear(part["mixed"], weights, f"{name}.attention.out")
            x = part["middle"] = stays * x + part["attention_output"]
        if "feedforward" not in without:
            part["feedforward_input"] = norm(x, weights, config, f"{name}.feedforward_norm")
            part |= neurons(part["feedforward_input"], weights, config, f"{name}.feedforward")
            part["feedforward_output"] = linear(part["hidden"], weights, f"{name}.feedforward.down")
            x = stays * x + part["feedforward_output"]
        seen.heads.append(heads)
        seen.parts.append(part)
        seen.residuals.append(x)
    seen.final = norm(x, weights, config, "final_norm")
    seen.logits = seen.final @ _output_table(weights, config).T  # (T, V)
    return seen


def attend(weights: Weights, config: Config, name: str, x: Array) -> list[Head]:
    """All heads of one layer on a normalised stream (T, C).

    Source: Vaswani et al. 2017, equation 1; Ainslie et al. 2023, arXiv:2305.13245 (shared keys).
    """
    n_heads, n_kv_heads = config["n_heads"], config["n_kv_heads"]
    size = config.get("n_head_channels") or config["n_channels"] // n_heads  # D
    columns = linear(x, weights, f"{name}.attention.qkv")  # (T, all queries, all keys, all values)
    slots = [columns[:, i : i + size] for i in range(0, columns.shape[1], size)]
    queries, rest = slots[:n_heads], slots[n_heads:]
    keys, values = rest[:n_kv_heads], rest[n_kv_heads:]

    heads = []
    for head in range(n_heads):
        shared = head * n_kv_heads // n_heads  # neighbouring heads share keys and values
        q, k = queries[head], keys[shared]
        if config["qk_norm"]:
            q = rms_norm(q, _array(weights, f"{name}.attention.query_norm.weight"), config)
            k = rms_norm(k, _array(weights, f"{name}.attention.key_norm.weight"), config)
        if config["positions"] == "rotary":
            divisors = config.get("rope_divisors") or 1.0
            q = rotate(q, config["rope_base"], divisors)
            k = rotate(k, config["rope_base"], divisors)
        scores = q @ k.T / math.sqrt(size)  # (T, T)
        if config["positions"] == "alibi":
            place = np.arange(len(scores))
            scores = scores - slope(head, n_heads) * (place[:, None] - place[None, :])
        scores[np.triu_indices(len(scores), 1)] = -np.inf  # no token looks ahead
        heads.append(Head(q, k, values[shared], scores, np.stack([softmax(r) for r in scores])))
    return heads


def slope(head: int, n_heads: int) -> float:
    """By how much a head's score falls with every token of distance; heads count from 0.

    Source: Press et al. 2021, arXiv:2108.12409, section 3, and the authors' code for a number of
        heads that is no power of two.
    """
    even = 2 ** int(math.log2(n_heads))
    if head < even:
        return float(2 ** (-8 * (head + 1) / even))
    return float(2 ** (-4 * (2 * (head - even) + 1) / even))


def sinusoids(n_tokens: int, n_channels: int) -> Array:
    """(T, C): the sine of an angle in every even channel, its cosine in the one after it.

    Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
    """
    table = np.zeros((n_tokens, n_channels))
    for i in range(n_channels // 2):
        angle = np.arange(n_tokens) / 10_000 ** (2 * i / n_channels)
        table[:, 2 * i], table[:, 2 * i + 1] = np.sin(angle), np.cos(angle)
    return table


def feedforward(x: Array, weights: Weights, config: Config, name: str) -> Array:
    """(T, C) -> (T, C), each token independently."""
    return linear(neurons(x, weights, config, name)["hidden"], weights, f"{name}.down")


def neurons(x: Array, weights: Weights, config: Config, name: str) -> dict[str, Array]:
    """Up, gate (if there is one) and hidden, (T, hidden) each: before and after the nonlinearity.

    Source: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2, tanh form; So et al. 2021,
        arXiv:2109.08668, section 3; Shazeer 2020, arXiv:2002.05202, equation 5.
    """
    up = linear(x, weights, f"{name}.up")
    if config["activation"] == "gelu":
        inner = math.sqrt(2 / math.pi) * (up + 0.044715 * up**3)
        return {"up": up, "hidden": 0.5 * up * (1 + np.tanh(inner))}
    if config["activation"] == "squared_relu":
        return {"up": up, "hidden": np.maximum(up, 0) ** 2}
    gate = linear(x, weights, f"{name}.gate")
    return {"up": up, "gate": gate, "hidden": gate / (1 + np.exp(-gate)) * up}


def rotate(x: Array, base: float, divisors: Sequence[float] | float = 1.0) -> Array:
    """Rotate every pair of channels by its angle, as a complex product; (T, D) -> (T, D).

    Args:
        divisors: how many times slower than the paper each pair rotates, (D/2,) or one for all.

    Source: Su et al. 2021, arXiv:2104.09864, equation 13; channel i pairs with i + D/2.
    """
    half = x.shape[1] // 2
    speeds = base ** (-np.arange(half) / half) / np.asarray(divisors)  # (D/2,) radians per token
    turns = np.exp(1j * np.outer(np.arange(len(x)), speeds))  # (T, D/2)
    turned = (x[:, :half] + 1j * x[:, half:]) * turns
    return np.concatenate([turned.real, turned.imag], axis=1)


def norm(x: Array, weights: Weights, config: Config, name: str) -> Array:
    """LayerNorm (arXiv:1607.06450, equation 4) or RMSNorm (arXiv:1910.07467, equation 4)."""
    if "norm" in config.get("without", ()):
        return x
    gain = _array(weights, f"{name}.weight")
    if config["norm"] == "rms":
        return rms_norm(x, gain, config)
    centred = x - x.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + config["norm_eps"])
    bias = _array(weights, f"{name}.bias") if f"{name}.bias" in weights else 0.0
    return np.asarray(scaled * gain + bias)


def rms_norm(x: Array, gain: Array, config: Config) -> Array:
    """x divided by its root mean square, times one gain per channel."""
    return np.asarray(x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + config["norm_eps"]) * gain)


def linear(x: Array, weights: Weights, name: str) -> Array:
    """x W^T + b, if the layer has a bias."""
    out = x @ _array(weights, f"{name}.weight").T
    return out + _array(weights, f"{name}.bias") if f"{name}.bias" in weights else out


def softmax(scores: Array) -> Array:
    """exp(score) / sum of exp(scores); (n,) -> (n,). Subtracting the largest changes nothing."""
    exponentials = np.exp(scores - scores.max())
    return np.asarray(exponentials / exponentials.sum())


def temper(logits: Array, temperature: float) -> Array:
    """softmax(logits / temperature), (V,); temperature 0 puts everything on the likeliest token."""
    if temperature == 0.0:
        return np.asarray(np.eye(len(logits))[int(logits.argmax())])
    return softmax((logits - logits.max()) / temperature)


def keep_likeliest(probs: Array, k: int) -> Array:
    """The k likeliest tokens and any tied with the k-th, renormalised to sum to 1; (V,)."""
    least = sorted(probs, reverse=True)[min(k, len(probs)) - 1]
    kept = np.where(probs >= least, probs, 0.0)
    return np.asarray(kept / kept.sum())


def keep_nucleus(probs: Array, top_p: float) -> Array:
    """The likeliest tokens until their mass reaches top_p, renormalised to sum to 1; (V,).

    Source: Holtzman et al. 2020, arXiv:1904.09751, equation 2.
    """
    if top_p == 1.0:
        return probs.copy()
    kept, mass = np.zeros_like(probs), 0.0
    for token in np.argsort(-probs, kind="stable"):
        kept[token] = probs[token]
        mass += probs[token]
        if mass >= top_p:
            break
    return np.asarray(kept / kept.sum())


def _output_table(weights: Weights, config: Config) -> Array:
    """(V, C) one row per token; the same table as the embedding if the two are tied."""
    return _array(weights, "token_embedding.weight" if config["tied"] else "unembedding.weight")


def _array(weights: Weights, name: str) -> Array:
    return np.asarray(weights[name], dtype=np.float64)
