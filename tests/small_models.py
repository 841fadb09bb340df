"""Models so small that a test draws from them in milliseconds."""

from core.architecture.config import ModelConfig


def small_config(n_vocab: int, n_context: int = 64) -> ModelConfig:
    """One layer of 32 channels."""
    return ModelConfig(
        n_vocab=n_vocab,
        n_context=n_context,
        n_layers=1,
        n_heads=2,
        n_kv_heads=2,
        n_channels=32,
        n_hidden=64,
    )
