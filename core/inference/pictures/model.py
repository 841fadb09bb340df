"""A model that draws: its denoiser, the words it knows, and what it was trained to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from core.architecture.pictures.autoencoder import Autoencoder
from core.architecture.pictures.denoiser import Denoiser, Words
from core.architecture.pictures.weights import (
    WORDS_LEARNED,
    read_autoencoder,
    read_denoiser,
)
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import UnreadableWeights
from core.inference.pictures.schedules import OBJECTIVES, WAY_OF, Objective, Way

GUIDANCE: Final = "guidance"  # what a file calls it


@dataclass(frozen=True)
class PictureModel:
    """All that is needed to draw.

    Args:
        denoiser: its weights.
        encoder: of captions.
        objective: what it answers: "velocity" or "noise".
        words_learned: words of the encoder that only this model knows, from somebody's own
            captions; they travel in its file.
        guidance: the weight of the caption for which it was fine-tuned, above which it exaggerates
            what it learned; None: any.
        autoencoder: whose latents it draws; None if it draws pixels.
    """

    denoiser: Denoiser
    encoder: CaptionEncoder
    objective: Objective = "velocity"
    words_learned: tuple[str, ...] = ()
    guidance: float | None = None
    autoencoder: Autoencoder | None = None

    @classmethod
    def from_bytes(
        cls, weights: bytes, encoder: bytes, autoencoder: bytes | None = None
    ) -> "PictureModel":
        """A model from its files.

        Args:
            weights: of the denoiser.
            encoder: of captions.
            autoencoder: its weights, if the denoiser draws latents.

        Raises:
            UnreadableWeights: the weights are damaged, or do not fit the encoder, or each other.
            InputError: the encoder is damaged.
        """
        denoiser, extra = read_denoiser(weights)
        learned = _words_learned(extra)
        words = CaptionEncoder.from_bytes(encoder).with_words(learned)
        if words.n_words != denoiser.config.n_words:
            reason = f"they know {denoiser.config.n_words} words, not {words.n_words}"
            raise UnreadableWeights(
                f"the weights do not fit the vocabulary: {reason}", reason=reason
            )
        objective = extra.get("objective", "velocity")
        if objective not in OBJECTIVES:
            raise UnreadableWeights("the objective is unknown", reason=f"objective {objective!r}")
        first_stage = None if autoencoder is None else read_autoencoder(autoencoder)[0]
        if first_stage is not None:
            _check_latents(first_stage, denoiser)
        return cls(denoiser, words, objective, learned, _guidance(extra), first_stage)

    def about(self, **more: Any) -> dict[str, Any]:
        """What has to be written into the file of a model made from this one."""
        learned = {WORDS_LEARNED: list(self.words_learned)} if self.words_learned else {}
        guidance = {GUIDANCE: self.guidance} if self.guidance is not None else {}
        return {"objective": self.objective, **learned, **guidance, **more}

    @property
    def way(self) -> Way:
        """The way from picture to noise on which it learned."""
        return WAY_OF[self.objective]

    @property
    def size(self) -> int:
        """Side of what it draws: of its pictures in pixels, or of its latents in cells."""
        return self.denoiser.config.size

    @torch.no_grad()
    def shown(self, drawn: Tensor) -> Tensor:
        """What it has drawn as pictures, (B, 3, S, S): pixels as they are, latents decoded."""
        return drawn if self.autoencoder is None else self.autoencoder.decode(drawn)

    def rows(self, captions: Sequence[str]) -> Tensor:
        """Captions as ids: (B, L).

        Raises:
            TooLong: a caption has more words than the model can read.
        """
        return self.encoder.rows(captions, self.denoiser.config.n_caption)

    def read_words(self, captions: Sequence[str]) -> Words:
        """Captions as the picture's blocks read them."""
        return self.denoiser.read_words(self.rows(captions))


def _guidance(extra: Mapping[str, Any]) -> float | None:
    """The weight that a file names; it may come from anywhere."""
    found = extra.get(GUIDANCE)
    if found is None:
        return None
    if type(found) not in (int, float) or not 0.0 <= found <= 30.0:
        raise UnreadableWeights("its guidance is no weight", reason=f"guidance {found!r:.80}")
    return float(found)


def _words_learned(extra: Mapping[str, Any]) -> tuple[str, ...]:
    """The words that a file brings along; it may come from anywhere."""
    found = extra.get(WORDS_LEARNED, [])
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise UnreadableWeights("its own words are no words", reason=f"words {found!r:.80}")
    return tuple(found)


def _check_latents(autoencoder: Autoencoder, denoiser: Denoiser) -> None:
    """Refuse a denoiser of other latents."""
    ours, theirs = autoencoder.config, denoiser.config
    if (ours.side, ours.n_latents) != (theirs.size, theirs.n_colours):
        reason = f"they draw {theirs.size} × {theirs.size} × {theirs.n_colours} numbers"
        raise UnreadableWeights(f"the weights do not fit the latents: {reason}", reason=reason)
