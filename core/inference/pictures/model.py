"""A model that draws: its denoiser, the words it knows, and what it was trained to answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from core.architecture.pictures.denoiser import Denoiser, Words
from core.architecture.pictures.weights import read_denoiser
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import UnreadableWeights
from core.inference.pictures.schedules import OBJECTIVES, WAY_OF, Objective, Way


@dataclass(frozen=True)
class PictureModel:
    """All that is needed to draw.

    Args:
        denoiser: its weights.
        encoder: of captions.
        objective: what it answers: "velocity" or "noise".
    """

    denoiser: Denoiser
    encoder: CaptionEncoder
    objective: Objective = "velocity"

    @classmethod
    def from_bytes(cls, weights: bytes, encoder: bytes) -> "PictureModel":
        """A model from its two files.

        Raises:
            UnreadableWeights: the weights are damaged, or do not fit the encoder.
            InputError: the encoder is damaged.
        """
        denoiser, extra = read_denoiser(weights)
        words = CaptionEncoder.from_bytes(encoder)
        if words.n_words != denoiser.config.n_words:
            reason = f"they know {denoiser.config.n_words} words, not {words.n_words}"
            raise UnreadableWeights(
                f"the weights do not fit the vocabulary: {reason}", reason=reason
            )
        objective = extra.get("objective", "velocity")
        if objective not in OBJECTIVES:
            raise UnreadableWeights("the objective is unknown", reason=f"objective {objective!r}")
        return cls(denoiser, words, objective)

    @property
    def way(self) -> Way:
        """The way from picture to noise on which it learned."""
        return WAY_OF[self.objective]

    @property
    def size(self) -> int:
        """Side of its pictures in pixels."""
        return self.denoiser.config.size

    def rows(self, captions: Sequence[str]) -> Tensor:
        """Captions as ids: (B, L).

        Raises:
            TooLong: a caption has more words than the model can read.
        """
        return self.encoder.rows(captions, self.denoiser.config.n_caption)

    def read_words(self, captions: Sequence[str]) -> Words:
        """Captions as the picture's blocks read them."""
        return self.denoiser.read_words(self.rows(captions))
