"""What the house's models are made of: every setting of `python -m core house`, in one place.

Equal recipes give equal texts, encoders and datasets anywhere, and equal weights on processors of
one kind.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from core.alignment.text.examples import ExampleSettings
from core.alignment.text.rules import OF_A_GOOD_ANSWER
from core.architecture.config import ModelConfig
from core.architecture.sizes import HEAD_SIZE, HIDDEN_FACTOR
from core.architecture.weights import Precision
from core.data.text.cleaning import CleaningSettings
from core.data.world import WorldSettings
from core.lineage import Kind
from core.training.settings import TrainingSettings

N_JUDGED_SENTENCES: Final = 500


@dataclass(frozen=True)
class Branches:
    """What a finished model goes on to, several times, before the mean of all is taken.

    Args (and the unit of each):
        n: branches; their seeds count up from 1.
        training: how each goes on, from the model at its shipped precision.
    """

    n: int
    training: TrainingSettings

    def seeded(self) -> list[TrainingSettings]:
        """The settings of each branch."""
        return [self.training.changed(seed=seed) for seed in range(1, self.n + 1)]

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"n": self.n, **self.training.to_dict()}


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
        n_judged_last: sentences the last of them is judged by.
        branches: what follows the last step; None: nothing.
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
    n_judged_last: int = N_JUDGED_SENTENCES
    branches: Branches | None = None

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
    world=WorldSettings(n_documents=30_000, left_out_share=0.08),
    n_vocab=3072,
    n_layers=4,
    n_channels=192,
    n_context=128,
    training=TrainingSettings(n_steps=14_000, n_batch=16, decay_share=0.7),
    kept_steps=(0, 50, 150, 400, 1000, 3000),
    n_judged_last=5000,
    branches=Branches(
        n=2,
        training=TrainingSettings(
            n_steps=4000,
            n_batch=16,
            learning_rate=0.006,
            embedding_learning_rate=0.006,
            decay_share=1.0,
        ),
    ),
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


@dataclass(frozen=True)
class AlignmentRecipe:
    """What follows a base model, from examples to answers.

    Args (and the unit of each):
        n_examples: question-and-answer pairs it is fine-tuned on.
        tuning: settings of FineTuningProgram; what they leave out takes its default.
        tuning_seeds: one run of fine-tuning each, alike but for the order of the examples; the
            fine-tuned model is the mean of their weights.
        n_asked: questions to which pairs of answers are drawn.
        n_drawn: answers to each of them, two a pair.
        judged_by: rules by which a pair is judged.
        grammatical_only: whether the better answer of a pair must be grammatical.
        rewarding: settings of RewardProgram; None: no reward model.
        reinforcing: settings of GrpoProgram, by which it is aligned; None: not by rewards.
        preferring: settings of DpoProgram, by which it is aligned if not by rewards; None, too: it
            stays with fine-tuning.
        n_exam: held-out questions in each language on which all is measured.
        n_texts: texts the base model writes freely to count what the filters find.
        precision: of the shipped weights by kind; what others build on is kept finer.
    """

    n_examples: int
    n_asked: int
    n_exam: int
    n_texts: int
    tuning: Mapping[str, Any] = field(default_factory=dict)
    tuning_seeds: tuple[int, ...] = (0,)
    n_drawn: int = 2
    judged_by: tuple[str, ...] = OF_A_GOOD_ANSWER
    grammatical_only: bool = True
    rewarding: Mapping[str, Any] | None = None
    reinforcing: Mapping[str, Any] | None = None
    preferring: Mapping[str, Any] | None = None
    precision: Mapping[str, Precision] = field(default_factory=dict)

    def examples(self, german_share: float) -> ExampleSettings:
        """Which examples, in the languages of the world."""
        return ExampleSettings(n_examples=self.n_examples, german_share=german_share)

    def makes(self, kind: Kind) -> bool:
        """Whether it goes as far as this kind."""
        if kind == "aligned":
            return self.preferring is not None or self.reinforcing is not None
        return kind != "reward" or self.rewarding is not None


ALIGNED_BASE: Final = AlignmentRecipe(
    n_examples=40_000,
    tuning={"n_steps": 3200, "n_plain": 8, "evaluate_every": 3200, "n_parts": 2},
    tuning_seeds=(0, 1, 2),
    n_asked=1000,
    n_drawn=8,
    n_exam=500,
    n_texts=200,
    rewarding={"n_steps": 120, "n_parts": 2},
    reinforcing={
        "n_steps": 250,
        "learning_rate": 2e-4,
        "reward": "goodness",
        "kl_weight": 0.1,
        "n_groups": 8,
        "evaluate_every": 250,
        "n_parts": 2,
    },
    precision={"tuned": "float16", "reward": "int8", "aligned": "float16"},
)
"""The model that answers wherever a visitor has none."""

ALIGNED_PAIR: Final = AlignmentRecipe(
    n_examples=4000,
    tuning={"n_plain": 8, "n_parts": 2},
    n_asked=200,
    n_exam=200,
    n_texts=500,
    precision={"tuned": "int8"},
)
"""The same for either lane of the pair, cheaply: as far as fine-tuning."""


def quick_alignment(recipe: AlignmentRecipe) -> AlignmentRecipe:
    """The same recipe, small enough for a test."""
    short, short_exam = {"n_steps": 2, "n_batch": 2}, {"n_held_out": 2, "max_tokens": 8}
    return replace(
        recipe,
        n_examples=24,
        n_asked=12,
        n_exam=6,
        n_texts=4,
        judged_by=("brief",),
        grammatical_only=False,  # no answer of so small a model would be
        tuning={**short, "evaluate_every": 2, "n_asked": 2, "n_sentences": 0},
        rewarding=None if recipe.rewarding is None else short,
        reinforcing=None
        if recipe.reinforcing is None
        else {
            **recipe.reinforcing,
            **short_exam,
            "n_steps": 2,
            "n_groups": 2,
            "n_each": 2,
            "evaluate_every": 2,
        },
        preferring=None if recipe.preferring is None else {**short, **short_exam},
    )


def quick(recipe: Recipe) -> Recipe:
    """The same recipe, small enough for a test: it shows that all works, and teaches nothing."""
    return replace(
        recipe,
        world=replace(recipe.world, n_documents=120),
        n_vocab=400,
        n_layers=1,
        n_channels=32,
        n_context=96,  # a question and its answer must fit
        training=recipe.training.changed(n_steps=6, n_batch=2, n_validation_sequences=4),
        kept_steps=tuple(step for step in recipe.kept_steps if step < 3),
        n_judged=8,
        n_judged_last=8,
        branches=recipe.branches
        and replace(
            recipe.branches, training=recipe.branches.training.changed(n_steps=2, n_batch=2)
        ),
    )
