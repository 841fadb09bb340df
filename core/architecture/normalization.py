"""Normalisation: brings the numbers of one token to a common scale before a layer reads them."""

from torch import nn

from core.architecture.config import ModelConfig


def norm_for(config: ModelConfig) -> nn.Module:
    """The norm before every layer and at the end; (..., C) -> (..., C).

    LayerNorm subtracts the mean and divides by the standard deviation; RMSNorm only divides by the
    root mean square, which works as well with half the parameters. Both then scale every channel
    by a learned gain. In a model without norms the numbers pass unchanged.

    Source: Ba et al. 2016, "Layer Normalization", arXiv:1607.06450, equation 4;
        Zhang & Sennrich 2019, "Root Mean Square Layer Normalization", arXiv:1910.07467, equation 4.
    """
    if "norm" in config.without:
        return nn.Identity()
    if config.norm == "rms":
        return nn.RMSNorm(config.n_channels, eps=config.norm_eps)
    return nn.LayerNorm(config.n_channels, eps=config.norm_eps, bias=config.bias)


def head_norm_for(config: ModelConfig) -> nn.Module:
    """The norm of queries or of keys, with one gain shared by all heads; (..., D) -> (..., D).

    With it, attention scores can grow only through the learned gain, never because activations
    grew. That keeps attention from turning into a hard choice early in training.

    Source: Henry et al. 2020, "Query-Key Normalization for Transformers", arXiv:2010.04245. There
        vectors are scaled to length 1 and one learned scale; here RMSNorm, one gain per channel.
    """
    return nn.RMSNorm(config.head_size, eps=config.norm_eps)
