"""A model that draws: its denoiser, the words it knows, and what it was trained to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from torch import Tensor

from core.architecture.pictures.denoiser import Denoiser, Words
from core.architecture.pictures.weights import WORDS_LEARNED, read_denoiser
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
    """

    denoiser: Denoiser
    encoder: CaptionEncoder
    objective: Objective = "velocity"
    words_learned: tuple[str, ...] = ()
    guidance: float | None = None

    @classmethod
    def from_bytes(cls, weights: bytes, encoder: bytes) -> "PictureModel":
        """A model from its two files.

        Raises:
            UnreadableWeights: the weights are damaged, or do not fit the encoder.
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
        return cls(denoiser, words, objective, learned, _guidance(extra))

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
