"""How large a denoiser is before it exists; counts are exact and tested against real models."""

from core.architecture.pictures.clock import N_SWITCHES, N_WAVES
from core.architecture.pictures.config import DenoiserConfig


def parameters_by_part(config: DenoiserConfig) -> dict[str, int]:
    """Parameters of every part, summed over all blocks; together they are the whole model.

    Returns:
        Counts under the names "words" (table and positions), "text_blocks", "patches_in" (with
        positions), "clock", "self_attention", "cross_attention", "feedforward", "norms" (those
        with a gain of their own: before cross-attention and at the end) and "patches_out".
    """
    C, D, n = config.n_channels, config.head_size, config.n_blocks
    attention = 4 * C * C + 2 * D  # two gains for queries and keys
    feedforward = 2 * C * config.n_hidden
    text_block = attention + feedforward + 2 * C
    clock = 2 * N_WAVES * C + C + C * C + C + (C + 1) * N_SWITCHES * C
    return {
        "words": (config.n_words + config.n_caption) * C,
        "text_blocks": config.n_text_blocks * text_block + C,  # and the norm after them
        "patches_in": (config.patch_numbers + 1) * C + config.n_patches * C,
        "clock": clock + n * N_SWITCHES * C,  # and every block's offset
        "self_attention": n * attention,
        "cross_attention": n * attention,
        "feedforward": n * feedforward,
        "norms": (n + 1) * C,
        "patches_out": (C + 1) * config.patch_numbers,
    }


def n_parameters(config: DenoiserConfig) -> int:
    """The number of parameters of a denoiser with this config."""
    return sum(parameters_by_part(config).values())


def multiplications_by_part(config: DenoiserConfig) -> dict[str, int]:
    """Multiplications of one question about one picture, with the longest caption it can read.

    Counted are those of matrix products, as the field counts them; norms and activations are left
    out. Self-attention grows with the square of the number of patches.

    Returns:
        Counts under the names of `parameters_by_part`, but without "norms".
    """
    C, n, N, L = config.n_channels, config.n_blocks, config.n_patches, config.n_caption
    feedforward = 2 * C * config.n_hidden
    text_block = L * (4 * C * C + feedforward) + 2 * L * L * C
    return {
        "words": 0,  # rows are looked up
        "text_blocks": config.n_text_blocks * text_block,
        "patches_in": N * config.patch_numbers * C,
        "clock": 2 * N_WAVES * C + C * C + N_SWITCHES * C * C,
        "self_attention": n * (N * 4 * C * C + 2 * N * N * C),
        "cross_attention": n * ((2 * N + 2 * L) * C * C + 2 * N * L * C),
        "feedforward": n * N * feedforward,
        "patches_out": N * C * config.patch_numbers,
    }


def n_multiplications(config: DenoiserConfig) -> int:
    """The multiplications of one question about one picture."""
    return sum(multiplications_by_part(config).values())
