"""What a model that draws is taught: pages of the book in a style, or somebody's own pictures.

Either way a caption holds a word that asks for it. A word that no caption of the book has gets a
row of its own in the model's table, so that it can mean this and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from torch import Tensor

from core.alignment.pictures.tuning.styles import style_of
from core.architecture.pictures.denoiser import EMPTY, PADDING
from core.data.pictures.collecting.archive import from_bytes
from core.data.pictures.collecting.corpus import Corpus, Entry, draw_corpus
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.prepare import OwnPicture
from core.data.pictures.tensors import to_tensor
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import NoExamples, SettingError, TooManyWords
from core.inference.pictures.model import PictureModel
from core.inference.pictures.schedules import Objective
from core.training.pictures.objective import Question, draw_times

N_STYLED: Final = 64  # pages of the book from which a style is learned
MOST_NEW_WORDS: Final = 24
MOST_EXAMPLES: Final = 500


def styled_examples(style: str, size: int, seed: int, n: int = N_STYLED) -> Corpus:
    """Pages of the book in a style, each with its caption and the word for the style.

    Raises:
        SettingError: there is no such style.
    """
    told = style_of(style)
    book = draw_corpus(PictureSettings(n_pictures=n, seed=seed, size=size))
    pictures = np.stack([told.paint(page) for page in book.pictures])
    entries = tuple(
        replace(entry, caption=told.caption(entry.caption, entry.lang)) for entry in book.entries
    )
    return Corpus(book.settings, pictures, entries)


def own_examples(own: Sequence[OwnPicture], size: int, lang: str) -> Corpus:
    """Somebody's own pictures with their captions; those without one are left out.

    Raises:
        NoExamples: none has a caption.
        SettingError: one has another size.
    """
    told = [each for each in own if each.caption.strip()]
    if not told:
        raise NoExamples("no picture has a caption", n=len(own))
    for each in told:
        if each.pixels.shape != (size, size, 3):
            raise SettingError("size", each.pixels.shape, f"must be {size} by {size} pixels")
    entries = tuple(Entry(None, each.caption, lang, None, source=each.name) for each in told)
    pictures = np.stack([each.pixels for each in told])
    return Corpus(PictureSettings(n_pictures=len(told), size=size), pictures, entries)


def new_words(encoder: CaptionEncoder, examples: Corpus) -> list[str]:
    """The words of the examples' captions that have to be learned.

    Raises:
        TooManyWords: they are too many to be learned from so few pictures.
    """
    found = encoder.new_words(entry.caption for entry in examples.entries)
    if len(found) > MOST_NEW_WORDS:
        n = len(found)
        raise TooManyWords(f"{n} new words are too many", n=n, most=MOST_NEW_WORDS)
    return found


@dataclass(frozen=True)
class Lesson:
    """Pictures with captions as a model reads them.

    Args:
        pictures: (N, 3, S, S) from -1 to 1.
        captions: (N, L) ids.
    """

    pictures: Tensor
    captions: Tensor

    @classmethod
    def of(cls, examples: Corpus, model: PictureModel) -> "Lesson":
        """For a model that knows all their words.

        Raises:
            SettingError: the pictures are of another size than the model's.
            TooLong: a caption has more words than the model can read.
        """
        if examples.settings.size != model.size:
            raise SettingError("size", examples.settings.size, f"must be {model.size} pixels")
        captions = model.rows([entry.caption for entry in examples.entries])
        return cls(to_tensor(examples.pictures), captions)

    def question(
        self, n: int, objective: Objective, chance: torch.Generator, empty_share: float = 0.0
    ) -> Question:
        """Some of them, each with noise of its own at a time of its own.

        Args:
            n: how many.
            objective: what the model was trained to answer.
            chance: draws pictures, times and noises.
            empty_share: share of captions left out, so that the model still draws without.
        """
        rows = torch.randint(len(self.pictures), (n,), generator=chance)
        times = draw_times(n, objective, chance)
        noise = torch.randn(n, *self.pictures.shape[1:], generator=chance)
        captions = self.captions[rows]
        left_out = torch.rand(n, generator=chance) < empty_share
        captions[left_out] = PADDING
        captions[left_out, 0] = EMPTY
        return Question(self.pictures[rows], noise, times, captions)


def examples_from_bytes(data: bytes) -> Corpus:
    """Examples from a corpus file, which may come from anywhere.

    Raises:
        UnreadablePicture: it is damaged, or no corpus of ours.
        NoExamples: there are none, or more than anybody would learn from here.
    """
    found = from_bytes(data)
    if not 1 <= len(found.entries) <= MOST_EXAMPLES:
        raise NoExamples(f"{len(found.entries)} examples", n=len(found.entries))
    return found
