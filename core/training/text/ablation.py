"""What each part of a model is for: the same model, seed and text, trained once without each part.

All lanes of a comparison see the same batches, start from weights drawn with the same seed, and
are measured on the same held-out windows, so their losses can be compared window by window.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.changing import reading_further
from core.architecture.config import PARTS, ModelConfig
from core.architecture.transformer import Transformer
from core.intervals import Z_95
from core.training.course import Looking
from core.training.text.evaluation import validation_sequences
from core.training.text.program import FIRST_LOOK_AT, FIRST_LOOKS, LOOKS, TrainingProgram

WHOLE: Final = "whole"
LANES: Final = (WHOLE, "attention", "positions", "residual", "norm", "feedforward")
"""The whole model, then what each other lane does without."""
ENCODINGS: Final = ("learned", "sinusoidal", "rotary", "alibi", "none")
"""The encodings of positions, in the order of their years; "none" comes last."""
N_CONTEXT: Final = 64
N_LAYERS: Final = 4
N_HEADS: Final = 4
N_CHANNELS: Final = 64
REACH: Final = 4  # times the trained length: how far the encodings are read
N_WINDOWS: Final = 256  # held-out windows at most
N_AT_A_TIME: Final = 32  # of them
N_TOGETHER: Final = 4  # neighbouring positions that are measured together
N_BEFORE: Final = 16  # tokens before the one whose loss tells whether order counts
MIN_WINDOWS: Final = 2  # fewer have no spread


def small_plan(n_vocab: int, n_context: int = N_CONTEXT) -> ModelConfig:
    """The small model that lanes are varied from."""
    return ModelConfig(
        n_vocab=n_vocab,
        n_context=n_context,
        n_layers=N_LAYERS,
        n_heads=N_HEADS,
        n_kv_heads=N_HEADS,
        n_channels=N_CHANNELS,
        n_hidden=4 * N_CHANNELS,
    )


def left_out(config: ModelConfig, lane: str) -> ModelConfig:
    """The plan of a lane: this one, without one part.

    Args:
        config: the whole model.
        lane: one of LANES. Without norms, queries and keys are not normalised either.
    """
    if lane == WHOLE:
        return config
    if lane == "positions":
        return replace(config, positions="none")
    if lane == "norm":
        return replace(config, without=("norm",), qk_norm=False)
    return replace(config, without=tuple(part for part in PARTS if part == lane))


@dataclass(frozen=True)
class Mean:
    """A mean over windows, with the 95 % interval that n independent windows allow."""

    value: float
    half: float
    """half of the interval's width"""
    n: int

    @property
    def low(self) -> float:
        """The lower end."""
        return self.value - self.half

    @property
    def high(self) -> float:
        """The upper end."""
        return self.value + self.half


def mean_of(values: Sequence[float]) -> Mean:
    """Mean and interval of at least MIN_WINDOWS values, by the normal approximation."""
    n = len(values)
    mean = sum(values) / n
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    return Mean(mean, Z_95 * math.sqrt(variance / n), n)


def difference(one: Sequence[float], other: Sequence[float]) -> Mean:
    """How much larger `one` is than `other`, both measured on the same windows, in pairs."""
    return mean_of([a - b for a, b in zip(one, other, strict=True)])


@torch.inference_mode()
def losses_by_position(model: Transformer, windows: Tensor) -> Tensor:
    """(B, T) nats: how surprised the model is at every token of (B, T+1) windows."""
    logits = model(windows[:, :-1])  # (B, T, V)
    return cross_entropy(logits.transpose(1, 2), windows[:, 1:], reduction="none")


@torch.inference_mode()
def order_costs(model: Transformer, windows: Tensor, seed: int) -> Tensor:
    """What it costs a model when the tokens before a place are shuffled.

    It reads `N_BEFORE` tokens and says what comes next; then the same tokens with all but the last
    one in another order. A model that knows no order is as surprised as before.

    Args:
        windows: (B, at least N_BEFORE + 1) token ids.
        seed: draws the new order, one for each window.

    Returns:
        (B,) nats: how much more the next token surprises it after the shuffled ones.
    """
    n = min(N_BEFORE, windows.shape[1] - 1, model.config.n_context)
    generator = torch.Generator().manual_seed(seed)
    told, following = windows[:, :n], windows[:, n]  # (B, n), (B,)
    places = torch.stack([torch.randperm(n - 1, generator=generator) for _ in told])  # (B, n - 1)
    shuffled = torch.cat([told[:, :-1].gather(1, places), told[:, -1:]], dim=1)
    before, after = (
        cross_entropy(model(each, only_last=True)[:, 0], following, reduction="none")
        for each in (told, shuffled)
    )
    return after - before


