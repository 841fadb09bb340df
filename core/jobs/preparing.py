"""Step 1 as engine work: text in; corpus, encoder and dataset out, kept in the store.

Invariant: an order names everything its artefacts depend on, so the same order is found again and
never processed twice. The settings of a corpus name the small world it was generated from, if any:
only then can grammar and truth be measured later.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from core.data.text.cleaning import Cleaned, CleaningSettings
from core.data.text.documents import Corpus
from core.data.text.prepare import Numbers, Prepared, prepare
from core.data.world import WorldSettings, tell
from core.lineage import Artifact, content_id, recipe_id
from core.modality import TEXT
from core.store import Store

PHASES: Final = ("tell", "clean", "learn", "encode")
N_EXAMPLES: Final = 3  # kept with a corpus, per reason and rule


@dataclass(frozen=True)
class Order:
    """What step 1 should do.

    Args:
        world: which small world to generate; None: the text is supplied.
        cleaning: which cleaning rules apply.
        n_vocab: desired vocabulary size.
        validation_share: share of the distinct texts to hold out.
    """

    world: WorldSettings | None = None
    cleaning: CleaningSettings = field(default_factory=CleaningSettings)
    n_vocab: int = 2000
    validation_share: float = 0.1

    @property
    def corpus_settings(self) -> dict[str, Any]:
        """What the corpus depends on, besides any supplied text."""
        world = asdict(self.world) if self.world else None
        return {"world": world, "cleaning": asdict(self.cleaning)}

    @property
    def encoder_settings(self) -> dict[str, Any]:
        """What the encoder depends on, besides the corpus."""
        return {"n_vocab": self.n_vocab, "validation_share": self.validation_share}

    @property
    def dataset_settings(self) -> dict[str, Any]:
        """What the dataset depends on, besides corpus and encoder."""
        return {"validation_share": self.validation_share}


@dataclass(frozen=True)
class Made:
    """The artefacts of step 1 as bytes, and their numbers."""

    corpus: bytes
    encoder: bytes
    dataset: bytes
    numbers: Numbers


@dataclass(frozen=True)
class Kept:
    """The artefacts of step 1 in the store."""

    corpus: Artifact
    encoder: Artifact
    dataset: Artifact


def make(
    order: Order,
    arrived: bytes | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> Made:
    """Process an order; this runs in one of the engine's workers.

    Args:
        order: what to do.
        arrived: the bytes of a Corpus, if the order names no small world.
        on_progress: called with a phase of `PHASES` and the share of it that is done.

    Raises:
        TooShort: too little text remains to train and evaluate a model.
        SettingError: a setting is out of range.
        ValueError: neither a world nor a text is given, or both are.
    """
    if (order.world is None) == (arrived is None):
        raise ValueError("step 1 takes either the small world or a text")
    if order.world is not None:
        documents = tell(order.world, lambda share: on_progress and on_progress("tell", share))
    else:
        documents = list(Corpus.from_bytes(arrived or b""))
    done = prepare(
        documents,
        order.cleaning,
        order.n_vocab,
        order.validation_share,
        on_progress=on_progress,
    )
    return made_of(done)


def made_of(done: Prepared) -> Made:
    """The results of step 1 as bytes."""
    numbers = dict(done.numbers)
    numbers["examples"] = json.dumps(examples_of(done.report), ensure_ascii=False)
    return Made(done.corpus.to_bytes(), done.encoder.to_bytes(), done.dataset.to_bytes(), numbers)


def examples_of(report: Cleaned) -> dict[str, list[list[str]]]:
    """The first changes per rule as [before, after], and the first removals per reason."""
    found: dict[str, list[list[str]]] = {}
    for repair in report.repairs:
        found.setdefault(repair.rule, []).append([repair.before, repair.after])
    for removal in report.removals:
        found.setdefault(removal.reason, []).append([removal.example])
    return {reason: examples[:N_EXAMPLES] for reason, examples in found.items()}


def keep(store: Store, owner: str, order: Order, made: Made, arrived: bytes | None = None) -> Kept:
    """Store the results of step 1, each artefact with its parents.

    A supplied text is stored too, as the corpus that the cleaned one was made from. The small world
    is not: its settings reproduce it byte for byte.
    """
    parents = (
        [store.artifacts.keep(owner, "corpus", arrived, modality=TEXT).id]
        if arrived is not None
        else []
    )
    corpus = store.artifacts.keep(
        owner,
        "corpus",
        made.corpus,
        parents=parents,
        modality=TEXT,
        settings=order.corpus_settings,
        numbers=made.numbers,
    )
    encoder = store.artifacts.keep(
        owner,
        "encoder",
        made.encoder,
        parents=[corpus.id],
        settings=order.encoder_settings,
        numbers=_only(made.numbers, "n_vocab", "bytes_per_token", "tokens_per_word"),
    )
    dataset = store.artifacts.keep(
        owner,
        "dataset",
        made.dataset,
        parents=[corpus.id, encoder.id],
        settings=order.dataset_settings,
        numbers=_only(made.numbers, "n_train", "n_validation", "n_vocab", "bytes_per_token"),
    )
    return Kept(corpus, encoder, dataset)


def find(store: Store, owner: str, order: Order, arrived: bytes | None = None) -> Kept | None:
    """What the owner, or the example model, already has for this order; None if nothing."""
    raw = [content_id(arrived)] if arrived is not None else []
    corpus = store.artifacts.find(
        owner, recipe_id("corpus", raw, order.corpus_settings, None, TEXT)
    )
    if corpus is None:
        return None
    encoder = store.artifacts.find(
        owner, recipe_id("encoder", [corpus.id], order.encoder_settings, None, TEXT)
    )
    if encoder is None:
        return None
    parents = [corpus.id, encoder.id]
    dataset = store.artifacts.find(
        owner, recipe_id("dataset", parents, order.dataset_settings, None, TEXT)
    )
    return Kept(corpus, encoder, dataset) if dataset else None


def _only(numbers: Numbers, *beginnings: str) -> Numbers:
    return {name: value for name, value in numbers.items() if name.startswith(beginnings)}
