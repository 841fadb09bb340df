"""What the house's latent model is made of: every setting of `core house --pictures latent`.

Equal recipes give equal pictures anywhere, and equal weights on processors of one kind.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from core.architecture.pictures.autoencoder import AutoencoderConfig
from core.data.pictures.collecting.settings import PictureSettings
from core.house.pictures.recipe import PictureRecipe
from core.training.pictures.reconstructing import ReconstructionSettings
from core.training.pictures.settings import PictureTrainingSettings

RECORD: Final = "latent.json"


@dataclass(frozen=True)
class LatentRecipe:
    """Both stages.

    Args (and the unit of each):
        first: the autoencoder's plan.
        rounds: how it learns; every round begins with the average in which the one before ended.
        second: the denoiser in its latents, and the book that both learn from.
        n_reconstructed: unseen pages by which the autoencoder is measured.
        seed: draws the autoencoder's initial weights.
    """

    first: AutoencoderConfig
    rounds: tuple[ReconstructionSettings, ...]
    second: PictureRecipe
    n_reconstructed: int = 1000
    seed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Every setting as JSON holds it."""
        return {
            "first": self.first.to_dict(),
            "rounds": [one.to_dict() for one in self.rounds],
            "second": self.second.to_dict(),
            "n_reconstructed": self.n_reconstructed,
            "seed": self.seed,
        }


_FIRST: Final = AutoencoderConfig()
LATENT: Final = LatentRecipe(
    first=_FIRST,
    rounds=(
        ReconstructionSettings(n_steps=2400),
        ReconstructionSettings(
            n_steps=2000, learning_rate=0.0015, decay_share=0.8, memory=0.998, seed=2
        ),
    ),
    second=PictureRecipe(
        book=PictureSettings(n_pictures=12_000, seed=1, size=_FIRST.size),
        training=PictureTrainingSettings(
            n_steps=1400,
            n_batch=64,
            decay_share=0.5,
            memory=0.998,
            n_judged=0,
            look_every=10_000_000,
            seed=1,
        ),
        shape={"size": _FIRST.side, "patch": 1, "n_colours": _FIRST.n_latents},
        kept_steps=(500, 1000),
        n_measured=500,
    ),
)
"""A caption becomes a picture of 64 px in a space of 8 × 8 × 4 numbers."""


def quick_latent(recipe: LatentRecipe) -> LatentRecipe:
    """The same recipe, small enough for a test: it shows that all works, and teaches nothing."""
    second = recipe.second
    return replace(
        recipe,
        first=replace(recipe.first, width=4),
        rounds=tuple(one.changed(n_steps=2, n_batch=2) for one in recipe.rounds),
        second=replace(
            second,
            book=replace(second.book, n_pictures=12),
            training=second.training.changed(n_steps=3, n_batch=4, n_part=2),
            shape={**second.shape, "n_channels": 16, "n_heads": 2, "n_blocks": 1, "n_hidden": 16},
            kept_steps=(2,),
            drawing=replace(second.drawing, n_steps=2),
            n_measured=2,
        ),
        n_reconstructed=6,
    )
