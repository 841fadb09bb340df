"""Weights that have room and no values yet, for whoever sets them all.

torch's own ways of making them first import its compiler and a library for symbolic algebra, which
takes two or three seconds at the first model of every process.
"""

import torch
from torch import nn


def unset_table(n_rows: int, n_channels: int) -> nn.Embedding:
    """A table of vectors, (n_rows, n_channels), on the device of the surrounding context."""
    table: nn.Embedding = nn.Embedding.from_pretrained(  # type: ignore[no-untyped-call]
        torch.empty(n_rows, n_channels), freeze=False
    )
    return table


def give_room(model: nn.Module, device: str) -> None:
    """Memory for weights that were only shapes, as `nn.Module.to_empty` gives it.

    Args:
        model: on the device "meta"; changed in place.
        device: where its weights are to live; "meta" leaves them shapes.
    """
    for part in model.modules():
        for name, weight in part.named_parameters(recurse=False):
            room = torch.empty(weight.shape, dtype=weight.dtype, device=device)
            setattr(part, name, nn.Parameter(room))