class AblationProgram(TrainingProgram):
    """One lane of a comparison: trained like any model, and measured window by window at the end.

    Args:
        inputs: as for `TrainingProgram`; "design" is the lane's own plan.
        settings: a TrainingSettings. `n_validation_sequences` bounds the windows during training.

    Rows, besides those of a training run:
        "measured", once: trained, the trained length; n_windows; bits_per_nat, from nats per token
        to bits per letter; losses_nats, one for each window, over the trained length; by_position
        with places, nats and half: the mean loss at every N_TOGETHER positions up to `reach` times
        the trained length (learned positions end at the first), and half the width of its 95 %
        interval; further_nats, for each window how much larger its loss is beyond the trained
        length than in the second half of it (absent where nothing can be read beyond);
        order_nats, see `order_costs`.
    """

    reach: ClassVar[int] = 1
    """How far it is read at the end, in trained lengths."""

    def looks_after(self, step: int) -> Sequence[str]:
        """What it writes and its loss from time to time; everything else at the end."""
        if self.trainer.finished:
            return (LOOKS[0], "validation", "measured")
        if step % self.settings.evaluate_every == 0:
            return FIRST_LOOKS
        return FIRST_LOOKS if step == FIRST_LOOK_AT else ()

    def looking(self, look: str) -> Looking:
        """The last look measures; the others are a training run's."""
        return self._measured() if look == "measured" else super().looking(look)

    def _measured(self) -> Looking:
        model, trained = self.trainer.model, self.trainer.model.config.n_context
        ends = model.config.positions == "learned"
        reader = model if ends else reading_further(model, self.reach * trained)
        # One set of windows for all lanes, also for those that read only their beginning.
        windows = validation_sequences(self._dataset, N_WINDOWS, self.reach * trained)
        if len(windows) < MIN_WINDOWS:
            return []
        read = windows[:, : trained + 1] if ends else windows
        losses, costs = [], []
        for start in range(0, len(windows), N_AT_A_TIME):
            some = slice(start, start + N_AT_A_TIME)
            losses.append(losses_by_position(reader, read[some]))
            costs.append(order_costs(model, windows[some], self.settings.seed + start))
            yield None
        told = _told(torch.cat(losses), trained, torch.cat(costs))
        bits = self._dataset.bits_per_byte(1.0, "validation")
        return [{"kind": "measured", "trained": trained, "bits_per_nat": bits, **told}]


class EncodingsProgram(AblationProgram):
    """A lane that is read beyond its trained length, as far as its positions allow it."""

    reach = REACH


def _told(losses: Tensor, trained: int, costs: Tensor) -> dict[str, Any]:
    """The measurements as row values; losses are (B, T), costs (B,)."""
    within, beyond = losses[:, trained // 2 : trained], losses[:, trained:]
    n = losses.shape[1] // N_TOGETHER
    together = losses[:, : n * N_TOGETHER].reshape(-1, n, N_TOGETHER).mean(2)  # (B, n)
    half = Z_95 * together.std(0) / math.sqrt(len(losses))  # (n,)
    found: dict[str, Any] = {
        "n_windows": len(losses),
        "losses_nats": _rounded(losses[:, :trained].mean(1)),
        "by_position": {
            "places": [N_TOGETHER * (k + 0.5) + 0.5 for k in range(n)],
            "nats": _rounded(together.mean(0)),
            "half": _rounded(half),
        },
        "order_nats": _rounded(costs),
    }
    if beyond.shape[1]:
        found["further_nats"] = _rounded(beyond.mean(1) - within.mean(1))
    return found


def _rounded(values: Tensor) -> list[float]:
    return [round(value, 5) for value in values.tolist()]


def lane_of(design: bytes) -> str:
    """Which of LANES a plan stands for."""
    config = ModelConfig.from_dict(json.loads(design))
    if config.without:
        return config.without[0]
    return "positions" if config.positions == "none" else WHOLE


def of_encodings(config: ModelConfig) -> Mapping[str, ModelConfig]:
    """The same plan with every encoding of positions, by its name."""
    return {name: replace(config, positions=name) for name in ENCODINGS}
