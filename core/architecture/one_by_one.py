"""One change after the other, each on its own: every head switched off, every place patched.

Up to the change all is as in the plain pass, so every pass starts where its change is, from what
was kept there; the changes of one depth share a batch.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from core.architecture.block import Block
from core.architecture.inside import Inside
from core.architecture.transformer import Transformer


def answers_without_each_head(model: Transformer, inside: Inside) -> Iterator[Tensor]:
    """What the model says at the end when one attention head brings nothing, block by block.

    Args:
        inside: the text, read with everything on.

    Yields:
        (H, V) logits after the last token, one row for each head of a block that is off.

    Source: Michel et al. 2019, "Are Sixteen Heads Really Better than One?", arXiv:1905.10650.
    """
    for layer, read in enumerate(inside.blocks):
        yield _without_heads(model, layer, read.mixed, read.middle)


@torch.inference_mode()
def _without_heads(model: Transformer, layer: int, mixed: Tensor, middle: Tensor) -> Tensor:
    """(H, V) logits, each without one head of a block.

    Args:
        mixed: (T, H * D) what the heads of this block bring.
        middle: (T, C) the residual stream after its attention.
    """
    block = model.blocks[layer]
    assert isinstance(block, Block) and block.attention is not None
    assert block.feedforward is not None and block.feedforward_norm is not None
    size = model.config.head_size
    heads = mixed.reshape(len(mixed), -1, size)  # (T, H, D)
    writes = block.attention.out.weight.view(-1, model.config.n_heads, size)  # (C, H, D)
    brought = torch.einsum("thd,chd->htc", heads, writes)  # what each head adds to the stream
    stream = middle - brought  # (H, T, C)
    stream = stream + block.feedforward(block.feedforward_norm(stream))
    return _answers(model, stream, layer + 1)


@torch.inference_mode()
def patched_answers(
    model: Transformer, mine: Inside, streams: Sequence[Tensor], places: Sequence[int]
) -> Tensor:
    """What the model says at the end, with one place at one depth taken from another text.

    Args:
        mine: the text that is read, of T tokens, with everything on.
        streams: n_layers + 1 times (T, C), the other text's residual stream at every depth.
        places: which tokens are replaced, one at a time.

    Returns:
        (n_layers + 1, places, V) logits after the last token.

    Source: Meng et al. 2022, arXiv:2202.05262, section 2.1 (there: states of the clean run put
        into the corrupted one).
    """
    rows, at = torch.arange(len(places)), torch.tensor(list(places))
    found = []
    for after, (own, other) in enumerate(zip(mine.residuals, streams, strict=True)):
        stream = own.repeat(len(places), 1, 1)  # (places, T, C)
        stream[rows, at] = other[at]
        found.append(_answers(model, stream, after))
    return torch.stack(found)


def _answers(model: Transformer, stream: Tensor, layer: int) -> Tensor:
    """(B, V) logits after the last token, reading on from (B, T, C) streams that enter a block."""
    positions = torch.arange(stream.shape[1])
    rotation = model.rotation_at(positions, stream.dtype)
    penalty = model.penalty_at(positions)
    for block in model.blocks[layer:]:
        stream = block(stream, rotation, penalty=penalty)
    return model.score(model.final_norm(stream[:, -1]))
