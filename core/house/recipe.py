"""What the house's models are made of: every setting of `python -m core house`, in one place.

Equal recipes give equal texts, encoders and datasets anywhere, and equal weights on processors of
one kind with the same number of threads.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from core.architecture.config import ModelConfig
from core.architecture.sizes import HEAD_SIZE, HIDDEN_FACTOR
from core.data.cleaning import CleaningSettings
from core.data.world import WorldSettings
from core.training.settings import TrainingSettings

N_JUDGED_SENTENCES: Final = 500


@dataclass(frozen=True)
class Recipe:
    """One model, from the first text to the last step.

    Args (and the unit of each):
        world: what is told.
        cleaning: what is repaired and removed.
        n_vocab: tokens of the encoder.
        validation_share: share of the distinct texts held back.
        n_layers, n_channels, n_context: of the model; the rest follows as on the size dial.
        training: how it learns.
        kept_steps: steps whose weights are kept; the last step always is.
        n_judged: sentences each kept model is judged by.
    """

    world: WorldSettings
    n_vocab: int
    n_layers: int
    n_channels: int
    n_context: int
    training: TrainingSettings
    cleaning: CleaningSettings = field(default_factory=CleaningSettings)
    validation_share: float = 0.05
    kept_steps: tuple[int, ...] = ()
    n_judged: int = N_JUDGED_SENTENCES

    def design(self, n_vocab: int) -> ModelConfig:
        """The model's plan, for as many tokens as the encoder came to have."""
        n_heads = max(1, self.n_channels // HEAD_SIZE)
        return ModelConfig(
            n_vocab=n_vocab,
            n_context=self.n_context,
            n_layers=self.n_layers,
            n_heads=n_heads,
            n_kv_heads=n_heads,
            n_channels=self.n_channels,
            n_hidden=HIDDEN_FACTOR * self.n_channels,
        )

    def data_settings(self) -> dict[str, Any]:
        """The settings of step 1 as JSON holds them."""
        return {
            "world": asdict(self.world),
            "cleaning": asdict(self.cleaning),
            "validation_share": self.validation_share,
        }

    def training_settings(self) -> dict[str, Any]:
        """The settings of step 3 as JSON holds them, the world to be judged by included."""
        return self.training.changed(world=asdict(self.world)).to_dict()


BASE: Final = Recipe(
    world=WorldSettings(n_documents=24_000, left_out_share=0.08),
    n_vocab=3072,
    n_layers=4,
    n_channels=192,
    n_context=128,
    training=TrainingSettings(
        n_steps=6000, n_batch=16, embedding_learning_rate=0.02, decay_share=0.7
    ),
    kept_steps=(0, 50, 150, 400, 1000, 2500),
)
"""The model that writes wherever a visitor has none: German and English."""

# A tenth of its texts stand there dozens of times, as on the real web; some give away addresses.
_DIRTY: Final = WorldSettings(
    n_documents=3000, german_share=0.0, duplicate_share=4.0, private_share=0.05
)
WITH_DUPLICATES: Final = Recipe(
    world=_DIRTY,
    cleaning=CleaningSettings(duplicates=False),
    n_vocab=2048,
    n_layers=3,
    n_channels=128,
    n_context=128,
    training=TrainingSettings(n_steps=1500, n_batch=16, embedding_learning_rate=0.006),
)
WITHOUT_DUPLICATES: Final = replace(WITH_DUPLICATES, cleaning=CleaningSettings())
"""The pair: the same seed, the same steps, one difference."""


def quick(recipe: Recipe) -> Recipe:
    """The same recipe, small enough for a test: it shows that all works, and teaches nothing."""
    return replace(
        recipe,
        world=replace(recipe.world, n_documents=120),
        n_vocab=400,
        n_layers=1,
        n_channels=32,
        n_context=32,
        training=recipe.training.changed(n_steps=6, n_batch=2, n_validation_sequences=4),
        kept_steps=tuple(step for step in recipe.kept_steps if step < 3),
        n_judged=8,
    )
