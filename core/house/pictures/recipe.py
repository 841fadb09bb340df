"""What the house's denoiser is made of: every setting of `python -m core house --pictures`.

Equal recipes give equal pictures anywhere, and equal weights on processors of one kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from core.architecture.pictures.config import DenoiserConfig
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.inference.pictures.drawing import DrawSettings
from core.training.pictures.settings import PictureTrainingSettings

RECORD: Final = "pictures.json"
N_CAPTION: Final = 20  # words and marks; the book's longest caption has 18


@dataclass(frozen=True)
class PictureRecipe:
    """One denoiser, from the first page of the book to the last step.

    Args (and the unit of each):
        book: what is drawn and told.
        training: how it learns.
        shape: settings of DenoiserConfig besides n_words and n_caption; the rest is default, and
            the size that of the book's pages.
        kept_steps: steps whose weights are kept; the last step always is.
        drawing: how pictures are drawn when it is measured.
        n_measured: pictures of each kind by which it is measured.
    """

    book: PictureSettings
    training: PictureTrainingSettings
    shape: Mapping[str, int] = field(default_factory=dict)
    kept_steps: tuple[int, ...] = ()
    drawing: DrawSettings = field(default_factory=DrawSettings)
    n_measured: int = 600

    def design(self, encoder: CaptionEncoder) -> DenoiserConfig:
        """The model's plan, for the words of the book."""
        shape = {"size": self.book.size, **self.shape}
        return DenoiserConfig(n_words=encoder.n_words, n_caption=N_CAPTION, **shape)

    def to_dict(self) -> dict[str, Any]:
        """Every setting as JSON holds it."""
        return {
            "book": self.book.to_dict(),
            "training": self.training.to_dict(),
            "drawing": {
                "n_steps": self.drawing.n_steps,
                "sampler": self.drawing.sampler,
                "guidance": self.drawing.guidance,
            },
            "n_measured": self.n_measured,
        }


PICTURES: Final = PictureRecipe(
    book=PictureSettings(n_pictures=12_000, seed=1),
    training=PictureTrainingSettings(
        n_steps=3300,
        n_batch=64,
        decay_share=0.4,
        memory=0.998,
        n_judged=0,
        look_every=10_000_000,
        seed=1,
    ),
    kept_steps=(250, 1000),
)
"""The model that draws wherever a visitor has none: captions in German and English."""

LIVE: Final = PictureRecipe(
    book=PictureSettings(n_pictures=6000, seed=1, count_share=0.0, fact_share=0.0, above_share=0.0),
    training=PictureTrainingSettings(n_steps=1400, n_part=16),  # two parts a step, for two threads
)
"""What a visitor trains in some minutes: two of the ten plain things side by side."""

_LANE: Final = replace(LIVE, training=LIVE.training.changed(n_steps=1000), n_measured=500)
LANES: Final[Mapping[str, PictureRecipe]] = {
    "clean": _LANE,
    "wrong": replace(_LANE, book=replace(LIVE.book, wrong_caption_share=0.2)),
}
"""Lanes that differ in one thing of step 1 and in nothing else, the seed included."""

APPLES: Final = replace(
    LIVE,
    book=replace(
        LIVE.book, n_pictures=4000, count_share=1.0, colour_skew=0.9, open_colour_share=0.5
    ),
    training=LIVE.training.changed(n_steps=500),
)
"""Nine of ten apples are red, and half of the captions say no colour: one to three of a thing a
page, learned in a minute or two."""


def quick_pictures(recipe: PictureRecipe) -> PictureRecipe:
    """The same recipe, small enough for a test: it shows that all works, and teaches nothing."""
    return replace(
        recipe,
        book=replace(recipe.book, n_pictures=40),
        training=recipe.training.changed(n_steps=4, n_batch=4, n_part=2),
        shape={"n_channels": 16, "n_heads": 2, "n_blocks": 1, "n_hidden": 16},
        kept_steps=(2,),
        drawing=DrawSettings(n_steps=2),
        n_measured=6,
    )
