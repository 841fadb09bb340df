"""Small corrections of a model that already knows much: AdamW, and what a snapshot must hold.

Invariant: what `tensors` gives and `restore` takes is everything an update depends on.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import torch
from torch import Tensor, nn

from core.training.optimizers import adamw
from core.training.parts import Asked, Part, add_up, differentiated
from core.training.schedule import rate_share

CLIP_NORM: Final = 1.0
DECAY_SHARE: Final = 0.5

T = TypeVar("T")


class Updates:
    """The optimiser of a model that is being aligned.

    Args:
        model: changed in place.
        faster: parameters whose rate is higher by `factor`, by name.
        factor: see above.
    """

    def __init__(self, model: nn.Module, faster: tuple[str, ...] = (), factor: float = 1.0) -> None:
        self.model = model
        self.step = 0
        self.named = dict(model.named_parameters())
        slow = [weight for name, weight in self.named.items() if name not in faster]
        self._factors = [1.0]
        self.adamw = adamw(slow, 0.0)
        if faster:
            self._factors.append(factor)
            self.adamw.add_param_group({"params": [self.named[name] for name in faster]})

    def add(self, loss: Tensor) -> bool:
        """Add a loss's gradient to what the next `apply` will follow.

        Returns:
            False if the loss is no finite number; then its gradient is not added.
        """
        if not torch.isfinite(loss):
            return False
        loss.backward()  # type: ignore[no-untyped-call]
        return True

    def add_parts(self, parts: Sequence[Asked[T]]) -> tuple[list[Part[T]], bool]:
        """The same of a loss that is the sum of several, which threads may share.

        Args:
            parts: each asks the model of a part of the step.

        Returns:
            What came of each, and False if a loss is no finite number; then nothing is added.
        """
        weights = [weight for weight in self.named.values() if weight.requires_grad]
        found = differentiated(weights, parts)
        finite = all(bool(torch.isfinite(part.loss)) for part in found)
        if finite:
            add_up(weights, found)
        return found, finite

    def apply(self, learning_rate: float, n_steps: int, n_warmup_steps: int = 0) -> bool:
        """One step downhill along the gradients added, which are then forgotten.

        Args:
            learning_rate: highest rate.
            n_steps: planned steps; the rate falls to 0 over the last DECAY_SHARE of them.
            n_warmup_steps: steps in which the rate climbs.

        Returns:
            False, and nothing is changed, if a gradient is no finite number.
        """
        norm = nn.utils.clip_grad_norm_(list(self.named.values()), CLIP_NORM)
        finite = bool(torch.isfinite(norm))
        if finite:
            share = rate_share(self.step, n_steps, n_warmup_steps, DECAY_SHARE)
            for group, factor in zip(self.adamw.param_groups, self._factors, strict=True):
                group["lr"] = share * learning_rate * factor
            self.adamw.step()
            self.step += 1
        self.forget()
        return finite

    def forget(self) -> None:
        """Drop the gradients added so far."""
        self.adamw.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, Tensor]:
        """Weights and the optimiser's memory, by name."""
        found = {f"model.{name}": weight.detach() for name, weight in self.named.items()}
        for name, weight in self.named.items():
            for key, value in self.adamw.state[weight].items():
                found[f"adamw.{key}.{name}"] = value
        return found

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Take up what `tensors` gave, at the step it was given."""
        self.step = step
        for name, weight in self.named.items():
            weight.copy_(tensors[f"model.{name}"])
        for key, value in tensors.items():
            if key.startswith("adamw."):
                _, state, name = key.split(".", 2)
                self.adamw.state[self.named[name]][state] = value.clone()
