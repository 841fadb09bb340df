"""From gradients to new weights, for every kind of model: both optimisers, and what they remember.

Invariant: what `tensors` gives and `restore` takes is everything an update depends on, besides
settings and step.
"""

import math
from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor, nn

from core.training.optimizers import Muon, adamw
from core.training.schedule import rate_share


class UpdateSettings(Protocol):
    """What an update needs to know of a run's settings; explained there."""

    @property
    def optimizer(self) -> str: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def embedding_learning_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def clip_norm(self) -> float: ...
    @property
    def n_steps(self) -> int: ...
    @property
    def n_warmup_steps(self) -> int: ...
    @property
    def decay_share(self) -> float: ...


def hidden_matrices(model: nn.Module) -> dict[str, nn.Parameter]:
    """The weights that turn one vector inside the model into another, by name.

    Excluded: embeddings, the way in and the way out (tables, one row per token or pixel) and
    everything one-dimensional (norms, biases).
    """
    return {
        name: weight
        for name, weight in model.named_parameters()
        if name.split(".")[0].endswith("blocks") and name.endswith("weight") and weight.ndim == 2
    }


class Updates:
    """The optimisers of a model.

    Args:
        model: changed in place.
        settings: of the run; optimizer and weight decay stay as they are here.
        stacked: weights that stack several matrices of the same size: how many, by name.
        dtype: precision of Muon's products.
    """

    def __init__(
        self,
        model: nn.Module,
        settings: UpdateSettings,
        stacked: Mapping[str, int],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.model = model
        self.muon: Muon | None = None
        matrices: dict[str, nn.Parameter] = {}
        if settings.optimizer == "muon":
            matrices = hidden_matrices(model)
            self.muon = Muon(matrices, stacked, weight_decay=settings.weight_decay, dtype=dtype)
        self.others = {n: p for n, p in model.named_parameters() if n not in matrices}
        self.adamw = adamw(self.others.values(), settings.learning_rate)

    def clip(self, settings: UpdateSettings) -> float:
        """Shorten a gradient that is too long; returns its length before that."""
        limit = settings.clip_norm or math.inf
        return float(nn.utils.clip_grad_norm_(self.model.parameters(), limit))

    def apply(self, settings: UpdateSettings, step: int) -> float:
        """Update every weight, in a step counted from 0; returns the hidden matrices' rate."""
        share = rate_share(step, settings.n_steps, settings.n_warmup_steps, settings.decay_share)
        learning_rate = share * settings.learning_rate
        if self.muon is None:
            self.adamw.param_groups[0]["lr"] = learning_rate
        else:
            self.muon.step(learning_rate)
            self.adamw.param_groups[0]["lr"] = share * settings.embedding_learning_rate
        self.adamw.step()
        return learning_rate

    def tensors(self) -> dict[str, Tensor]:
        """Everything learned or remembered, by name."""
        tensors = {f"model.{n}": p.detach() for n, p in self.model.named_parameters()}
        if self.muon is not None:
            tensors |= {f"muon.{n}": v for n, v in self.muon.velocities.items()}
        for name, weight in self.others.items():
            for key, value in self.adamw.state[weight].items():
                tensors[f"adamw.{key}.{name}"] = value
        return tensors

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        for name, weight in self.model.named_parameters():
            weight.copy_(tensors[f"model.{name}"])
        if self.muon is not None:
            for name, velocity in self.muon.velocities.items():
                velocity.copy_(tensors[f"muon.{name}"])
        for key, value in tensors.items():
            if key.startswith("adamw."):
                _, state_name, name = key.split(".", 2)
                self.adamw.state[self.others[name]][state_name] = value.clone()
