"""Our weights under the names, in the shapes and in the order of an architecture of transformers.

Values are only renamed, transposed, cut apart or repeated, or are zeros where we have none; no
number is changed.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.taking_home.equal_architecture import Equal


def their_weights(model: Transformer, equal: Equal) -> dict[str, Tensor]:
    """Every tensor that model.safetensors holds.

    Args:
        model: ours.
        equal: what `equal_architecture` found for its plan.

    Returns:
        name -> float32 tensor, contiguous; without the head of a tied model, which is its
        embedding.
    """
    ours = {name: weight.detach().float() for name, weight in model.state_dict().items()}
    if equal.positions:
        ours["position_embedding.weight"] = _positions(model)
    for module, width in _biases(model.config, equal):
        ours.setdefault(f"{module}.bias", torch.zeros(width))
    found: dict[str, Tensor] = {}
    for name, weight in ours.items():
        for theirs, part in _translated(name, weight, model.config, equal):
            found[theirs] = part.contiguous().clone()
    return found


def _positions(model: Transformer) -> Tensor:
    """The table that GPT-2 adds to the embeddings, (n_context, C)."""
    if model.position_embedding is not None:
        table: Tensor = model.position_embedding.weight.detach().float()
        return table
    if model.sinusoids is not None:
        return model.sinusoids.float()
    return torch.zeros(model.config.n_context, model.config.n_channels)


def _biases(config: ModelConfig, equal: Equal) -> Iterator[tuple[str, int]]:
    """Our modules that have a bias there, and how many numbers it holds."""
    heads = (config.n_heads + 2 * config.n_kv_heads) * config.head_size
    widths = {"attention.qkv": heads, "feedforward.up": config.n_hidden}
    for module in sorted(equal.biased):
        if module == "feedforward.gate" and config.activation != "swiglu":
            continue
        width = widths.get(module, config.n_channels)
        if module == "feedforward.gate":
            width = config.n_hidden
        if module == "final_norm":
            yield module, width
        else:
            yield from ((f"blocks.{i}.{module}", width) for i in range(config.n_layers))


def _translated(
    name: str, weight: Tensor, config: ModelConfig, equal: Equal
) -> Iterator[tuple[str, Tensor]]:
    """One of our weights as those of theirs that hold its rows."""
    before, module, kind = _parted(name)
    theirs = equal.names.modules[module]
    prefix = "" if module == "unembedding" else equal.prefix
    if before:
        prefix += equal.names.block.format(before)
    if module == "attention.qkv":
        weight = weight if equal.shares_heads else _own_heads(weight, config)
    rows = [weight]
    if len(theirs) > 1:  # queries, keys and values
        size = config.head_size
        n_rows = [n * size for n in (config.n_heads, config.n_kv_heads, config.n_kv_heads)]
        rows = list(torch.split(weight, n_rows))
    for their_name, part in zip(theirs, rows, strict=True):
        turned = kind == "weight" and module in equal.names.transposed
        yield f"{prefix}{their_name}.{kind}", part.t() if turned else part


def _parted(name: str) -> tuple[str, str, str]:
    """The block's number ("" outside of blocks), the module and "weight" or "bias"."""
    path, kind = name.rsplit(".", 1)
    if path.startswith("blocks."):
        _, number, module = path.split(".", 2)
        return number, module, kind
    return "", path, kind


def _own_heads(rows: Tensor, config: ModelConfig) -> Tensor:
    """Keys and values repeated, so that no head shares them any more.

    Args:
        rows: ((H + 2 KV) D, ...) of queries, keys and values.

    Returns:
        (3 H D, ...).
    """
    each, size = config.n_heads // config.n_kv_heads, config.head_size
    n_rows = [n * size for n in (config.n_heads, config.n_kv_heads, config.n_kv_heads)]
    queries, *shared = torch.split(rows, n_rows)
    own = [
        part.reshape(config.n_kv_heads, size, *part.shape[1:])
        .repeat_interleave(each, dim=0)
        .flatten(0, 1)
        for part in shared
    ]
    return torch.cat([queries, *own])
