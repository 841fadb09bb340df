"""The encoder and model of the harness: random weights, unless the environment names files."""

import os
from pathlib import Path

from core.architecture.sizes import size_of
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder, train_bpe

TEXT = "Am Morgen ging Frau Lindner zum Markt. Sie kaufte drei Äpfel und ein Brot. 👩‍👧 "


def parts() -> tuple[Encoder, Transformer]:
    """The encoder and model that the harness writes with."""
    if "GLASSBOX_HARNESS_CHECKPOINT" in os.environ:
        encoder = Encoder.from_bytes(Path(os.environ["GLASSBOX_HARNESS_ENCODER"]).read_bytes())
        data = Path(os.environ["GLASSBOX_HARNESS_CHECKPOINT"]).read_bytes()
        return encoder, read_checkpoint(data)[0]
    encoder = train_bpe([TEXT * 4], 300)
    return encoder, Transformer(size_of("xs", encoder.n_vocab), seed=1)


ENCODER, MODEL = parts()
