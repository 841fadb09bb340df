"""Which part of a model pushed a word up or down: a logit as the sum of what every part adds.

Where `core.architecture.inside` keeps the values of a forward pass, this reads them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.architecture.block import Block
from core.architecture.changing import AttentionOff, HeadOff, Patched
from core.architecture.inside import Inside
from core.architecture.transformer import Transformer


@dataclass(frozen=True)
class Share:
    """What one part of the model adds to a logit.

    Args:
        part: "embedding", "attention" (one head), "attention_bias", "feedforward" or "norm_bias".
        layer: from 0; None outside the blocks.
        head: from 0, for "attention".
        logit: what it adds; all parts together give the logit.
    """

    part: str
    layer: int | None
    head: int | None
    logit: float


@torch.inference_mode()
def attribute(model: Transformer, inside: Inside, at: int, token: int) -> list[Share]:
    """Which part of the model pushed a token's logit up or down, and by how much.

    The residual stream is a sum: the embedding and what every head and every feed-forward layer
    adds. The final norm divides the whole sum by one number, so each part's share of the logit can
    be read off, and the shares add up to the logit. Computed in float64.

    Args:
        at: the token whose next one is asked for, from 0.
        token: whose logit.

    Returns:
        a share for every part that is on, in the order in which they add to the stream.

    Raises:
        ValueError: the stream was patched, so it is no sum of the parts.

    Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits",
        transformer-circuits.pub, "direct path"; Wang et al. 2022, arXiv:2211.00593, section 3.
    """
    config, norm = model.config, model.final_norm
    row = model.output_table[token].double()  # (C,)
    stream = inside.residuals[-1][at].double()  # (C,)
    weights = dict(norm.named_parameters())
    gain, is_centred = weights["weight"].double(), isinstance(norm, nn.LayerNorm)
    deviation = stream - stream.mean() if is_centred else stream
    scale = (deviation.square().mean() + config.norm_eps).sqrt()
    reads = gain * row / scale  # (C,) a part's share is its product with this
    if is_centred:
        reads = reads - reads.mean()  # the same as centring every part

    def share(added: Tensor) -> float:
        return float(added @ reads)

    off = set(inside.changes)
    if any(isinstance(change, Patched) for change in off):
        raise ValueError("a patched stream is no sum of its parts")
    # One place in memory for the weights of all blocks, one after the other, as float64.
    writes = row.new_empty(config.n_channels, config.n_heads * config.head_size)
    shares = [Share("embedding", None, None, share(inside.embedding[at].double()))]
    for layer, (block, each) in enumerate(zip(model.blocks, inside.blocks, strict=True)):
        assert isinstance(block, Block) and block.attention is not None
        out = block.attention.out
        brought = (reads @ writes.copy_(out.weight)) * each.mixed[at].double()  # (H * D,)
        for head, logit in enumerate(brought.view(-1, config.head_size).sum(-1).tolist()):
            if not {HeadOff(layer, head), AttentionOff(layer)} & off:
                shares.append(Share("attention", layer, head, logit))
        if out.bias is not None and AttentionOff(layer) not in off:
            shares.append(Share("attention_bias", layer, None, share(out.bias.double())))
        worked = share(each.feedforward_output[at].double())
        shares.append(Share("feedforward", layer, None, worked))
    if "bias" in weights:
        constant = float(weights["bias"].double() @ row)
        shares.append(Share("norm_bias", None, None, constant))
    return shares
