"""Dice in six steps: rolls, a plan, a run that learns, one that leans, a throw, and its check."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import torch
from torch import Tensor

from core.jobs.programs import Known
from core.modality import Modality
from core.training.course import Course, Looking, Row

DICE = Modality(
    name="dice",
    token="one roll",
    loss="bits per roll",
    media_type="application/json",
    starters="tests.core.dice.dice:STARTERS",
)
STARTERS = {"de": ("wirf zweimal",), "en": ("roll twice",)}
LEARNING, LEANING = "tests.core.dice.dice:Learning", "tests.core.dice.dice:Leaning"
PROGRAMS = {
    LEARNING: Known("checkpoint", "dice", LEARNING),
    LEANING: Known("aligned", "dice", LEANING),
}


def rolls(n: int, loaded: float, seed: int) -> bytes:
    """Step 1: a corpus; `loaded` is the share of rolls that are made a six."""
    random = Random(seed)
    found = [6 if random.random() < loaded else random.randint(1, 6) for _ in range(n)]
    return json.dumps(found).encode()


class Settings:
    """What a run is asked for."""

    def __init__(self, n_steps: int = 4, learning_rate: float = 0.5) -> None:
        self.n_steps, self.learning_rate = n_steps, learning_rate

    def to_dict(self) -> dict[str, Any]:
        return vars(self)

    def changed(self, **changes: Any) -> "Settings":
        return Settings(**{**vars(self), **changes})

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Settings":
        return cls(**values)


class Learning(Course[Settings]):
    """Step 3: the probabilities move towards how often each number was rolled."""

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        super().__init__(Settings.from_dict(settings))
        sides = json.loads(inputs["design"])["n_sides"]
        self.wanted = self.target(inputs, sides)
        self.model = self.start(inputs, sides)
        if snapshot is not None:
            self.restore(snapshot)

    def start(self, inputs: Mapping[str, bytes], sides: int) -> Tensor:
        return torch.full((sides,), 1.0 / sides)

    def target(self, inputs: Mapping[str, bytes], sides: int) -> Tensor:
        counts = torch.bincount(torch.tensor(json.loads(inputs["corpus"])) - 1, minlength=sides)
        return counts / counts.sum()

    def learn(self) -> Row:
        self.model = torch.lerp(self.model, self.wanted, self.settings.learning_rate)
        self.step += 1
        return {"loss": float((self.model - self.wanted).abs().sum())}

    def looks_after(self, step: int) -> list[str]:
        return ["evaluation"] if step == self.settings.n_steps else []

    def looking(self, look: str) -> Looking:
        yield
        self._numbers["high_share"] = float(self.model[3:].sum())
        return [{"kind": look, "high_share": self._numbers["high_share"]}]

    def tensors(self) -> dict[str, Tensor]:
        return {"model": self.model}

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        self.model = tensors["model"]

    def result(self) -> bytes:
        return json.dumps(self.model.tolist()).encode()


class Leaning(Learning):
    """Step 4: a trained model leans towards high rolls, which somebody prefers."""

    def start(self, inputs: Mapping[str, bytes], sides: int) -> Tensor:
        return torch.tensor(json.loads(inputs["model"]))

    def target(self, inputs: Mapping[str, bytes], sides: int) -> Tensor:
        high = torch.arange(sides) >= sides // 2
        return high / high.sum()


def throw(model: bytes, n: int, seed: int) -> list[int]:
    """Step 5: rolls drawn from a model."""
    chances = torch.tensor(json.loads(model))
    chance = torch.Generator().manual_seed(seed)
    return [1 + int(k) for k in torch.multinomial(chances, n, True, generator=chance)]


def checked(thrown: list[int]) -> dict[str, Any]:
    """Step 6: what leaves, and what was found about it."""
    fits = [roll for roll in thrown if 1 <= roll <= 6]
    return {"rolls": fits, "n_removed": len(thrown) - len(fits), "sum": sum(fits)}
