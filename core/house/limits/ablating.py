"""What each part of a model is for: six small models, each without one part, for several seeds.

One run says how sure its own windows are; only several say how much the seed decides.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any, Final

from core.data.text.bpe import Encoder
from core.house.chain import house_artifacts
from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import rows_of
from core.lineage import canonical_json
from core.training.text.ablation import LANES, WHOLE, AblationProgram, left_out, small_plan

PART: Final = "ablating"
SEEDS: Final = (0, 1, 2)
SETTINGS: Final[Mapping[str, Any]] = {
    "n_steps": 300,
    "n_batch": 8,
    "evaluate_every": 300,
    "n_validation_sequences": 16,
    "n_measured_sentences": 0,
    "n_sample_tokens": 1,
    "prompt": "",
    "precision": "float32",
}
"""As on the page, apart from its looks in between."""


@dataclass(frozen=True)
class Apart:
    """One lane over all seeds, in bits per letter on held-out text.

    Args:
        lane: one of LANES.
        losses: of each seed's model.
        more: how much more that is than the whole model's of the same seed; empty of the whole.
    """

    lane: str
    losses: tuple[float, ...]
    more: tuple[float, ...]


@dataclass(frozen=True)
class Ablating:
    """What leaving out parts cost, shipped.

    Args:
        settings: of all models, apart from the seed.
        n_context: tokens that each reads at once.
        seconds: what it took, looks included.
        lanes: the whole model first.
    """

    settings: Mapping[str, Any]
    n_context: int
    seconds: float
    lanes: Sequence[Apart]


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train and measure the six models of every seed on the house's text, as the page does.

    Args:
        folder: where the house's files lie.
        say: is told what is under way.
    """
    chain = {artifact.kind: artifact for artifact in house_artifacts(folder)}
    encoder, dataset = chain["encoder"].read(), chain["dataset"].read()
    plan = small_plan(Encoder.from_bytes(encoder).n_vocab)
    rows: list[dict[str, Any]] = []
    begun = time.process_time()
    for seed in SEEDS:
        for lane in LANES:
            say(f"training seed {seed}, {lane}")
            design = canonical_json(left_out(plan, lane).to_dict())
            inputs = {"encoder": encoder, "dataset": dataset, "design": design}
            program = AblationProgram(inputs, {**SETTINGS, "seed": seed})
            (row,) = rows_of(program, "measured")
            nats = mean(row["losses_nats"])
            rows.append(
                {
                    "seed": seed,
                    "lane": lane,
                    "n_windows": row["n_windows"],
                    "bits": round(nats * row["bits_per_nat"], 5),
                    "order_nats": round(mean(row["order_nats"]), 5),
                }
            )
    return {
        "settings": SETTINGS,
        "n_context": plan.n_context,
        "seconds": round(time.process_time() - begun, 1),
        "rows": rows,
    }


def ablating(folder: Folder | None = None) -> Ablating | None:
    """What leaving out parts cost; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    bits = {(row["lane"], row["seed"]): row["bits"] for row in found["rows"]}
    seeds = sorted({row["seed"] for row in found["rows"]})
    lanes = [
        Apart(
            lane,
            tuple(bits[lane, seed] for seed in seeds),
            ()
            if lane == WHOLE
            else tuple(round(bits[lane, seed] - bits[WHOLE, seed], 5) for seed in seeds),
        )
        for lane in LANES
    ]
    return Ablating(found["settings"], found["n_context"], found["seconds"], lanes)
