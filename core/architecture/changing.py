"""Changing a model while it reads: parts switched off, values put in from another text.

What changes in the answer shows what a part is for: cause, where attention shows only a look.
"""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.utils.hooks import RemovableHandle

from core.architecture.transformer import Transformer
from core.errors import SettingError


@dataclass(frozen=True)
class HeadOff:
    """One attention head brings nothing.

    Source: Michel et al. 2019, "Are Sixteen Heads Really Better than One?", arXiv:1905.10650.
    """

    layer: int
    head: int


@dataclass(frozen=True)
class AttentionOff:
    """A block's attention adds nothing to the residual stream."""

    layer: int


@dataclass(frozen=True)
class FeedForwardOff:
    """A block's feed-forward layer adds nothing to the residual stream."""

    layer: int


@dataclass(frozen=True, eq=False)
class Patched:
    """The residual stream of one token is replaced by another one.

    Args:
        after: 0: what enters the first block; n: what leaves block n.
        at: which token, from 0.
        stream: (C,) what is put there, usually from another text.

    Source: Meng et al. 2022, "Locating and Editing Factual Associations in GPT", arXiv:2202.05262,
        section 2.1.
    """

    after: int
    at: int
    stream: Tensor


Change = HeadOff | AttentionOff | FeedForwardOff | Patched


@contextmanager
def changed(model: Transformer, changes: Collection[Change]) -> Iterator[Transformer]:
    """A model like this one with these changes; it shares the weights, and nothing else.

    The model itself stays as it is, since others may be reading with it at the same time.

    Raises:
        SettingError: there is no such layer, head or token.
    """
    if not changes:
        yield model
        return
    with ExitStack() as stack:
        own = sharing_weights(model)
        for change in changes:
            _check(own, change)
            stack.callback(_made(own, change).remove)
        yield own


def sharing_weights(model: Transformer) -> Transformer:
    """A model of its own whose weights are the very same tensors.

    Whoever hooks into a model works on such a one: the model itself may be read by others at the
    same time, and a hook would run in their pass, too.
    """
    own = Transformer(model.config, seed=None, device="meta")
    own.load_state_dict(model.state_dict(), assign=True)
    own.rotations, own.sinusoids, own.slopes = model.rotations, model.sinusoids, model.slopes
    return own.eval()


def reading_further(model: Transformer, n_context: int) -> Transformer:
    """A model with the same weights that reads longer texts than it was trained on.

    Args:
        model: trained on n_context tokens of its own; it is not changed.
        n_context: tokens that the other one reads at once.

    Raises:
        SettingError: learned positions are a table of exactly the trained context.
    """
    if model.config.positions == "learned" and n_context != model.config.n_context:
        limit = model.config.n_context
        raise SettingError(
            "n_context", n_context, f"learned positions are a table for {limit} tokens"
        )
    own = Transformer(replace(model.config, n_context=n_context), seed=None)
    own.load_state_dict(model.state_dict(), assign=True)
    return own.eval()


def _check(model: Transformer, change: Change) -> None:
    config = model.config
    if isinstance(change, Patched):
        _must_lie("after", change.after, config.n_layers + 1)
        _must_lie("at", change.at, config.n_context)
        return
    _must_lie("layer", change.layer, config.n_layers)
    if isinstance(change, HeadOff):
        _must_lie("head", change.head, config.n_heads)


def _must_lie(name: str, value: int, n: int) -> None:
    if not 0 <= value < n:
        raise SettingError(name, value, f"must lie in [0, {n - 1}]")


def _made(model: Transformer, change: Change) -> RemovableHandle:
    if isinstance(change, Patched):
        return _patched(model, change)
    block: Any = model.blocks[change.layer]
    if isinstance(change, HeadOff):
        size = model.config.head_size
        part = slice(change.head * size, (change.head + 1) * size)

        def without_head(_: object, given: tuple[Tensor]) -> tuple[Tensor]:
            """What the heads bring, without this one."""
            mixed = given[0].clone()  # (B, T, H * D)
            mixed[..., part] = 0.0
            return (mixed,)

        handle: RemovableHandle = block.attention.out.register_forward_pre_hook(without_head)
        return handle
    layer = block.attention if isinstance(change, AttentionOff) else block.feedforward

    def nothing(_: object, __: object, out: Tensor) -> Tensor:
        """Zeros instead of what the layer would add."""
        return torch.zeros_like(out)

    handle = layer.register_forward_hook(nothing)
    return handle


def _patched(model: Transformer, change: Patched) -> RemovableHandle:
    def put(stream: Tensor) -> Tensor:
        """The stream with the other vector at its place."""
        stream = stream.clone()  # (B, T, C)
        if change.at < stream.shape[1]:
            stream[:, change.at] = change.stream
        return stream

    if change.after == model.config.n_layers:
        final: Any = model.final_norm
        ends: RemovableHandle = final.register_forward_pre_hook(lambda _, given: (put(given[0]),))
        return ends
    block: Any = model.blocks[change.after]
    enters: RemovableHandle = block.register_forward_pre_hook(
        lambda _, given: (put(given[0]), *given[1:])
    )
    return enters
