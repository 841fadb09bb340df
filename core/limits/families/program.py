"""The live run: a recurrent network and a transformer of the same budget, one after the other.

Both read the same texts in the same batches, with about as many parameters and the same steps; the
table of n-grams counts the same texts beside them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any, ClassVar, Final, Self

import safetensors.torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import ENTRY, packed
from core.data.dataset import Dataset, batch
from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus
from core.data.world import WorldSettings
from core.limits.families.makers import Family, described, maker_of, weights_of
from core.limits.families.material import Material
from core.limits.families.measuring import continued, measuring, surprise
from core.limits.families.recurrent import Recurrent, RecurrentConfig
from core.limits.trials import Trials, TrialSettings, small_plan
from core.training.course import Looking, Row
from core.training.loop import Objective, Trainer
from core.training.settings import TrainingSettings
from core.training.text.next_token import stacked_matrices

NETWORKS: Final[tuple[Family, ...]] = ("recurrent", "transformer")
N_GLANCES: Final = 5  # times a network is looked at while it learns
KEPT: Final = "kept."  # before the names of a network that has finished learning

Network = Recurrent | Transformer


@dataclass(frozen=True)
class FamiliesSettings(TrialSettings):
    """Two networks of the same budget, for every seed.

    Args (and the unit of each):
        lang: of the texts; texts of any language where the corpus has none in it.
        n_documents: texts that are read at most.
        n_steps_each: updates of each network.
        n_batch: windows per update.
        n_context: tokens of a window.
        learning_rate: peak rate of the hidden matrices, and of the rest.
        recurrent_channels: numbers of the recurrent network's memory.
        n_channels, n_layers: of the transformer.
        prompt: is continued by all.
        question: is asked a hundred times.
        world: the small world that told the texts; None for any other text.
        n_seeds: networks of each family.
        seed: of the first of each; the others count up from it.
    """

    most_steps: ClassVar[int] = 20_000

    lang: str = "en"
    n_documents: int = 4000
    n_steps_each: int = 400
    n_batch: int = 8
    n_context: int = 128
    learning_rate: float = 0.02
    recurrent_channels: int = 128
    n_channels: int = 96
    n_layers: int = 2
    prompt: str = ""
    question: str = ""
    world: Mapping[str, Any] | None = None
    n_seeds: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.must_lie(1, 100_000, "n_documents")
        self.must_lie(1, 256, "n_batch")
        self.must_lie(2, 1024, "n_context")

    @property
    def models(self) -> list[tuple[Family, int]]:
        """Family and seed of every network, in order."""
        return self.by_seed(NETWORKS)

    def network(self, family: Family, n_vocab: int, seed: int) -> Network:
        """An untrained network."""
        if family == "recurrent":
            return Recurrent(RecurrentConfig(n_vocab, self.recurrent_channels), seed)
        n_heads = max(1, self.n_channels // 32)
        config = small_plan(n_vocab, self.n_context, self.n_channels, self.n_layers, n_heads)
        return Transformer(config, seed=seed)


class Reading(Objective[Network, TrainingSettings]):
    """The next token of the same windows, for either network, in nats.

    Args:
        model: changed in place.
        dataset: what it reads.
        n_context: tokens of a window.
    """

    def __init__(self, model: Network, dataset: Dataset, n_context: int) -> None:
        super().__init__(model)
        self.dataset = dataset
        self.n_context = n_context

    def gradient(self, settings: TrainingSettings, step: int) -> float:
        """Mean surprise per token of the batch that seed and step determine."""
        inputs, targets = batch(self.dataset, step, settings.seed, settings.n_batch, self.n_context)
        logits = self.model(inputs)  # (B, T, V)
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def n_read(self, settings: TrainingSettings) -> int:
        """Tokens per step."""
        return settings.n_batch * self.n_context

    def stacked(self) -> dict[str, int]:
        """Queries, keys and values are one weight; so are the three gates."""
        if isinstance(self.model, Transformer):
            return stacked_matrices(self.model)
        return {"blocks.0.read.weight": 3, "blocks.0.recall.weight": 3}

    def afresh(self) -> Self:
        """The same text for another network of this plan."""
        if isinstance(self.model, Recurrent):
            return type(self)(Recurrent(self.model.config), self.dataset, self.n_context)
        return type(self)(Transformer(self.model.config), self.dataset, self.n_context)


class FamiliesProgram(Trials[FamiliesSettings]):
    """Counts n-grams, trains both networks, and measures all three on the same.

    Args:
        inputs: "corpus" and "encoder" as bytes.
        settings: a FamiliesSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Raises:
        TooShort: the texts do not fill a window.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "family" with model (its place; -1: n-grams), family, seed, done, training_s (computing
        time), n_tokens (read), bits_per_byte, prompt, text and verdict; once it is done with all
        that `measuring` returns.
    """

    family: Family
    asks_for = FamiliesSettings

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        asked = FamiliesSettings.from_dict(settings)
        self.material = Material.of(
            Corpus.from_bytes(inputs["corpus"]),
            Encoder.from_bytes(inputs["encoder"]),
            asked.lang,
            asked.n_documents,
            WorldSettings(**asked.world) if asked.world else None,
        )
        batch(self.material.dataset, 0, 0, 1, asked.n_context)  # refuses what is too short
        self._kept: dict[str, Tensor] = {}
        self._computed_s = 0.0  # by this process, for the network under way
        super().__init__({}, settings, snapshot)

    def begin(self, turn: int) -> Trainer[Network, TrainingSettings]:
        """A network that has read nothing; the one before it is kept."""
        if turn:
            before = self.trainer.model
            self._kept |= dict(weights_of(before, self.family))
            self._computed_s = 0.0
        self.family, seed = self.settings.models[turn]
        network = self.settings.network(self.family, self.material.encoder.n_vocab, seed)
        reading = Reading(network, self.material.dataset, self.settings.n_context)
        return Trainer(reading, self.settings.training(seed))

    def learn(self) -> Row:
        """One update, timed as the processor does it: others on the machine do not count."""
        begun = process_time()
        found = super().learn()
        self._computed_s += process_time() - begun
        return found

    def looks_after(self, step: int) -> Sequence[str]:
        """N-grams are counted first; each network is glanced at, and measured at its end."""
        within = self.steps_within(step)
        if within == 0:
            return ("measured",)
        every = max(1, self.settings.n_steps_each // N_GLANCES)
        glance = ("glance",) if within % every == 0 else ()
        return ("ngrams", *glance) if step == 1 else glance

    def looking(self, look: str) -> Looking:
        """A glance is the surprise and a sample; a measurement is all there is."""
        settings, seed = self.settings, self.trainer.settings.seed
        if look == "ngrams":
            begun = process_time()
            maker = maker_of(self.material.counted())
            row = self._about("ngrams", seed, process_time() - begun)
            row["n_tokens"] = len(self.material.dataset.train)
            yield None
        else:
            maker = maker_of(self.trainer.model)
            row = self._about(self.family, seed, self._computed_s)
            row["n_tokens"] = self.trainer.step * settings.n_batch * settings.n_context
        if look == "glance":
            row["bits_per_byte"] = yield from surprise(maker, self.material, settings.n_context)
            found: Row = yield from continued(maker, self.material, settings.prompt, seed)
            return [row | found]
        row |= {"done": True} | ({"model": -1} if look == "ngrams" else {})
        found = yield from measuring(
            maker, self.material, settings.n_context, settings.prompt, settings.question, seed
        )
        return [row | found]

    def _about(self, family: Family, seed: int, seconds: float) -> Row:
        return {
            "kind": "family",
            **self.place(),
            "family": family,
            "seed": seed,
            "training_s": seconds,
        }

    def memory(self) -> dict[str, Any]:
        """With the computing time of the network under way."""
        return super().memory() | {"computed_s": self._computed_s}

    def recall(self, state: Mapping[str, Any]) -> None:
        """Take up the same network."""
        super().recall(state)
        self._computed_s = float(state["computed_s"])

    def tensors(self) -> dict[str, Tensor]:
        """With the weights of the network that has finished."""
        return super().tensors() | {KEPT + name: value for name, value in self._kept.items()}

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self._kept = {
            name.removeprefix(KEPT): value
            for name, value in tensors.items()
            if name.startswith(KEPT)
        }
        super().take_up({n: value for n, value in tensors.items() if not n.startswith(KEPT)})

    def result(self) -> bytes:
        """The newest network of each family in one file; `networks` reads it."""
        now = dict(weights_of(self.trainer.model, self.family))
        plans = {
            family: described(self.settings.network(family, self.material.encoder.n_vocab, 0))
            for family in NETWORKS
        }
        about = {"config": plans, "metadata": {"step": self.step}}
        return packed(self._kept | now, about, "float32")


def networks(data: bytes) -> dict[Family, Network]:
    """The networks in a finished run's file, by family; one that was never begun is not there."""
    stored = safetensors.torch.load(data)
    n_header = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + n_header])["__metadata__"]
    plans = json.loads(header[ENTRY])["config"]
    made: dict[Family, Network] = {
        "recurrent": Recurrent(RecurrentConfig(**plans["recurrent"])),
        "transformer": Transformer(ModelConfig.from_dict(plans["transformer"]), seed=None),
    }
    found: dict[Family, Network] = {}
    for family, network in made.items():
        begun = f"{family}."
        own = {n.removeprefix(begun): w for n, w in stored.items() if n.startswith(begun)}
        if own:
            network.load_state_dict(own, strict=True)
            found[family] = network.eval()
    return found
