"""Forgetting: what a model could do before it was taught to answer, and what is left of it after.

Two measures, both on plain text and both without a question: how well it still expects held-out
text of its training, and whether the sentences it writes of its own accord are still grammatical
and true of the town.

Source: McCloskey and Cohen 1989, "Catastrophic Interference in Connectionist Networks".
"""

from collections.abc import Generator, Mapping
from functools import partial
from typing import Any

from core.architecture.transformer import Transformer
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings
from core.training.parts import evenly, in_parts
from core.training.text.evaluation import (
    DrawnText,
    WorldJudge,
    draw_in_pieces,
    mean_loss,
    n_texts_for,
    validation_sequences,
)


class PlainText:
    """The same held-out text and the same draws at every look, so that looks can be compared.

    Args:
        encoder: between tokens and text.
        dataset: its held-out part is read.
        world: settings of the small world it was told from; None: only the loss is measured.
        n_sequences: of held-out text.
        n_sentences: of the model's own that are judged; 0: none.
        n_parts: in which held-out text is read.
        seed: of the draws.
    """

    def __init__(
        self,
        encoder: Encoder,
        dataset: Dataset,
        world: Mapping[str, Any] | None,
        n_sequences: int = 32,
        n_sentences: int = 60,
        n_parts: int = 1,
        seed: int = 0,
    ) -> None:
        self.encoder, self.dataset = encoder, dataset
        self.n_sequences, self.n_sentences, self.seed = n_sequences, n_sentences, seed
        self.n_parts = n_parts
        # What was copied is no question here: the judge is given no text to find it in.
        self.judge = WorldJudge(WorldSettings(**world), ()) if world and n_sentences else None

    def bits_per_byte(self, model: Transformer) -> float | None:
        """Surprise on held-out text, in bits per byte; None if nothing was held out."""
        n_context = model.config.n_context
        sequences = validation_sequences(self.dataset, self.n_sequences, n_context)
        if not len(sequences):
            return None
        parts = [sequences[rows] for rows in evenly(len(sequences), self.n_parts)]
        losses = in_parts(partial(mean_loss, model), parts)
        nats = sum(
            loss * (len(part) / len(sequences)) for loss, part in zip(losses, parts, strict=True)
        )
        return self.dataset.bits_per_byte(nats, "validation")

    def looking(self, model: Transformer) -> Generator[str | None, None, dict[str, float | int]]:
        """One whole look; pauses at every `yield`, so that others can take their turn.

        Returns:
            bits_per_byte and, of the small world, n_sentences, grammatical_share, n_checkable and
            true_share; each only where it could be measured.
        """
        found: dict[str, float | int] = {}
        yield "reading"
        bits = self.bits_per_byte(model)
        if bits is not None:
            found["bits_per_byte"] = bits
        if self.judge is None:
            return found
        yield None
        texts: list[DrawnText] = []
        for drawn in draw_in_pieces(model, self.encoder, self.seed):
            if drawn is None:
                yield None
            else:
                texts.append(drawn)
            if len(texts) == n_texts_for(self.n_sentences):
                break
        written = self.judge.judge(texts, self.n_sentences)
        found["n_sentences"] = written.n_sentences
        found["grammatical_share"] = written.grammatical_share
        found["n_checkable"] = written.n_checkable
        if written.n_checkable:
            found["true_share"] = written.true_share
        return found
