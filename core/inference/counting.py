"""What a plan costs, counted by formula and measured on a real model of it, part by part.

The counter hooks into every module of the process that runs it, so it is called in a process of
its own (short work), never where others read with a model at the same time.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch.utils.flop_counter import FlopCounterMode

from core.architecture.config import ModelConfig
from core.architecture.sizes import (
    cached_per_token,
    flops_by_part,
    inference_memory_bytes,
    parameters_by_part,
)
from core.architecture.transformer import Recording, Transformer
from core.inference.cache import Cache

N_TIMES: Final = 5  # the median of so many is shown
FLOAT32_BYTES: Final = 4

OnProgress = Callable[[float], None]


@dataclass(frozen=True)
class Counted:
    """One figure, by both ways.

    Args:
        name: what is counted.
        formula: from the plan alone.
        measured: on the real model.
    """

    name: str
    formula: int
    measured: int

    @property
    def deviation(self) -> float:
        """How far the formula is off, as a share of what was measured."""
        if self.formula == self.measured:
            return 0.0
        return (self.formula - self.measured) / max(1, self.measured)


@dataclass(frozen=True)
class Costs:
    """All that was counted, and the time that it took.

    Args:
        parameters: of every part.
        flops: of every part, for reading n_tokens at once.
        memory: bytes of "weights", "cache_token" (one more token) and "cache" (the full context).
        n_tokens: tokens that were read at once.
        seconds: processor time of reading them, the median of N_TIMES.
    """

    parameters: tuple[Counted, ...]
    flops: tuple[Counted, ...]
    memory: tuple[Counted, ...]
    n_tokens: int
    seconds: float


def costs_of(design: Mapping[str, Any], on_progress: OnProgress = lambda share: None) -> Costs:
    """Build a model of a plan, read its whole context once, and count what that takes.

    Args:
        design: the plan as plain values.
        on_progress: called with the share that is done.

    Raises:
        SettingError: the plan is impossible.
    """
    config = ModelConfig.from_dict(design)
    model = Transformer(config, seed=0).eval()
    on_progress(0.1)
    parameters = _both(parameters_by_part(config), parameters_found(model))
    tokens = torch.arange(config.n_context).remainder(config.n_vocab)[None]  # (1, T)
    flops = _both(flops_by_part(config, config.n_context), flops_found(model, tokens))
    on_progress(0.3)
    memory = _both(memory_by_formula(config), memory_found(model))
    seconds = []
    for n in range(N_TIMES):
        seconds.append(_processor_time(model, tokens))
        on_progress(0.4 + 0.6 * (n + 1) / N_TIMES)
    return Costs(parameters, flops, memory, config.n_context, statistics.median(seconds))


def parameters_found(model: Transformer) -> dict[str, int]:
    """The numbers in a real model's weights, under the names of `parameters_by_part`."""
    found = dict.fromkeys(parameters_by_part(model.config), 0)
    for name, weight in model.named_parameters():
        part = next(each for each in name.split(".") if each != "blocks" and not each.isdigit())
        found["norms" if part.endswith("norm") else part] += weight.numel()
    return found


def flops_found(model: Transformer, tokens: torch.Tensor) -> dict[str, int]:
    """What torch counts in a real pass over (B, T) tokens, under the names of `flops_by_part`.

    The pass takes the textbook way through attention: the counter does not know torch's fused
    kernel for processors, and would count nothing there.
    """
    counter = FlopCounterMode(display=False)
    with counter, torch.inference_mode():
        model(tokens, record=Recording())
    found = dict.fromkeys(flops_by_part(model.config, tokens.shape[1]), 0)
    whole = counter.get_flop_counts()
    for path, counts in whole.items():
        n_flops = sum(counts.values())
        if path.endswith(".attention"):
            found["attention_scores"] += n_flops  # what is left once its matrices are taken away
        elif path.endswith((".attention.qkv", ".attention.out")):
            found["attention_matrices"] += n_flops
            found["attention_scores"] -= n_flops
        elif path.endswith(".feedforward"):
            found["feedforward"] += n_flops
    found["unembedding"] = counter.get_total_flops() - sum(found.values())
    return found


def memory_by_formula(config: ModelConfig) -> dict[str, int]:
    """Bytes of weights and cache, from the plan alone."""
    kept = inference_memory_bytes(config)
    per_token = FLOAT32_BYTES * cached_per_token(config)
    return {"weights": kept["weights"], "cache_token": per_token, "cache": kept["cache"]}


@torch.inference_mode()
def memory_found(model: Transformer) -> dict[str, int]:
    """Bytes that a real model and a real cache have allocated, and those one token fills."""
    weights = {each.untyped_storage().data_ptr(): each for each in model.parameters()}
    cache = Cache(model.config)
    kept = [*cache.keys, *cache.values]
    model(torch.zeros(1, 1, dtype=torch.int64), cache)
    # The cache was all zeros, and what a token leaves there is not: that can be counted.
    filled = sum(int(each.count_nonzero()) * each.element_size() for each in kept)
    return {
        "weights": sum(each.untyped_storage().nbytes() for each in weights.values()),
        "cache_token": filled,
        "cache": sum(each.untyped_storage().nbytes() for each in kept),
    }


def _processor_time(model: Transformer, tokens: torch.Tensor) -> float:
    begun = time.process_time()
    with torch.inference_mode():
        model(tokens)
    return time.process_time() - begun


def _both(formula: Mapping[str, int], measured: Mapping[str, int]) -> tuple[Counted, ...]:
    return tuple(Counted(name, n, measured[name]) for name, n in formula.items())
